# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot be deployed is named by the task `deploy`, and nothing is written."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from emulator import Emulator
from unit.controller import Controller
from unit.releases import SHOP, Options, servers

BUCKET = "bundles"

BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"source": "/nowhere"}, "source: '/nowhere' "),
    ({"source": "/usr"}, "source: '/usr' has no appspec.yml at its top level"),
    ({"s3_bucket": "nobody-has-this"}, "s3_bucket: there is no bucket 'nobody-has-this'"),
    ({"application_name": "missing"}, "application_name: there is no application 'missing' in us-east-1"),
    ({"application_name": "not valid"}, "application_name: 'not valid' is not a valid name"),
    (
        {"deployment_group_name": "missing"},
        "deployment_group_name: application 'shop' has no deployment group 'missing' in us-east-1",
    ),
    ({"wait_timeout": 0}, "wait_timeout: 0 is too small; set a number greater than 0"),
    ({"description": "x" * 257}, "description: 257 characters given, at most 256 allowed"),
    (
        {"deployment_config_name": "Missing"},
        "deployment_config_name: there is no deployment config 'Missing' in us-east-1",
    ),
    (
        {"source": None, "revision": {"s3_location": {"bucket": BUCKET, "key": "missing.zip"}}},
        f"revision: s3://{BUCKET}/missing.zip is not registered with application 'shop'",
    ),
    ({"source": None}, "one of the following is required: source, revision"),
    ({"s3_bucket": None}, "s3_bucket"),
]


@pytest.fixture
def options(emulator: Emulator, tmp_path: pathlib.Path) -> Options:
    """Those of a task that would deploy."""
    servers(emulator, running=False)
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return {**SHOP, "source": str(tmp_path), "s3_bucket": BUCKET}


@pytest.mark.parametrize(("given", "text"), BAD_INPUT)
def test_bad_input_is_named_and_nothing_is_deployed(
    given: dict[str, t.Any], text: str, options: Options, emulator: Emulator, controller: Controller
) -> None:
    emulator.calls.clear()
    arguments = {name: value for name, value in {**options, **given}.items() if value is not None}
    result = controller.run("deploy", **arguments).result
    assert result["failed"] is True
    assert text in result["msg"]
    assert not any(call.operation.startswith(("Create", "Put", "Register")) for call in emulator.calls)


def test_good_input_is_deployed(options: Options, controller: Controller) -> None:
    assert controller.run("deploy", **options).result["changed"] is True
