# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing of both generations, read and written in moto's own state: which instances get traffic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends


class Balancer(Protocol):
    """Something that sends traffic to the instances that are registered with it."""

    def register(self, instance_id: str) -> None: ...

    def deregister(self, instance_id: str) -> None:
        """Without effect for an instance that is not registered."""


class _Classic:
    def __init__(self, load_balancer: Any) -> None:
        self._load_balancer = load_balancer

    def register(self, instance_id: str) -> None:
        if instance_id not in self._load_balancer.instance_ids:
            self._load_balancer.instance_sparse_ids.append(instance_id)

    def deregister(self, instance_id: str) -> None:
        """Also one that an Auto Scaling group registered, of which moto keeps a list of its own."""
        for ids in (self._load_balancer.instance_sparse_ids, self._load_balancer.instance_autoscaling_ids):
            ids[:] = [known for known in ids if known != instance_id]


class _TargetGroup:
    def __init__(self, group: Any) -> None:
        self._group = group

    def register(self, instance_id: str) -> None:
        self._group.register([{"Id": instance_id}])

    def deregister(self, instance_id: str) -> None:
        if instance_id in self._group.targets:
            self._group.deregister([{"Id": instance_id}])


def find_classic(account: str, region: str, names: Iterable[str]) -> dict[str, Balancer]:
    """The Classic Load Balancers that exist, by name."""
    backends = elb_backends[account]
    found = backends[region].load_balancers if region in backends else {}
    return {name: _Classic(found[name]) for name in names if name in found}


def find_target_groups(account: str, region: str, names: Iterable[str]) -> dict[str, Balancer]:
    """The target groups that exist, by name."""
    backends = elbv2_backends[account]
    groups = list(backends[region].target_groups.values()) if region in backends else []
    found = {group.name: group for group in groups}
    return {name: _TargetGroup(found[name]) for name in names if name in found}
