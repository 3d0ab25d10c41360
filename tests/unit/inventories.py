# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's reading of an inventory in this process: the plugin as Ansible loads it, on a file, with its options and cache."""

from __future__ import annotations

import functools
import importlib
import pathlib
import typing as t
from unittest import mock

import botocore.session
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins import loader

from ansible_collections.slipway.codedeploy.plugins.inventory import hosts
from unit.controller import ONE_LOADER

NAME = "slipway.codedeploy.hosts"


class Fragments:
    """Finds documentation fragments as Python does; Ansible's own finder takes no collection that Python has imported before."""

    def get(self, name: str) -> t.Any:
        collection, _dot, fragment = name.rpartition(".")
        package = f"ansible_collections.{collection}.plugins" if collection else "ansible.plugins"
        try:
            found = importlib.import_module(f"{package}.doc_fragments.{fragment}").ModuleDocFragment()
        except ModuleNotFoundError:
            return None
        found.ansible_name = name
        return found


@functools.cache
def make_options_known() -> None:
    """Let Ansible know the plugin's options, from its documentation."""
    with mock.patch.object(loader, "fragment_loader", Fragments()):
        loader.inventory_loader._load_config_defs(NAME, hosts, hosts.__file__)


def as_template(text: str) -> str:
    """TEXT as something that a playbook's author wrote; before ansible-core 2.19 that is all that is not marked as unsafe."""
    try:
        from ansible.template import trust_as_template
    except ImportError:
        return text
    return trust_as_template(text)


def is_template(text: str) -> bool:
    """Whether Ansible would render TEXT."""
    try:
        from ansible.template import is_trusted_as_template
    except ImportError:
        from ansible.utils.unsafe_proxy import AnsibleUnsafe

        return not isinstance(text, AnsibleUnsafe)
    return is_trusted_as_template(text)


def read_inventory(file: pathlib.Path, use_cache: bool = True, into: InventoryData | None = None) -> InventoryData:
    """What Ansible makes of FILE, with or without what earlier readings have cached, INTO what other files have made. Raises what the plugin does."""
    make_options_known()
    plugin, data = hosts.InventoryModule(), into or InventoryData()
    loader.inventory_loader._update_object(obj=plugin, name=NAME, path=hosts.__file__, redirected_names=[NAME])
    assert plugin.verify_file(str(file))
    with mock.patch.object(botocore.session, "create_loader", ONE_LOADER):
        plugin.parse(data, DataLoader(), str(file), cache=use_cache)
    if plugin.get_option("cache"):
        plugin.update_cache_if_changed()
    return data
