# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator remembers of deployments that shift traffic, those to Lambda functions and ECS services."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from .state import Label, Members, Target


@dataclass(eq=False, kw_only=True)
class TrafficTarget(Target, ABC):
    """What has its traffic shifted. ``hooks`` are functions by lifecycle event; ``weight`` is the percentage of production
    traffic that goes to what is new."""

    hooks: dict[str, str]
    weight: float = 0.0

    @property
    @abstractmethod
    def swapped_ends(self) -> Members:
        """The fields of a target that leads the other way."""

    @property
    def can_roll_back(self) -> bool:
        """Whether there is anything that can be undone."""
        return True


@dataclass(eq=False, kw_only=True)
class LambdaTarget(TrafficTarget):
    """An alias of a function, from one version to another."""

    function: str
    alias: str
    current_version: str
    target_version: str

    @property
    def swapped_ends(self) -> Members:
        return {"current_version": self.target_version, "target_version": self.current_version}


@dataclass(eq=False, kw_only=True)
class TaskSet:
    """A task set of an ECS service behind its target group; it has no ARN until it is made. Its ``status`` is ECS's own:
    PRIMARY serves production traffic, ACTIVE does not, DRAINING is being stopped."""

    label: Label
    target_group: str
    target_group_arn: str
    identifier: str = ""
    arn: str = ""
    desired_count: int = 0
    status: Literal["PRIMARY", "ACTIVE", "DRAINING"] = "ACTIVE"


@dataclass(eq=False, kw_only=True)
class EcsTarget(TrafficTarget):
    """A service, from one task set to another. Listeners are given by their ARNs; ``task_set_members`` are what the new task
    set is made of, in the form of CreateTaskSet in snake_case."""

    cluster: str
    service: str
    listener: str
    test_listener: str | None
    old: TaskSet
    new: TaskSet
    task_set_members: Members

    @property
    def swapped_ends(self) -> Members:
        return {"old": self.new, "new": self.old}

    @property
    def can_roll_back(self) -> bool:
        """A failed BeforeInstall cannot be rolled back (AWS user guide, reference-appspec-file-structure-hooks)."""
        return bool(self.new.arn)
