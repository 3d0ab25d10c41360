# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as a whole: control, and what is moto's."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
import urllib3

from emulator import Emulator


def control(emulator: Emulator, method: str, name: str, body: bytes | None = None) -> tuple[int, Any]:
    answer = urllib3.request(method, f"{emulator.endpoint}/_emulator/{name}", body=body)
    return answer.status, answer.json()


def test_health(emulator: Emulator) -> None:
    assert control(emulator, "GET", "health") == (200, {"status": "ok", "now": emulator.clock.now()})


def test_calls(emulator: Emulator) -> None:
    emulator.client("codedeploy").list_applications()
    _status, calls = control(emulator, "GET", "calls")
    assert [call["action"] for call in calls] == ["codedeploy:ListApplications"]
    control(emulator, "DELETE", "calls")
    assert control(emulator, "GET", "calls") == (200, [])


def test_clock(emulator: Emulator) -> None:
    before = emulator.clock.now()
    assert control(emulator, "POST", "clock", b'{"advance": 2.5}') == (200, {"now": before + 2.5})


@pytest.mark.parametrize("speed", [b"60", b'"inf"'])
def test_the_speed_of_time(emulator: Emulator, speed: bytes) -> None:
    called = threading.Event()
    emulator.clock.call_later(0.1, called.set)
    assert control(emulator, "POST", "clock", b'{"speed": %s}' % speed)[0] == 200
    assert called.wait(60)
    assert control(emulator, "POST", "clock", b'{"speed": 0}')[0] == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"advance": "1"}', b'{"advance": -1}', b'{"advance": true}', b'{"speed": NaN}']
)
def test_clock_refuses(emulator: Emulator, body: bytes) -> None:
    status, answer = control(emulator, "POST", "clock", body)
    assert status == 400
    assert "advance" in answer["error"]


def test_unknown_paths_and_methods(emulator: Emulator) -> None:
    status, answer = control(emulator, "GET", "coffee")
    assert (status, "/_emulator/hosts" in answer["error"]) == (404, True)
    answer = control(emulator, "GET", "reset")
    assert answer == (405, {"error": "/_emulator/reset does not support GET; use POST"})


def test_reset(emulator: Emulator) -> None:
    emulator.client("codedeploy").create_application(applicationName="shop")
    emulator.client("s3").create_bucket(Bucket="bundles")
    assert control(emulator, "POST", "reset") == (200, {})
    assert emulator.client("codedeploy").list_applications()["applications"] == []
    assert emulator.client("s3").list_buckets()["Buckets"] == []


def test_motos_own_codedeploy_is_out_of_reach(emulator: Emulator) -> None:
    scope = "AKIA/20260101/us-east-1/codedeploy/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    answer = urllib3.request("POST", emulator.endpoint, body=b"{}", headers=headers)
    assert answer.json()["__type"] == "UnknownOperationException"


def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    port = int(emulator.endpoint.rpartition(":")[2])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free, so the server has not bound every address
    assert emulator.endpoint.startswith("http://127.0.0.1:")
