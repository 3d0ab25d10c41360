# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator remembers: everything of one account in one region is a Region, and one lock guards all of it.

Values that the API takes and gives back unchanged (settings of a group, revision locations, tag filters) are kept in the
API's own form, with its member names. Times are seconds since the epoch.
"""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from moto.utilities.utils import get_partition

from .clock import Clock, Timer
from .lock import FairLock
from .predefined_configs import ECS_CONFIGS, LAMBDA_CONFIGS, PREFIX, SERVER_CONFIGS

if TYPE_CHECKING:
    from .engine.health import Turns
    from .hosts.simulated import SimulatedHosts

Members = dict[str, Any]
DeploymentStatus = Literal["Created", "InProgress", "Baking", "Ready", "Succeeded", "Failed", "Stopped"]
Progress = Literal["Pending", "InProgress", "Ready", "Succeeded", "Failed", "Skipped"]
Turn = Literal["waiting", "in_flight", "succeeded", "failed"]
Label = Literal["Blue", "Green"]
WaitType = Literal["READY_WAIT", "TERMINATION_WAIT", "BAKE"]
Creator = Literal["user", "codeDeployRollback", "autoscaling", "CodeDeployAutoUpdate"]
HookEvent = dict[str, str]
"""What a hook's Lambda function is given: DeploymentId and LifecycleEventHookExecutionId."""
HookFunction = str | Callable[[HookEvent], str | None]
"""What stands for a Lambda function: its answer, Succeeded or Failed, or what gives it; None if it calls back by itself."""
FINAL_STATUSES = ("Succeeded", "Failed", "Stopped")
FINISHED = ("Succeeded", "Failed", "Skipped")


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_deployment_id() -> str:
    """``d-`` and nine upper-case letters or digits, as in the real service's (d-UAJYSP8FM)."""
    return "d-" + "".join(random.choices(string.ascii_uppercase + string.digits, k=9))


@dataclass(eq=False)
class DeploymentConfig:
    name: str
    compute_platform: str
    minimum_healthy_hosts: Members | None
    traffic_routing: Members | None
    create_time: float
    config_id: str = field(default_factory=new_uuid)
    tags: dict[str, str] = field(default_factory=dict)
    zonal: Members | None = None


def predefined_configs() -> dict[str, DeploymentConfig]:
    """Fresh ones, since their tags can change.

    Ids as AWS's example shows for the first (ending in 0001); the others are assumed to count on. Their creation times
    are unknown.
    """
    minimums = [("Server", name, minimum, None) for name, minimum in SERVER_CONFIGS.items()]
    routings = [("Lambda", name, None, routing) for name, routing in LAMBDA_CONFIGS.items()]
    routings += [("ECS", name, None, routing) for name, routing in ECS_CONFIGS.items()]
    configs: dict[str, DeploymentConfig] = {}
    for number, (platform, name, minimum, routing) in enumerate([*minimums, *routings], 1):
        config_id = f"00000000-0000-0000-0000-{number:012}"
        configs[PREFIX + name] = DeploymentConfig(PREFIX + name, platform, minimum, routing, 0.0, config_id)
    return configs


@dataclass(eq=False)
class Revision:
    location: Members
    register_time: float
    description: str | None = None
    first_used_time: float | None = None
    last_used_time: float | None = None


@dataclass(eq=False)
class Application:
    name: str
    compute_platform: str
    create_time: float
    application_id: str = field(default_factory=new_uuid)
    tags: dict[str, str] = field(default_factory=dict)
    groups: dict[str, DeploymentGroup] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)


@dataclass
class HostRecord:
    """What the last deployment of a group to one host left there."""

    revision_key: str | None
    healthy: bool


@dataclass
class AutoScalingHooks:
    """The names of the lifecycle hooks that CodeDeploy put into one Auto Scaling group."""

    launch: str | None = None
    termination: str | None = None


