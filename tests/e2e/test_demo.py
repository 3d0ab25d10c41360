# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo as a newcomer runs it: to its end, and interrupted on the way."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import typing as t

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent

LANDMARKS = [
    "slipway.codedeploy: a web application on three hosts, without an AWS account",
    "1. The first release",
    "each host serves version 1",
    "one deployment was made, and one bundle uploaded",
    "2. The same again",
    "AWS was only read",
    "3. The second release",
    "each host serves version 2",
    "4. A broken release",
    "failed at ValidateService in scripts/validate.sh (ScriptFailed)",
    "AttributeError: 'str' object has no attribute 'number'",
    "it followed the rollback to its end",
    "What was shown",
    "Everything that was started is stopped again",
]


@pytest.fixture
def demo() -> t.Iterator[subprocess.Popen[str]]:
    """The demo, just started, in a session of its own."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "e2e.demo"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        yield process
        process.kill()


def lines_until(demo: subprocess.Popen[str], landmark: str) -> list[str]:
    """The lines that DEMO prints until one holds LANDMARK."""
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if landmark in line:
            break
    return lines


def folder_in(output: str) -> pathlib.Path:
    """Where the demo, by its own words, keeps everything."""
    match = re.search(r"\S*/slipway-demo-\w+", output)
    assert match, output
    return pathlib.Path(match[0])


def processes_of(folder: pathlib.Path) -> set[str]:
    """The processes that work in FOLDER or name it in their command line."""
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in str((process / "cwd").readlink()) + (process / "cmdline").read_text():
                found.add(process.name)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has just ended, or is somebody else's
    return found


def assert_nothing_is_left(output: str) -> None:
    folder = folder_in(output)
    assert processes_of(folder) == set()
    assert not folder.exists()
    port = re.search(r"http://127\.0\.0\.1:(\d+)", output)
    assert port, output
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port[1])), timeout=5)


def test_the_demo_holds_what_it_promises(demo: subprocess.Popen[str]) -> None:
    output = demo.communicate()[0]
    assert demo.wait() == 0, output
    assert [landmark for landmark in LANDMARKS if landmark not in output] == []
    assert "FAILED  " not in output
    assert_nothing_is_left(output)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing(demo: subprocess.Popen[str], number: signal.Signals) -> None:
    begun = "".join(lines_until(demo, "InProgress"))
    assert processes_of(folder_in(begun)), "its agents run"
    demo.send_signal(number)
    output = begun + demo.communicate()[0]
    assert demo.wait() == 128 + number, output
    assert "Everything that was started is stopped again" in output
    assert_nothing_is_left(output)
