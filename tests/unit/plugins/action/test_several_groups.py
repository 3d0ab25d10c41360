# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that deploys to several deployment groups finds out beforehand whether they are there."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from emulator import Emulator
from unit.controller import Controller, TaskRun
from unit.releases import SHOP, Options, servers


@pytest.fixture
def source(emulator: Emulator, tmp_path: pathlib.Path) -> Options:
    """A task that ships what was never shipped before, but for where to."""
    servers(emulator)
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return {"application_name": SHOP["application_name"], "source": str(tmp_path), "s3_bucket": "bundles"}


def writes(emulator: Emulator) -> list[str]:
    return [
        call.operation for call in emulator.calls if not call.operation.startswith(("Get", "List", "Batch", "Head"))
    ]


def run(emulator: Emulator, controller: Controller, options: Options, check_mode: bool = False) -> TaskRun:
    emulator.calls.clear()
    return controller.run("deploy", check_mode=check_mode, **options)


@pytest.mark.parametrize(
    "more", [{}, {"groups_at_once": 3, "continue_after_failure": True}], ids=["in order", "side by side"]
)
def test_nothing_is_deployed_anywhere_if_a_group_is_missing(
    emulator: Emulator, controller: Controller, source: Options, more: Options
) -> None:
    names = ["web", "wbe", "db"]
    result = run(emulator, controller, {**source, "deployment_group_names": names, **more}).result
    assert result["failed"] is True
    assert result["msg"].startswith("deployment_group_names: the application has no deployment group 'wbe', 'db'. ")
    assert (result["changed"], result["deployment_groups"], result["not_begun"]) == (False, [], names)
    assert [call.operation for call in emulator.calls] == ["BatchGetDeploymentGroups"]


def test_check_mode_tells_of_a_group_that_is_missing(
    emulator: Emulator, controller: Controller, source: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(emulator, controller, {**source, "deployment_group_names": ["web", "wbe"]}, check_mode=True).result
    assert "failed" not in result
    # What ansible-core 2.19 and newer show at once, older ones show of the result.
    warnings = " ".join([*capsys.readouterr().err.split(), *result.get("warnings", [])])
    assert "There is no deployment group 'wbe' of application 'shop' yet." in warnings
    assert writes(emulator) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"application_name": "shpo"}, "web: application_name: there is no application 'shpo' in us-east-1."),
        ({"deployment_group_names": ["a b"]}, "deployment_group_names: 'a b' is not a valid name"),
        ({"application_name": "a b"}, "application_name: 'a b' is not a valid name"),
    ],
)
def test_what_is_wrong_with_the_names_is_said(
    emulator: Emulator, controller: Controller, source: Options, wrong: Options, message: str
) -> None:
    result = run(emulator, controller, {**source, "deployment_group_names": ["web", "db"], **wrong}).result
    assert result["failed"] is True
    assert result["msg"].startswith(message)
    assert writes(emulator) == []


def stored(emulator: Emulator) -> set[str]:
    """The keys of the bundles that are in the bucket."""
    found = emulator.client("s3").list_objects_v2(Bucket="bundles", Prefix="shop/")
    return {each["Key"] for each in found.get("Contents", [])}


@pytest.mark.parametrize(
    "place", [SHOP, {"application_name": "shop", "deployment_group_names": ["web"]}], ids=["one", "several"]
)
def test_all_bundles_that_are_removed_are_told(
    emulator: Emulator, controller: Controller, source: Options, place: Options
) -> None:
    """Those too that a task removes before it awaits somebody else's deployment."""

    def ship(content: str, **options: t.Any) -> TaskRun:
        pathlib.Path(source["source"], "content").write_text(content)
        return controller.run("deploy", **{**source, **options})

    for content in ("first", "second", "third"):
        ship(content, **SHOP)
    ship("somebody else's", **SHOP, wait=False)
    before = stored(emulator)
    result = ship("own", **place, if_in_progress="wait", keep=1, keep_younger_than=0).result
    assert len(result["removed_bundles"]) == len(before - stored(emulator)) > 1
    assert set(result["removed_bundles"]) == before - stored(emulator)