@dataclass(eq=False)
class DeploymentGroup:
    """``settings`` holds the members of CreateDeploymentGroup that describe the group, defaults filled in.

    ``auto_scaling_hooks`` are those in the Auto Scaling groups of the settings, by name: install_hooks brings them in line.
    """

    application: Application
    name: str
    settings: Members
    group_id: str = field(default_factory=new_uuid)
    tags: dict[str, str] = field(default_factory=dict)
    target_revision: Members | None = None
    last_attempted: Deployment | None = None
    last_successful: Deployment | None = None
    hosts: dict[str, HostRecord] = field(default_factory=dict)
    auto_scaling_hooks: dict[str, AutoScalingHooks] = field(default_factory=dict)


@dataclass(eq=False)
class OnPremisesInstance:
    """Exactly one of the two IAM ARNs is set; ``tags`` are pairs, so that one key may have several values."""

    name: str
    arn: str
    register_time: float
    iam_user_arn: str | None
    iam_session_arn: str | None
    deregister_time: float | None = None
    tags: list[tuple[str, str]] = field(default_factory=list)

    @property
    def registered(self) -> bool:
        return self.deregister_time is None

    @property
    def host_identifier(self) -> str:
        """The name that the host's agent goes by: the ARN that the host was registered with."""
        return self.iam_user_arn or self.iam_session_arn or ""


@dataclass(eq=False)
class LifecycleEvent:
    name: str
    status: Progress = "Pending"
    start_time: float | None = None
    end_time: float | None = None
    diagnostics: Members | None = None
    offered_time: float | None = None
    hook_execution_id: str | None = None


@dataclass(eq=False, kw_only=True)
class Target:
    """What a deployment deploys to; its events come in the order in which they happen."""

    target_id: str
    arn: str
    last_updated: float
    events: list[LifecycleEvent]
    status: Progress = "Pending"
    timer: Timer | None = None


@dataclass(eq=False, kw_only=True)
class InstanceTarget(Target):
    """One host. Its ``turn`` is that in the present leg of the deployment; ``running`` is false for a machine that was
    switched off when the deployment started; ``zone`` and load balancers are for EC2 instances only."""

    host_identifier: str
    running: bool
    zone: str | None = None
    label: Label | None = None
    turn: Turn = "waiting"

    @property
    def in_flight(self) -> bool:
        return self.turn == "in_flight"


@dataclass(eq=False)
class Leg:
    """A part of a deployment to hosts: those of one ``label`` or ``zone`` go through some of their ``events``.

    ``rule`` is the MinimumHealthyHosts that holds among them. Who they are is known when the leg begins: ``turns`` is None
    until then.
    """

    events: tuple[str, ...]
    rule: Members
    label: Label | None = None
    zone: str | None = None
    turns: Turns | None = None


@dataclass(frozen=True)
class Wait:
    """A part of a deployment in which nothing is done for so many seconds, or until ContinueDeployment ends it."""

    kind: WaitType
    seconds: float


