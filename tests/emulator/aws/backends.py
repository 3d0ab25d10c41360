# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CodeDeploy needs to know of the services beside it, read from moto's own state (which the whole process shares)."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass

from moto.ec2.models import ec2_backends
from moto.iam.models import get_account_id_from, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition


@dataclass(frozen=True)
class Ec2Instance:
    """``state`` as in DescribeInstances: pending, running, stopping, stopped, shutting-down, terminated."""

    instance_id: str
    state: str
    zone: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Principal:
    """Whom an access key belongs to. ``token`` and ``expiration`` are those of a session's temporary key."""

    arn: str
    account: str
    secret_key: str
    token: str | None = None
    expiration: datetime.datetime | None = None


# Else moto makes 1,300 machine images, of which nobody here has need, whenever EC2 is first used or emptied.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


def reset_moto() -> None:
    """Empty every backend of moto."""
    moto_api_backend.reset()


def account_of(access_key: str) -> str:
    """The account that owns an access key; moto's default account for a key that nobody made."""
    return str(get_account_id_from(access_key))


def partition_of(region: str) -> str:
    """``aws``, ``aws-cn``, ...: what ARNs of the region start with."""
    return str(get_partition(region))


def is_region(account: str, region: str) -> bool:
    """Whether AWS has a region of that name, as far as moto knows."""
    return region in ec2_backends[account]


def list_ec2_instances(account: str, region: str) -> list[Ec2Instance]:
    """Every instance of the account in the region, terminated ones too; none in a region that moto does not know."""
    backends = ec2_backends[account]
    found = list(backends[region].all_instances()) if region in backends else []
    return [
        Ec2Instance(instance.id, instance.state, str(instance.placement.zone), _tag_pairs(instance.get_tags()))
        for instance in found
    ]


def _tag_pairs(tags: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((tag["key"], tag["value"]) for tag in tags)


def terminate_ec2_instances(account: str, region: str, instance_ids: list[str]) -> list[str]:
    """Terminate those instances that are not protected from it, and return the others."""
    backend = ec2_backends[account][region]
    instances = [backend.get_instance(instance_id) for instance_id in instance_ids]
    protected = [instance.id for instance in instances if instance.disable_api_termination]
    others = [instance_id for instance_id in instance_ids if instance_id not in protected]
    if others:  # moto takes none for an error
        backend.terminate_instances(others)
    return protected


def find_principal(region: str, access_key: str) -> Principal | None:
    """Whom an active access key made through IAM or STS belongs to; None for a key that nobody made."""
    account, partition = account_of(access_key), get_partition(region)
    iam = iam_backends[account][partition]
    key = iam.access_keys.get(access_key)
    if key is None or key.status != "Active":
        return None
    if key.user_name in iam.users:
        return Principal(str(iam.users[key.user_name].arn), account, key.secret_access_key)
    session = sts_backends[account][partition].get_assumed_role_from_access_key(access_key)
    if session is None:
        return None
    expiration = session.expiration.replace(tzinfo=datetime.timezone.utc)
    return Principal(str(session.arn), account, key.secret_access_key, session.session_token, expiration)


def find_instance_session_arns(account: str, region: str, instance_id: str) -> list[str]:
    """The ARNs of the sessions that an EC2 instance's profile gives it: a role's, named after the instance."""
    association = ec2_backends[account][region].iam_instance_profile_associations.get(instance_id)
    roles = [] if association is None else association.iam_instance_profile.roles
    prefix = f"arn:{get_partition(region)}:sts::{account}:assumed-role"
    return [f"{prefix}/{role.name}/{instance_id}" for role in roles]


def list_role_arns(account: str, region: str) -> list[str]:
    """The ARN of every IAM role in the account."""
    return [str(role.arn) for role in list(iam_backends[account][get_partition(region)].roles.values())]
