# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a deployment config, which no call can change, is replaced while deployment groups use it: the steps, and how to take them back. Pure.

A copy under a temporary name stands in for the config while it is deleted and made anew. The steps are found from what is there, so a run
that follows one that was killed takes those that are left.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import dataclass

from .._plan import Resource

# 1 to 100 characters (AWS user guide, "CodeDeploy limits"), of which some tell the names of long ones apart.
SHOWN_OF_NAME = 75


@dataclass(frozen=True)
class Group:
    """A deployment group and the config that it has when the replacement begins."""

    application: str
    name: str
    config: str

    def __str__(self) -> str:
        return f"{self.application}/{self.name}"


@dataclass(frozen=True)
class Create:
    """Create the config, without its tags."""

    config: Resource

    def __str__(self) -> str:
        return f"create {self.config['deployment_config_name']}"


@dataclass(frozen=True)
class Tag:
    """Bring the tags of the config called NAME to AFTER."""

    name: str
    before: dict[str, str]
    after: dict[str, str]

    def __str__(self) -> str:
        return f"tag {self.name}"


@dataclass(frozen=True)
class Switch:
    """Let GROUP use the config NEW instead of OLD."""

    group: Group
    old: str
    new: str

    def __str__(self) -> str:
        return f"switch {self.group} to {self.new}"


@dataclass(frozen=True)
class Delete:
    """Delete the config."""

    config: Resource

    def __str__(self) -> str:
        return f"delete {self.config['deployment_config_name']}"


Step: t.TypeAlias = "Create | Tag | Switch | Delete"


def temporary_name(name: str) -> str:
    """The name of the copy that stands in for the config NAME, the same in each run."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"temporary-{name[:SHOWN_OF_NAME]}-{digest}"


def creation(config: Resource) -> list[Step]:
    """The steps that create CONFIG with its tags, for which there is a call of their own."""
    tags = config.get("tags")
    return [Create(config), *([Tag(config["deployment_config_name"], {}, tags)] if tags else [])]


def replacement(old: Resource, new: Resource, groups: list[Group]) -> list[Step]:
    """The steps that put NEW in the place of OLD, with the same name, while GROUPS use it or its copy.

    OLD holds `temporary_copy` if a killed run has left one, and is that copy if it was killed after it had deleted the config.
    """
    name, copy_name = new["deployment_config_name"], temporary_name(new["deployment_config_name"])
    copy = {**old, "deployment_config_name": copy_name}
    steps: list[Step] = [] if "temporary_copy" in old else creation(copy)
    if old["deployment_config_name"] == name:
        steps += [Switch(group, name, copy_name) for group in groups if group.config == name]
        steps += [Delete(old)]
    return [*steps, *creation(new), *(Switch(group, copy_name, name) for group in groups), Delete(copy)]


def completion(config: Resource, tags: dict[str, str], groups: list[Group]) -> list[Step]:
    """The steps that are left when CONFIG is as it shall be, but its temporary copy is still there.

    All TAGS are set, because a killed run may not have come to it, and then those of CONFIG are the copy's.
    """
    name, copy_name = config["deployment_config_name"], config["temporary_copy"]
    obsolete = {key: value for key, value in config["tags"].items() if key not in tags}
    tagging = [Tag(name, obsolete, tags)] if obsolete or tags else []
    switching = [Switch(group, copy_name, name) for group in groups if group.config == copy_name]
    return [*tagging, *switching, Delete({**config, "deployment_config_name": copy_name})]


def deletion(config: Resource) -> list[Step]:
    """The steps that delete CONFIG and the temporary copy that a killed run may have left, which may be all that there is."""
    name = config["deployment_config_name"]
    return [
        Delete({**config, "deployment_config_name": each})
        for each in dict.fromkeys([config.get("temporary_copy", name), name])
    ]


def opposite(step: Step) -> list[Step]:
    """The steps that take STEP back, whether it was taken wholly or in part. Tags go with their config."""
    if isinstance(step, Create):
        return [Delete(step.config)]
    if isinstance(step, Delete):
        return creation(step.config)
    if isinstance(step, Switch):
        return [Switch(step.group, step.new, step.old)]
    return [Tag(step.name, step.after, step.before)] if step.before else []
