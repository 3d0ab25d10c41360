# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check against the real host agent 1.8.1, which judged the cases in the file, and against the emulator's stand-in agent."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import Verdict, check_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.rules import RULES
from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.options import ARGUMENTS
from emulator.hosts.agent.appspec import AppSpecError, appspec_from_text
from unit.appspec_tables import PERMISSIONS, READING, SERVERS, SHELL, bundle_with

ROOT = pathlib.Path(__file__).resolve().parents[5]
CASES = json.loads((ROOT / "tests/emulator/hosts/agent/appspec-cases.json").read_text(encoding="utf-8"))

# Whom the host of the cases that were run had, as every Linux system.
USERS, GROUPS = ("root", "daemon", "nobody"), ("root", "daemon", "staff")


def refused_in(verdict: Verdict, *stages: str) -> str | None:
    """The first of STAGES in which a host agent 1.x refuses what VERDICT is about."""
    found = {RULES[problem.rule].stage for problem in verdict.problems if 1 in RULES[problem.rule].refuse}
    return next((stage for stage in stages if stage in found), None)


def is_setting_refused(case: dict[str, Any]) -> bool:
    """Whether the module `deploy` refuses what the deployment of CASE said of files that exist; no AppSpec has a part in that."""
    option = {"file_exists_behavior": ARGUMENTS["file_exists_behavior"]}
    return bool(
        ArgumentSpecValidator(option).validate({"file_exists_behavior": case.get("feb", "DISALLOW")}).error_messages
    )


def test_the_refused_setting_of_a_deployment_is_refused_here() -> None:
    assert [case["id"] for case in CASES if is_setting_refused(case)] == ["in-11"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_real_agents_verdict_is_ours_and_shows_at_the_same_stage(case: dict[str, Any]) -> None:
    bundle = bundle_with(dict.fromkeys(case["tree"], SHELL)) if "tree" in case else None
    known = {"host_users": USERS, "host_groups": GROUPS} if case.get("run") else {}
    verdict = check_appspec(case["yaml"], bundle=bundle, host_os=case.get("platform", "linux"), **known)
    # Without a tree the agent did not come to Install.
    stages = ("read", "install") if bundle else ("read",)
    expected = {"parse": "read", "install": "install", None: None}[case["result"].get("stage")]
    if is_setting_refused(case):
        assert (expected, verdict.problems) == ("install", ())
    else:
        assert refused_in(verdict, *stages) == expected


def stand_in_refuses(text: str, host_os: str) -> bool:
    try:
        appspec_from_text(text, host_os)
    except AppSpecError:
        return True
    return False


# Where the check is stricter than either agent by intention: bounds, tags and merge keys.
STRICTER = ("too-large", "too-deep", "yaml-tag", "yaml-merge")
TABLE = [case for case in [*READING, *SERVERS, *PERMISSIONS] if isinstance(case.text, str)]


@pytest.mark.parametrize(
    ("text", "host_os"),
    [(case["yaml"], case.get("platform", "linux")) for case in CASES]
    + [(case.text, "linux") for case in TABLE if not "".join(case.problems).startswith(STRICTER)],
)
def test_the_stand_in_agent_reads_as_the_check_says(text: str, host_os: Any) -> None:
    found = check_appspec(text, host_os=host_os)
    assert (refused_in(found, "read") is not None) == stand_in_refuses(text, host_os)


WORDS = [
    "a", "/opt/a", "0", "1", "45", "45s", "'45'", "-5", "10.9", "0.0", "0.0e0", "1e3", ".5", "0644", "0755", "0o755", "644", "89", "1_0", "0x1F",
    "true", "yes", "~", "''", "' '", "linux", "'linux'", ":linux", "file", "directory", "RETAIN", "u:bob:rw", "'d:g:staff:7'", "'o::r'",
    "s0", "s0:c1.c3", "'s0:c1,c1'", "httpd_t", "'**'", "2020-01-01", "1:30", "[]", "{}", "[a]", "{a: b}",
]  # fmt: skip
SCALARS = st.sampled_from(WORDS)


def flow_mapping(*keys: str) -> st.SearchStrategy[str]:
    members = st.dictionaries(st.sampled_from(keys), SCALARS, max_size=len(keys))
    return members.map(lambda found: "{" + ", ".join(f"{key}: {value}" for key, value in found.items()) + "}")


def flow_list(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=3).map(lambda found: f"[{', '.join(found)}]") | SCALARS


FILES = flow_list(flow_mapping("source", "destination") | SCALARS)
SCRIPTS = flow_list(flow_mapping("location", "timeout", "runas", "sudo") | SCALARS)
PERMISSION = flow_mapping("object", "pattern", "except", "type", "owner", "mode", "acls", "context")
CONTEXTS = flow_mapping("name", "type", "range").map(lambda context: f"{{object: /o, context: {context}}}")
ACLS = flow_list(SCALARS).map(lambda acls: f"{{object: /o, acls: {acls}}}")


@st.composite
def appspecs(draw: st.DrawFn) -> str:
    """AppSpecs of which each part is right or nearly so."""
    sections = {
        "version": draw(st.just("0.0") | SCALARS),
        "os": draw(st.just("linux") | SCALARS),
        "file_exists_behavior": draw(st.just("~") | SCALARS),
        "files": draw(FILES),
        "hooks": draw(SCRIPTS.map(lambda scripts: f"{{AfterInstall: {scripts}}}")),
        "permissions": draw(flow_list(PERMISSION | CONTEXTS | ACLS)),
    }
    kept = draw(st.sets(st.sampled_from(sorted(sections)), min_size=4)) | {"version", "os"}
    return "".join(f"{name}: {sections[name]}\n" for name in sorted(kept))


@settings(max_examples=300, deadline=None)
@given(appspecs())
def test_check_and_stand_in_agent_agree_on_any_appspec(text: str) -> None:
    assert (refused_in(check_appspec(text, host_os="linux"), "read") is not None) == stand_in_refuses(text, "linux")