@dataclass(eq=False, kw_only=True)
class Deployment:
    """``group`` is the live group, so a renamed group renames its deployments; whether the real service does is unknown.

    ``settings`` are the group's as they were at the creation, with what the request put in their place. ``options`` are
    members of CreateDeployment that are only kept. ``hosts`` are the targets that have had a leg, by the names
    that their hosts go by. ``steps`` are what a deployment to hosts has still to do, the present one
    first. ``ending`` is set once nothing more is to be started: the status and error that the deployment gets when what runs
    has finished. ``auto_updates`` are the deployments that this one set off to update outdated instances, ``launched_instances``
    those that a deployment of Auto Scaling's is for, ``archive_of`` the deployment whose archive a restart uses again,
    ``copied_group`` the new Auto Scaling group of a blue/green deployment.
    """

    group: DeploymentGroup
    revision: Members
    revision_key: str
    creator: Creator
    config: DeploymentConfig
    settings: Members
    create_time: float
    options: Members
    deployment_id: str = field(default_factory=new_deployment_id)
    previous_revision: Members | None = None
    status: DeploymentStatus = "Created"
    start_time: float | None = None
    complete_time: float | None = None
    error: Members | None = None
    rollback_info: Members | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    hosts: dict[str, InstanceTarget] = field(default_factory=dict)
    ending: tuple[DeploymentStatus, Members] | None = None
    roll_back_on_stop: bool | None = None
    steps: list[Leg | Wait] = field(default_factory=list)
    waiting_for: WaitType | None = None
    termination_wait_started: bool = False
    timers: list[Timer] = field(default_factory=list)
    additional_status_info: str | None = None
    root_deployment_id: str | None = None
    launched_instances: tuple[str, ...] = ()
    archive_of: str | None = None
    copied_group: str | None = None
    auto_updates: list[str] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return self.status in FINAL_STATUSES

    @property
    def alarms(self) -> Members:
        """The AlarmConfiguration that counts: the deployment's own goes before the group's."""
        own: Members | None = self.options.get("overrideAlarmConfiguration")
        return self.settings.get("alarmConfiguration", {}) if own is None else own

    @property
    def style(self) -> Members:
        """The DeploymentStyle."""
        style: Members = self.settings["deploymentStyle"]
        return style

    @property
    def auto_rollback(self) -> Members | None:
        """The AutoRollbackConfiguration."""
        return self.settings.get("autoRollbackConfiguration")

    @property
    def instance_targets(self) -> dict[str, InstanceTarget]:
        """The targets of a deployment to hosts."""
        return cast("dict[str, InstanceTarget]", self.targets)


@dataclass(eq=False)
class Region:
    """All that one account has in one region. ``registered_hosts`` are the on-premises instances that are not deregistered, by
    the names that their hosts go by; ``deregistered_hosts`` those that were deregistered last under such a name."""

    account: str
    name: str
    clock: Clock
    lock: FairLock
    applications: dict[str, Application] = field(default_factory=dict)
    configs: dict[str, DeploymentConfig] = field(default_factory=predefined_configs)
    on_premises_instances: dict[str, OnPremisesInstance] = field(default_factory=dict)
    registered_hosts: dict[str, OnPremisesInstance] = field(default_factory=dict)
    deregistered_hosts: dict[str, OnPremisesInstance] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    auto_scaling_members: dict[str, list[str]] = field(default_factory=dict)
    github_account_tokens: list[str] = field(default_factory=list)
    simulated_hosts: SimulatedHosts | None = None
    hook_functions: dict[str, HookFunction] = field(default_factory=dict)

    @property
    def partition(self) -> str:
        return str(get_partition(self.name))

    def arn(self, resource: str) -> str:
        """The CodeDeploy ARN of ``resource``, for example ``application:NAME``."""
        return f"arn:{self.partition}:codedeploy:{self.name}:{self.account}:{resource}"

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Have the clock call ``function`` with the state locked, unless the timer is cancelled before the lock is had."""

        def call() -> None:
            with self.lock:
                if not timer.cancelled:
                    function()

        timer = self.clock.call_later(seconds, call)
        return timer


class State:
    """The regions, made when first asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = FairLock()
        self.hook_functions: dict[str, HookFunction] = {}
        """By their names, for all regions."""
        self._regions: dict[tuple[str, str], Region] = {}

    def region(self, account: str, name: str) -> Region:
        with self.lock:
            key = (account, name)
            if key not in self._regions:
                self._regions[key] = Region(account, name, self.clock, self.lock, hook_functions=self.hook_functions)
            return self._regions[key]

    def deployments(self) -> list[Deployment]:
        """All deployments of all accounts."""
        with self.lock:
            return [deployment for region in self._regions.values() for deployment in region.deployments.values()]

    def reset(self) -> None:
        """Forget everything, timers too."""
        with self.lock:
            self.clock.cancel_all()
            self._regions.clear()
            self.hook_functions.clear()
