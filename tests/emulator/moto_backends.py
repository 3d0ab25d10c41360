# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CodeDeploy needs to know of the services beside it, read from moto's own state (which the whole process shares)."""

from __future__ import annotations

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
    tags: tuple[tuple[str, str], ...]


def reset_moto() -> None:
    """Empty every backend of moto."""
    moto_api_backend.reset()


def account_of(access_key: str) -> str:
    """The account that owns an access key; moto's default account for a key that nobody made."""
    return str(get_account_id_from(access_key))


def list_ec2_instances(account: str, region: str) -> list[Ec2Instance]:
    """Every instance of the account in the region, terminated ones too; none in a region that moto does not know."""
    backends = ec2_backends[account]
    found = list(backends[region].all_instances()) if region in backends else []
    return [
        Ec2Instance(instance.id, instance.state, tuple((tag["key"], tag["value"]) for tag in instance.get_tags()))
        for instance in found
    ]


def find_principal_arn(account: str, region: str, access_key: str) -> str | None:
    """The ARN of the IAM user, or of the assumed-role session, that an access key belongs to."""
    partition = get_partition(region)
    for session in list(sts_backends[account][partition].assumed_roles):
        if session.access_key_id == access_key:
            return str(session.arn)
    user = iam_backends[account][partition].get_user_from_access_key_id(access_key)
    return None if user is None else str(user.arn)


def list_role_arns(account: str, region: str) -> list[str]:
    """The ARN of every IAM role in the account."""
    return [str(role.arn) for role in list(iam_backends[account][get_partition(region)].roles.values())]
