# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as a whole: control, start and end, and what is moto's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3

from emulator import Clock, Emulator, ManualClock
from emulator.http.server import PortTakenError

from .stage import Stage

TESTS = Path(__file__).parents[2]


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


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"advance": "1"}', b'{"advance": -1}', b'{"advance": true}', b'{"speed": NaN}']
)
def test_clock_refuses(emulator: Emulator, body: bytes) -> None:
    status, answer = control(emulator, "POST", "clock", body)
    assert status == 400
    assert "advance" in answer["error"]


def test_unknown_paths_and_methods(emulator: Emulator) -> None:
    assert control(emulator, "GET", "coffee")[0] == 404
    assert control(emulator, "GET", "reset")[0] == 405


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


def test_each_start_is_empty_and_each_end_complete() -> None:
    before = threading.active_count()
    for _time in range(2):
        with Emulator(clock=Clock()) as emulator:
            assert emulator.client("s3").list_buckets()["Buckets"] == []
            emulator.client("s3").create_bucket(Bucket="bundles")
            emulator.client("codedeploy").create_application(applicationName="shop")
            # An idle connection must not keep the server.
            idle = socket.create_connection(("127.0.0.1", int(emulator.endpoint.rpartition(":")[2])))
        idle.close()
        assert threading.active_count() == before


def test_a_taken_port() -> None:
    before = threading.active_count()
    with Emulator(clock=ManualClock()) as emulator:
        port = int(emulator.endpoint.rpartition(":")[2])
        with pytest.raises(PortTakenError, match=str(port)):
            Emulator(port=port).start()
    assert threading.active_count() == before


def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    port = int(emulator.endpoint.rpartition(":")[2])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free, so the server has not bound every address
    assert emulator.endpoint.startswith("http://127.0.0.1:")


def run_program(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "emulator", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program(number: int) -> None:
    program = run_program("--port", "0")
    assert program.stdout is not None
    exports = dict(program.stdout.readline().removeprefix("export ").strip().split("=", 1) for _time in range(5))
    assert exports.keys() == {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
    }
    assert urllib3.request("GET", f"{exports['AWS_ENDPOINT_URL']}/_emulator/health").json()["status"] == "ok"
    program.send_signal(number)
    _output, errors = program.communicate(timeout=30)
    assert (program.returncode, errors) == (0, "")


def test_the_program_with_a_taken_port() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        program = run_program("--port", str(port))
        _output, errors = program.communicate(timeout=30)
    assert program.returncode == 1
    assert errors.count("\n") == 1
    assert f"port {port}" in errors
    assert "--port" in errors


def test_real_time_deployments_end_by_themselves() -> None:
    with Emulator(clock=Clock()) as emulator:
        stage = Stage(emulator)
        stage.set_up("h1")
        deployment_id = stage.create_deployment()
        deadline = time.monotonic() + 30
        while stage.status(deployment_id) != "Succeeded" and time.monotonic() < deadline:
            stage.play()
            time.sleep(0.05)
        assert stage.status(deployment_id) == "Succeeded"
