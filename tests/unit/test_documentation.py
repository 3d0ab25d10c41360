# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that return the same thing document it in the same words: Ansible has no fragment for RETURN. Options do have fragments, so none is written twice."""

from __future__ import annotations

import collections
import importlib
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = "ansible_collections.slipway.codedeploy.plugins.modules"
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))

Document = dict[str, Any]


def document(module: str, name: str) -> Document:
    """The DOCUMENTATION or the RETURN of MODULE."""
    return dict(yaml.safe_load(getattr(importlib.import_module(f"{PLUGINS}.{module}"), name)))


def returned(path: str) -> Document:
    """What the RETURN of a module documents at PATH, such as `application_info.applications`; members stand after further dots."""
    module, name, *members = path.split(".")
    found = document(module, "RETURN")[name]
    for member in members:
        found = found["contains"][member]
    return dict(found)


class Twins(NamedTuple):
    """Two modules' documentation of the same thing. ONLY one of them returns some members; others are returned under DIFFERENT conditions."""

    one: str
    other: str
    only: frozenset[str] = frozenset()
    different: frozenset[str] = frozenset()


TAGS = frozenset({"tags"})  # a module reads them if it is to change them, its twin if include_tags asks for them
TWINS = (
    Twins("application.application", "application_info.applications", different=TAGS),
    Twins(
        "deployment_group.deployment_group",
        "deployment_group_info.deployment_groups",
        only=frozenset({"auto_scaling_groups_without_hooks"}),  # only who reinstalls the hooks asks for them
        different=TAGS | {"auto_scaling_hooks"},  # check mode cannot predict them
    ),
    Twins("deployment_config.deployment_config", "deployment_config_info.deployment_configs", different=TAGS),
    Twins(
        "on_premises_instance.on_premises_instances",
        "on_premises_instance_info.on_premises_instances",
        only=frozenset({"deregister_time"}),  # what is deregistered is absent to the module
    ),
    Twins("on_premises_instance.on_premises_instance", "on_premises_instance.on_premises_instances"),
    Twins("revision.bundle", "deploy.bundle"),
)


def comparable(path: str, twins: Twins) -> dict[str, Document]:
    """The members documented at PATH, without what the TWINS may have differently."""
    members = {name: value for name, value in returned(path).get("contains", {}).items() if name not in twins.only}
    return {
        name: {key: value[key] for key in value if key != "returned" or name not in twins.different}
        for name, value in members.items()
    }


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.one} {twins.other}")
def test_twins_document_the_same_members_in_the_same_words(twins: Twins) -> None:
    assert comparable(twins.one, twins)
    assert comparable(twins.one, twins) == comparable(twins.other, twins)


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.one} {twins.other}")
def test_what_twins_may_have_differently_they_do(twins: Twins) -> None:
    one, other = (returned(path).get("contains", {}) for path in (twins.one, twins.other))
    assert one.keys() ^ other.keys() == twins.only
    same = {name for name in one.keys() & other.keys() if one[name].get("returned") == other[name].get("returned")}
    assert twins.different & same == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deploy.removed_bundles", "revision.removed_bundles"),
        ("deploy.spared_bundles", "revision.spared_bundles"),
    ],
)
def test_what_two_modules_return_is_documented_in_the_same_words(one: str, other: str) -> None:
    assert returned(one) == returned(other)


@pytest.mark.parametrize("name", ["deployment", "diagnosis"])
@pytest.mark.parametrize("module", ["deployment", "deployment_info"])
def test_a_deployment_and_its_diagnosis_have_the_same_members_in_the_same_words(module: str, name: str) -> None:
    assert returned(f"{module}.{name}")["contains"] == returned(f"deploy.{name}")["contains"]


def test_deploy_and_deployment_describe_a_deployment_in_the_same_words() -> None:
    assert returned("deploy.deployment")["description"] == returned("deployment.deployment")["description"]


def test_a_revision_is_returned_in_the_same_form() -> None:
    """What `deploy` was given may lack the ETag."""
    sample = returned("revision.revision")["sample"]
    assert returned("revision_info.revisions.revision")["sample"] == sample
    given = returned("deploy.revision")["sample"]
    assert {**given, "s3_location": {**given["s3_location"], "e_tag": sample["s3_location"]["e_tag"]}} == sample


def described(options: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The path of each of OPTIONS and of their suboptions, and its description."""
    for name, option in options.items():
        text = option["description"]
        yield f"{path}{name}", " ".join([text] if isinstance(text, str) else text)
        yield from described(option.get("suboptions", {}), f"{path}{name}.")


def copies(documented: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The options that two modules document in the same words, by module."""
    modules = collections.defaultdict(list)
    for module, options in documented.items():
        for path, text in described(options):
            modules[path, text].append(module)
    return [f"{path}: {' '.join(who)}" for (path, _documents), who in modules.items() if len(who) > 1]


def test_an_option_that_modules_share_is_documented_in_a_fragment() -> None:
    assert copies({module: document(module, "DOCUMENTATION").get("options", {}) for module in MODULES}) == []


def test_a_copied_option_is_found() -> None:
    option = {"region": {"description": "Where.", "suboptions": {"name": {"description": ["A", "name."]}}}}
    assert copies({"one": option, "other": option, "third": {}}) == ["region: one other", "region.name: one other"]
