# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for the variables of the role `release` that its argument specification cannot express. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Iterator

Variables = t.Mapping[str, t.Any]
# The argument specs of modules, by the names of the modules.
Specs = t.Mapping[str, t.Mapping[str, t.Any]]


class Passed(t.NamedTuple):
    """A variable whose members become options of MODULE, except RESERVED: each with the variable to set instead, empty if there is none."""

    module: str
    reserved: dict[str, str]


PASSED = {
    "release_deployment_config": Passed(
        "deployment_config", {"compute_platform": "release_compute_platform", "state": ""}
    ),
    "release_deployment_group": Passed(
        "deployment_group",
        {
            "application_name": "release_application_name",
            "deployment_group_name": "release_deployment_group_name",
            "new_deployment_group_name": "",
            "state": "",
        },
    ),
    "release_deploy": Passed(
        "deploy",
        {
            "application_name": "release_application_name",
            "deployment_group_name": "release_deployment_group_name",
            "source": "release_source",
            "s3_bucket": "release_s3_bucket",
            "revision": "release_revision",
            # The role ships one revision to one deployment group, and waits for it before it checks that the application answers.
            "deployment_group_names": "",
            "groups_at_once": "",
            "continue_after_failure": "",
            "deployment_mode": "",
            "wait": "",
        },
    ),
}


def option_problems(variables: Variables, specs: Specs) -> list[str]:
    """The problems with VARIABLES of the role, a sentence each. SPECS has the modules whose options are given."""
    found = [*_shipping_problems(variables), *_config_problems(variables)]
    for variable, passed in PASSED.items():
        if variables.get(variable):
            found += _passed_problems(variable, variables[variable], specs[passed.module])
    return [f"{problem}." for problem in found]


def _shipping_problems(variables: Variables) -> Iterator[str]:
    """A variable that is empty counts as not set: in a survey of AWX an answer may be left empty."""
    source, revision = variables.get("release_source"), variables.get("release_revision")
    if source and revision:
        yield "release_source: cannot be combined with release_revision; set one of them"
    elif not source and not revision:
        yield "release_source, release_revision: both are empty; set one of them"
    elif source and not variables.get("release_s3_bucket"):
        yield "release_s3_bucket: is empty; set it to the bucket for the bundle of release_source"


def _config_problems(variables: Variables) -> Iterator[str]:
    config = variables.get("release_deployment_config")
    if config and "deployment_config_name" not in config:
        yield "release_deployment_config: has no deployment_config_name; set it to the name of the deployment config"


def _passed_problems(variable: str, given: Variables, spec: Variables) -> Iterator[str]:
    passed = PASSED[variable]
    module = f"slipway.codedeploy.{passed.module}"
    names = {alias: name for name, argument in spec.items() for alias in argument.get("aliases", ())}
    usable = [name for name in spec if name not in passed.reserved]
    for option in given:
        name = names.get(option, option)
        if name in passed.reserved:
            instead = passed.reserved[name]
            yield f"{variable}: {option!r} is reserved for the role; {f'set {instead} instead' if instead else 'remove it'}"
        elif option not in usable:
            similar = difflib.get_close_matches(name, usable, n=1)
            use = f"use {similar[0]!r}, or " if similar else ""
            yield f"{variable}: {option!r} is not an option of {module}; {use}see ansible-doc {module}"
