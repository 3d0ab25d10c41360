# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replacement of a deployment config, which no call can change, while deployment groups use it: the steps, and how to roll them back. Pure.

A copy under a temporary name replaces the config while it is deleted and created again. The steps follow from what exists, so a run
after one that was killed takes the remaining ones.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import dataclass

from .._plan import Resource

# 1 to 100 characters (AWS user guide, "CodeDeploy limits"), some of which are a digest that keeps long names distinct.
SHOWN_OF_NAME = 75


@dataclass(frozen=True)
class Group:
    """A deployment group and the config that it uses when the replacement begins."""

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
    """Change the tags of the config NAME from BEFORE to AFTER."""

    name: str
    before: dict[str, str]
    after: dict[str, str]

    def __str__(self) -> str:
        return f"tag {self.name}"


@dataclass(frozen=True)
class Switch:
    """Switch GROUP from the config OLD to NEW."""

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
    """Return the name of the temporary copy of the config NAME, the same in each run."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"temporary-{name[:SHOWN_OF_NAME]}-{digest}"


def creation(config: Resource) -> list[Step]:
    """Return the steps that create CONFIG and then its tags, which need a separate call."""
    tags = config.get("tags")
    return [Create(config), *([Tag(config["deployment_config_name"], {}, tags)] if tags else [])]


def replacement(old: Resource, new: Resource, groups: list[Group]) -> list[Step]:
    """Return the steps that replace OLD with NEW, of the same name, while GROUPS use it or its copy.

    OLD has `temporary_copy` if a killed run has left one, and is that copy if the run had already deleted the config.
    """
    name, copy_name = new["deployment_config_name"], temporary_name(new["deployment_config_name"])
    copy = {**old, "deployment_config_name": copy_name}
    steps: list[Step] = [] if "temporary_copy" in old else creation(copy)
    if old["deployment_config_name"] == name:
        steps += [Switch(group, name, copy_name) for group in groups if group.config == name]
        steps += [Delete(old)]
    return [*steps, *creation(new), *(Switch(group, copy_name, name) for group in groups), Delete(copy)]


def completion(config: Resource, tags: dict[str, str], groups: list[Group]) -> list[Step]:
    """Return the steps that remain if CONFIG has its wanted content, but its temporary copy still exists.

    All TAGS are set, because a killed run may not have set them; then CONFIG has those of the copy.
    """
    name, copy_name = config["deployment_config_name"], config["temporary_copy"]
    obsolete = {key: value for key, value in config["tags"].items() if key not in tags}
    tagging = [Tag(name, obsolete, tags)] if obsolete or tags else []
    switching = [Switch(group, copy_name, name) for group in groups if group.config == copy_name]
    return [*tagging, *switching, Delete({**config, "deployment_config_name": copy_name})]


def deletion(config: Resource) -> list[Step]:
    """Return the steps that delete CONFIG and the temporary copy that a killed run may have left, or only the latter."""
    name = config["deployment_config_name"]
    return [
        Delete({**config, "deployment_config_name": each})
        for each in dict.fromkeys([config.get("temporary_copy", name), name])
    ]


def opposite(step: Step) -> list[Step]:
    """Return the steps that roll back STEP, whether it was taken in whole or in part. Tags go with their config."""
    if isinstance(step, Create):
        return [Delete(step.config)]
    if isinstance(step, Delete):
        return creation(step.config)
    if isinstance(step, Switch):
        return [Switch(step.group, step.new, step.old)]
    return [Tag(step.name, step.after, step.before)] if step.before else []
