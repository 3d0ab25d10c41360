# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule of the check, by tables."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import check_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.problems import MAX_PROBLEMS, problems_text
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.rules import RULES
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.appspecs import bundle_in
from unit.appspec_service_tables import FUNCTION, SERVICES, TASK
from unit.appspec_tables import BUNDLES, PERMISSIONS, READING, SERVER, SERVERS, Case, bundle_with, places

ROOT = pathlib.Path(__file__).resolve().parents[5]
CASES = [*READING, *SERVERS, *PERMISSIONS, *BUNDLES, *SERVICES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ", ".join(case.problems) or "fine")
def test_the_problems_are_found_where_they_are_and_no_others(case: Case) -> None:
    options = dict(case.options)
    around = {name: options.pop(name) for name in ("archive", "links") if name in options}
    bundle = None if case.tree is None else bundle_with(case.tree, **around)
    verdict = check_appspec(case.text, bundle=bundle, **options)
    assert places(verdict) == case.problems
    assert verdict.valid == all(RULES[problem.split(" ")[0]].severity == "warning" for problem in case.problems)


def test_every_rule_is_in_a_table() -> None:
    assert {problem.split(" ")[0] for case in CASES for problem in case.problems} == set(RULES)


def test_the_guide_lists_every_rule() -> None:
    lines = (ROOT / "docs/appspec_rules.md").read_text().splitlines()
    agents = {frozenset({1, 2}): "1.x, 2.x", frozenset({1}): "1.x", frozenset({2}): "2.x", frozenset(): ""}
    rows = [f"| `{name}` | {rule.severity} | {agents[rule.refuse]} | {rule.about} |" for name, rule in RULES.items()]
    assert [line for line in lines if line.startswith("| `")] == rows


@pytest.mark.parametrize(("platform", "appspec"), [("lambda", FUNCTION), ("ecs", TASK)])
def test_a_right_appspec_for_a_service_has_no_problems(platform: str, appspec: dict[str, object]) -> None:
    verdict = check_appspec(appspec, platform)  # type: ignore[arg-type]
    assert (verdict.problems, verdict.appspec) == ((), appspec)


def test_the_example_application_has_no_problems() -> None:
    tree = ROOT / "examples/web-app"
    verdict = check_appspec((tree / "appspec.yml").read_text(), bundle=bundle_in(tree))
    assert verdict.problems == ()


def test_a_problem_says_what_is_wrong_and_what_to_do() -> None:
    verdict = check_appspec(f"{SERVER}hooks:\n  AfterInstal:\n    - location: a.sh\n")
    assert problems_text(verdict.problems) == (
        "appspec.yml:4: hooks.AfterInstal is not a lifecycle event, so its scripts never run. Did you mean AfterInstall? [event-unknown]"
    )


def test_the_check_ends_when_there_are_too_many_problems_to_tell() -> None:
    verdict = check_appspec(SERVER + "".join(f"key{number}: x\n" for number in range(4000)))
    assert len(verdict.problems) == MAX_PROBLEMS
    text = problems_text(verdict.problems)
    assert (len(text.splitlines()), text.splitlines()[-1]) == (26, "... and 75 more")


def test_no_message_quotes_what_stands_beside_a_syntax_error() -> None:
    verdict = check_appspec("region: us-east-1\nsecret: 'TOPSECRET\n")
    assert [problem.rule for problem in verdict.problems] == ["yaml-syntax"]
    assert "TOPSECRET" not in problems_text(verdict.problems)


def test_what_is_parsed_is_fit_for_json() -> None:
    verdict = check_appspec("a: .inf\nb: 2020-01-01\nc: :d\ne: [1, 0x10, 010, 1:30, 1.5, ~, yes, 'no']\n1: x\n")
    assert verdict.appspec == {
        "a": ".inf",
        "b": "2020-01-01",
        "c": ":d",
        "e": [1, 16, 8, 90, 1.5, None, True, "no"],
        "1": "x",
    }
