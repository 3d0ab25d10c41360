# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._plan import (
    Plan,
    Resource,
    carried_out,
    managed_part,
    plan_absent,
    plan_present,
    prerequisite,
)

DEFAULTS = {"size": "small", "tags": {}}


@pytest.mark.parametrize(
    ("current", "wanted", "after", "updates"),
    [
        pytest.param(
            None,
            {"name": "a", "size": None},
            {"name": "a", "size": "small", "tags": {}},
            {"name": "a", "size": "small", "tags": {}},
            id="a new one gets the defaults",
        ),
        pytest.param(
            None,
            {"name": "a", "size": "big"},
            {"name": "a", "size": "big", "tags": {}},
            {"name": "a", "size": "big", "tags": {}},
            id="what is wanted beats a default",
        ),
        pytest.param(
            {"name": "a", "size": "big"}, {"name": "a", "size": None}, {"name": "a", "size": "big"}, {}, id="None keeps"
        ),
        pytest.param(
            {"name": "a", "size": "big"},
            {"name": "a", "size": "small"},
            {"name": "a", "size": "small"},
            {"size": "small"},
            id="a change",
        ),
        pytest.param({"name": "a"}, {"tags": {}}, {"name": "a", "tags": {}}, {"tags": {}}, id="empty is not None"),
    ],
)
def test_plan_present(current: Resource | None, wanted: Resource, after: Resource, updates: Resource) -> None:
    plan = plan_present(current, wanted, DEFAULTS)
    assert plan == Plan(before=current, after=after)
    assert plan.updates == updates
    assert plan.changed is bool(updates)
    assert plan.diff == {"before": current or {}, "after": after}


@pytest.mark.parametrize(("current", "changed"), [({"name": "a"}, True), (None, False)])
def test_plan_absent(current: Resource | None, changed: bool) -> None:
    plan = plan_absent(current)
    assert (plan.before, plan.after, plan.changed) == (current, None, changed)
    assert plan.diff == {"before": current or {}, "after": {}}


def test_managed_part() -> None:
    assert managed_part({"name": "a", "id": 7}, ("name", "tags")) == {"name": "a"}
    assert managed_part(None, ("name",)) is None


def test_only_check_mode_leaves_a_plan_as_it_is() -> None:
    done: list[str] = []

    def do(plan: str) -> str:
        done.append(plan)
        return f"{plan}, done"

    assert (carried_out("create", do, check_mode=True), done) == ("create", [])
    assert (carried_out("create", do, check_mode=False), done) == ("create, done", ["create"])


@pytest.mark.parametrize(("check_mode", "chosen"), [(False, "require"), (True, "assume")])
def test_only_check_mode_assumes_what_is_missing(check_mode: bool, chosen: str) -> None:
    assert prerequisite("require", "assume", check_mode) == chosen
