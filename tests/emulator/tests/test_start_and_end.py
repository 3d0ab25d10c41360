# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's start and end, in a process that goes on and as a program."""

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
from botocore.exceptions import ConnectionClosedError

from emulator import Clock, Emulator, Fault, ManualClock
from emulator.http.server import PortTakenError
from emulator.stages.servers import Stage

TESTS = Path(__file__).parents[2]


def test_each_start_is_empty_and_each_end_complete() -> None:
    before = set(threading.enumerate())
    for _time in range(2):
        with Emulator(clock=Clock()) as emulator:
            assert emulator.client("s3").list_buckets()["Buckets"] == []
            emulator.client("s3").create_bucket(Bucket="bundles")
            emulator.client("codedeploy").create_application(applicationName="shop")
            # An idle connection must not keep the server.
            idle = socket.create_connection(("127.0.0.1", int(emulator.endpoint.rpartition(":")[2])))
        idle.close()
        assert set(threading.enumerate()) <= before


def test_a_taken_port() -> None:
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTakenError, match=str(port)):
            Emulator(port=port).start()
    assert set(threading.enumerate()) <= before
    with Emulator(clock=ManualClock()):
        assert set(threading.enumerate()) > before


def test_one_at_a_time_in_a_process() -> None:
    with Emulator(clock=ManualClock()) as first:
        first.client("s3").create_bucket(Bucket="bundles")
        before = set(threading.enumerate())
        with pytest.raises(RuntimeError, match="an emulator is already running in this process"):
            Emulator().start()
        assert set(threading.enumerate()) <= before  # fewer when the thread of the last answer ends meanwhile
        assert [bucket["Name"] for bucket in first.client("s3").list_buckets()["Buckets"]] == ["bundles"]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_reset_is_all_that_happens(kind: Any, capfd: pytest.CaptureFixture[str]) -> None:
    with Emulator() as emulator:
        emulator.faults.add(Fault(kind))
        with pytest.raises(ConnectionClosedError):
            emulator.client("codedeploy").list_applications()
    assert capfd.readouterr().err == ""  # every thread has ended, and had nothing to tell


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
    _output, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (0, "")


def test_the_program_with_a_taken_port() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        program = run_program("--port", str(port))
        _output, errors = program.communicate(timeout=60)
    assert program.returncode == 1
    assert errors.count("\n") == 1
    assert f"port {port}" in errors
    assert "--port" in errors


def test_real_time_deployments_end_by_themselves() -> None:
    with Emulator(clock=Clock()) as emulator:
        stage = Stage(emulator)
        stage.set_up("h1")
        deployment_id = stage.create_deployment()
        deadline = time.monotonic() + 60
        while stage.status(deployment_id) != "Succeeded" and time.monotonic() < deadline:
            stage.play()
            time.sleep(0.05)
        assert stage.status(deployment_id) == "Succeeded"
