# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts without an agent: they do as a script says, in process, on the emulator's clock, by thousands if need be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from types import MappingProxyType

from ..aws.backends import list_ec2_instances
from ..engine.host_execution import HostExecution
from ..service.on_premises_instances import find, register
from ..state import InstanceTarget, LifecycleEvent, Region
from .outcomes import Outcome, Script, check_script, succeed

TAGS: Mapping[str, str] = MappingProxyType({"fleet": "simulated"})
"""Of instances that are made, unless others are asked for."""
MOST_AT_ONCE = 10_000
"""Hosts to be made; a deployment takes fewer."""


@dataclass
class _Host:
    """A host that plays its first script in its first deployment, its second in its second, and the last ever after."""

    scripts: Sequence[Script]
    deployment_ids: list[str] = field(default_factory=list)

    def outcome(self, deployment_id: str, event: str) -> Outcome:
        if deployment_id not in self.deployment_ids:
            self.deployment_ids.append(deployment_id)
        turn = min(self.deployment_ids.index(deployment_id), len(self.scripts) - 1)
        return self.scripts[turn].get(event, succeed())


class SimulatedHosts:
    """Those of a region, by target id."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._hosts: dict[str, _Host] = {}
        self._patterns: dict[str, Sequence[Script]] = {}

    def set_scripts(self, name: str, scripts: Sequence[Script]) -> None:
        """For the host of that name, or for all whose name fits the pattern, from their next event on."""
        if not _is_pattern(name):
            self._hosts[name] = _Host(scripts)
            return
        for known in [known for known in self._hosts if fnmatchcase(known, name)]:
            del self._hosts[known]
        self._patterns.pop(name, None)
        self._patterns[name] = scripts

    def offer(self, execution: HostExecution, target: InstanceTarget, event: LifecycleEvent) -> None:
        """An event is due on a target, whose host takes it up if it is one of these."""
        host = self._hosts.get(target.target_id) or self._host_by_pattern(target.target_id)
        if host is None:
            return
        outcome = host.outcome(execution.deployment.deployment_id, event.name)
        if outcome.poll_after is not None:
            self._region.call_later(outcome.poll_after, partial(self._take_up, execution, target, event, outcome))

    def _host_by_pattern(self, name: str) -> _Host | None:
        """The latest pattern that fits counts."""
        for pattern, scripts in reversed(self._patterns.items()):
            if fnmatchcase(name, pattern):
                return self._hosts.setdefault(name, _Host(scripts))
        return None

    def _take_up(
        self, execution: HostExecution, target: InstanceTarget, event: LifecycleEvent, outcome: Outcome
    ) -> None:
        event.offered_time = self._region.clock.now()
        taken_up = execution.acknowledge(target, event, is_noop=False) == "InProgress"
        if taken_up and outcome.report_after is not None:
            report = partial(execution.report, target, event, outcome.succeeded, outcome.diagnostics)
            self._region.call_later(outcome.report_after, report)


def simulate(
    region: Region, hosts: int | str | Iterable[str], scripts: Sequence[Script], tags: Mapping[str, str]
) -> list[str]:
    """See Emulator.simulate. Expects the state to be locked."""
    names = _names(hosts)
    for script in scripts:
        check_script(script)
    region.simulated_hosts = region.simulated_hosts or SimulatedHosts(region)
    for name in names:
        _ensure_instance(region, name, tags)
        region.simulated_hosts.set_scripts(name, scripts)
    return names


def _names(hosts: int | str | Iterable[str]) -> list[str]:
    if isinstance(hosts, str):
        return [hosts]
    if not isinstance(hosts, int):
        return _limited(list(hosts))
    if not 1 <= hosts <= MOST_AT_ONCE:
        raise ValueError(f"hosts: {hosts} is not valid; use 1 to {MOST_AT_ONCE}")
    return [f"host-{number}" for number in range(1, hosts + 1)]


def _limited(names: list[str]) -> list[str]:
    if len(names) > MOST_AT_ONCE:
        raise ValueError(f"hosts: {len(names)} names are too many; give at most {MOST_AT_ONCE} at a time")
    return names


def _is_pattern(name: str) -> bool:
    return not set("*?[").isdisjoint(name)


def _ensure_instance(region: Region, name: str, tags: Mapping[str, str]) -> None:
    if _is_pattern(name):
        return
    if name.startswith("i-"):
        if not any(instance.instance_id == name for instance in list_ec2_instances(region.account, region.name)):
            raise ValueError(f"hosts: there is no EC2 instance {name} in {region.name}; launch it first")
        return
    instance = find(region, name)
    if instance is not None and not instance.registered:
        raise ValueError(
            f"hosts: the on-premises instance {name} was deregistered less than 24 hours ago; use another name, or let the time pass"
        )
    if instance is None:
        user = f"arn:{region.partition}:iam::{region.account}:user/simulated/{name}"
        register(region, name, user, None).tags = list(tags.items())
