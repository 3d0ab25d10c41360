# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`revision` with `keep`: what is removed beside the bundle of the task. Which bundles that may be is tested in test_retention.py."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import revision
from emulator import Emulator
from unit.deployments import LiveStage
from unit.scenarios import Connect, module_actions

OLD = [f"apps/shop/{number:064x}.zip" for number in range(1, 5)]


def options(tree: pathlib.Path, **given: t.Any) -> dict[str, t.Any]:
    """The module's parameters with TREE as source; those of its source that are left out have their defaults."""
    return {
        "application_name": "shop",
        "description": None,
        "source": str(tree),
        "revision": None,
        "s3_bucket": "bundles",
        "s3_prefix": "apps",
        "expected_bucket_owner": None,
        "keep": None,
        "keep_younger_than": 0,
        **given,
    }


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    """The application `shop` with a group, a host, and four bundles, of which the group has the first."""
    stage = LiveStage(emulator)
    stage.set_up("host")
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="bundles")
    for key in OLD:
        s3.put_object(Bucket="bundles", Key=key, Body=b"")
    stage.create_deployment(OLD[0])
    return stage


@pytest.fixture
def source(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return tmp_path


def objects(emulator: Emulator) -> list[str]:
    return [found["Key"] for found in emulator.client("s3").list_objects_v2(Bucket="bundles")["Contents"]]


@pytest.mark.usefixtures("stage")
def test_check_mode_shows_what_would_be_removed_and_the_task_removes_it(
    source: pathlib.Path, connect: Connect, emulator: Emulator
) -> None:
    predicted = revision.ensure(connect, options(source, keep=2), True)
    assert objects(emulator) == OLD
    done = revision.ensure(connect, options(source, keep=2), False)
    assert predicted["removed_bundles"] == done["removed_bundles"] == OLD[1:3]
    assert predicted["diff"] == done["diff"]
    assert done["diff"]["before"] == {"old_bundles": OLD[1:3]}
    assert sorted(objects(emulator)) == sorted([OLD[0], OLD[3], done["revision"]["s3_location"]["key"]])


@pytest.mark.usefixtures("stage")
def test_removing_is_a_change_even_if_the_revision_is_there(
    source: pathlib.Path, connect: Connect, emulator: Emulator
) -> None:
    first = revision.ensure(connect, options(source), False)
    assert "removed_bundles" not in first
    shrunk = revision.ensure(connect, options(source, keep=1), False)
    assert (shrunk["changed"], shrunk["registered"], shrunk["removed_bundles"]) == (True, False, OLD[1:])
    assert shrunk["diff"]["before"] == {**shrunk["diff"]["after"], "old_bundles": OLD[1:]}
    again = revision.ensure(connect, options(source, keep=1), False)
    assert (again["changed"], again["removed_bundles"]) == (False, [])
    assert sorted(objects(emulator)) == sorted([OLD[0], first["revision"]["s3_location"]["key"]])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"keep": 0}, "keep: 0 is too small; set a number greater than 0"),
        ({"keep": -1}, "keep: -1 is too small"),
        (
            {"keep": 1, "source": None, "revision": {"s3_location": {"bucket": "b", "key": "k", "bundle_type": "zip"}}},
            "keep: requires source",
        ),
    ],
)
@pytest.mark.usefixtures("stage")
def test_what_cannot_be_kept_is_an_error(
    source: pathlib.Path, connect: Connect, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        revision.ensure(connect, options(source, **given), False)
    assert objects(emulator) == OLD


@pytest.mark.usefixtures("stage")
def test_the_documented_permissions_are_those_that_are_used(
    source: pathlib.Path, connect: Connect, emulator: Emulator
) -> None:
    revision.ensure(connect, options(source, keep=1), False)
    revision.ensure(connect, options(source, keep=1), False)
    notes = yaml.safe_load(revision.DOCUMENTATION)["notes"]
    (note,) = [note for note in notes if note.startswith("Required IAM permissions")]
    assert set(module_actions(emulator)) == set(re.findall(r"C\((\w+:\w+)\)", note))
