# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drafts of the hosts that an inventory file adds, before they are in the inventory.

Ansible constructs variables and groups directly in an inventory. Since they may contain text from AWS, they are constructed in a draft, checked
there, and only then added.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from ._host_names import problem_with_group


class Variables(dict[str, t.Any]):
    """Variables of a host, with the interface of an inventory."""

    def set_variable(self, _host: str, name: str, value: t.Any) -> None:
        """Set the variable NAME."""
        self[name] = value


class Draft(InventoryData):
    """An inventory of one host. KNOWN is the host of the same name in the real inventory, if any."""

    def __init__(self, name: str, known: t.Any = None) -> None:
        self._families: dict[tuple[str, str], None] = {}
        self._variables: dict[str, t.Any] = {}
        super().__init__()
        self.add_host(name)
        self._host = self.hosts[name]
        if known:
            self._host.vars, self._host.groups = dict(known.vars), list(known.groups)
        self._families.clear()
        self._variables.clear()

    def set_variable(self, entity: str, varname: str, value: t.Any) -> None:
        """Set a variable of the host, to be added."""
        self._variables[varname] = value
        super().set_variable(entity, varname, value)

    def add_child(self, group: str, child: str) -> bool:
        """Put CHILD into GROUP. If it is a group, only the real inventory can tell whether that is possible."""
        if child in self.groups:
            self._families[group, child] = None
            return True
        return bool(super().add_child(group, child))

    def add_to(self, inventory: t.Any, wrapped: t.Callable[[t.Any], t.Any]) -> list[str]:
        """Add the host to INVENTORY, its variables WRAPPED, with its groups, and return a warning for each group that is refused."""
        name = inventory.add_host(self._host.name)
        for key, value in self._variables.items():
            inventory.set_variable(name, key, wrapped(value))
        refused = {group: problem for group in self.groups if (problem := problem_with_group(group, inventory.hosts))}
        warnings = [
            f"keyed_groups: {group!r} {problem}; the host {name!r} is not added to it"
            for group, problem in refused.items()
            if self._host in self.groups[group].hosts
        ]
        for group in self.groups:
            if group not in refused and self._host in self.groups[group].hosts:
                inventory.add_group(group)
                inventory.add_host(name, group)
        return warnings + [
            f"keyed_groups: {child!r} cannot be a group in {parent!r}"
            for parent, child in self._families
            if not _made_child(inventory, parent, child, refused)
        ]


def _made_child(inventory: t.Any, parent: str, child: str, refused: t.Container[str]) -> bool:
    """Put the group CHILD into the group PARENT of INVENTORY, and return whether that worked; Ansible refuses groups that contain themselves."""
    if child in refused or parent == child or (parent in refused and parent != "all"):
        return False
    inventory.add_group(parent)
    try:
        inventory.add_child(parent, child)
    except AnsibleError:
        return False
    return True
