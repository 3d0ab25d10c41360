# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hooks: every way in which a script can end, what is reported and logged, and who survives whom."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.hosts.agent import scripts
from emulator.hosts.agent.appspec import Script
from emulator.hosts.agent.diagnostics import (
    AgentStopping,
    ErrorCode,
    ScriptFailure,
    log_tail,
    payload_from_error,
)
from emulator.hosts.agent.scripts import ScriptLog, run_script
from emulator.tests.agent.bundles import script as shell_script
from emulator.tests.agent.observation import eventually, is_alive, written_pid

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
AS_ROOT = pytest.mark.needs("root")


class Stage:
    """An unpacked revision whose scripts are run, and their log."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.archive = directory / "deployment-archive"
        self.archive.mkdir()
        self.log = ScriptLog("d-1", directory / "logs" / "scripts.log", directory / "deployments.log")
        self.stopping = threading.Event()

    def put(self, text: str, name: str = "run.sh", mode: int = 0o755) -> Path:
        file = self.archive / name
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    def run(self, name: str = "run.sh", runas: str | None = None, sudo: object = None, timeout: int = 60) -> None:
        run_script(Script(name, runas, sudo, timeout), self.archive, ENVIRONMENT, self.log, self.stopping)

    def failure(
        self, name: str = "run.sh", runas: str | None = None, sudo: object = None, timeout: int = 60
    ) -> ScriptFailure:
        with pytest.raises(ScriptFailure) as caught:
            self.run(name, runas, sudo, timeout)
        return caught.value


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_both_outputs_are_logged_line_by_line(stage: Stage) -> None:
    stage.put(shell_script("echo one; printf 'no end'; echo two >&2"))
    stage.run()
    lines = stage.log.tail().splitlines()
    assert lines[0] == "Script - run.sh"
    assert sorted(lines[1:]) == ["[stderr]two", "[stdout]no end", "[stdout]one"]


def test_the_logs_on_disk_have_a_time_on_every_line(stage: Stage) -> None:
    stage.put(shell_script("echo one"))
    stage.run()
    scripts_log = (stage.directory / "logs/scripts.log").read_text(encoding="utf-8").splitlines()
    assert [line[20:] for line in scripts_log] == ["Script - run.sh", "[stdout]one"]
    time.strptime(scripts_log[0][:19], "%Y-%m-%d %H:%M:%S")
    deployments_log = (stage.directory / "deployments.log").read_text(encoding="utf-8").splitlines()
    assert [line.partition("] ")[2] for line in deployments_log] == ["[d-1]Script - run.sh", "[d-1][stdout]one"]


def test_a_missing_script_is_code_1(stage: Stage) -> None:
    failure = stage.failure(name="absent.sh")
    assert (failure.code, failure.script_name) == (ErrorCode.SCRIPT_MISSING, "absent.sh")
    assert str(failure) == f"Script does not exist at specified location: {stage.archive}/absent.sh"


@pytest.mark.parametrize("name", ["../outside.sh", "link/outside.sh", "link.sh"])
def test_a_script_must_be_in_the_revision(name: str, stage: Stage) -> None:
    outside = stage.put(shell_script("true"), "../outside.sh", mode=0o644)
    (stage.archive / "link").symlink_to("..")
    (stage.archive / "link.sh").symlink_to("../outside.sh")
    assert stage.failure(name=name).code == ErrorCode.SCRIPT_MISSING
    assert outside.stat().st_mode & 0o111 == 0


def test_a_script_is_made_executable_if_it_is_not(stage: Stage) -> None:
    file = stage.put(shell_script("true"), mode=0o640)
    stage.run()
    assert file.stat().st_mode & 0o777 == 0o751


def test_a_script_that_cannot_be_made_executable_is_code_2(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.put(shell_script("true"), mode=0o640)

    def refuse(path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(
        Path, "chmod", refuse
    )  # root may change any file's mode, so nothing but the call itself can fail
    assert stage.failure().code == ErrorCode.SCRIPT_NOT_EXECUTABLE


@pytest.fixture
def time_is_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], bool]], None]:
    """Lets a script's time be over once a condition holds, however long that takes."""

    def when(condition: Callable[[], bool]) -> None:
        time = types.SimpleNamespace(monotonic=lambda: math.inf if condition() else 0.0)
        monkeypatch.setattr(scripts, "time", time)

    return when


def test_a_time_limit_is_code_3_and_reaches_the_children(
    stage: Stage, time_is_up: Callable[[Callable[[], bool]], None]
) -> None:
    stage.put(shell_script(f"sleep 600 & echo $! > {stage.directory}/child; echo begun; wait"))
    time_is_up(lambda: "begun" in stage.log.tail())
    failure = stage.failure(timeout=1)
    assert failure.code == ErrorCode.SCRIPT_TIMED_OUT
    assert str(failure) == "Script at specified location: run.sh failed to complete in 1 seconds"
    assert failure.log == "Script - run.sh\n[stdout]begun\n"
    child = written_pid(stage.directory / "child")
    eventually(lambda: not is_alive(child))


def test_a_failure_is_code_4_with_the_log_so_far(stage: Stage) -> None:
    stage.put(shell_script("echo because >&2; exit 3"))
    failure = stage.failure()
    assert failure.code == ErrorCode.SCRIPT_FAILED
    assert str(failure) == "Script at specified location: run.sh failed with exit code 3"
    assert failure.log == "Script - run.sh\n[stderr]because\n"


@pytest.mark.parametrize("ending", ["exit 3", "kill -TERM $$"])
def test_a_log_that_is_not_utf_8_leaves_the_minimal_report(stage: Stage, ending: str) -> None:
    stage.put(shell_script(f"printf 'caf\\351\\n'; {ending}"))
    report = json.loads(payload_from_error(stage.failure()))
    assert report == {
        "error_code": "Unknown",
        "script_name": "run.sh",
        "message": "Attempting minimal diagnostics",
        "log": "Exception JSON::GeneratorError occured",
    }
    assert b"[stdout]caf\xe9\n" in (stage.directory / "logs/scripts.log").read_bytes()


def test_bytes_that_are_not_utf_8_do_not_matter_further_up_or_where_all_goes_well(stage: Stage) -> None:
    stage.put(shell_script("printf '\\351\\n'"))
    stage.run()
    stage.put(shell_script("yes filling | head -n 300; exit 3"))
    assert json.loads(payload_from_error(stage.failure()))["error_code"] == ErrorCode.SCRIPT_FAILED


@pytest.mark.parametrize("number", ["KILL", "TERM", "SEGV"])
def test_a_script_that_a_signal_ended_has_no_exit_code(stage: Stage, number: str) -> None:
    stage.put(shell_script(f"kill -{number} $$"))
    failure = stage.failure()
    assert failure.code == ErrorCode.SCRIPT_FAILED
    assert str(failure) == "Script at specified location: run.sh failed with exit code "


def test_windows_line_ends_are_code_4(stage: Stage) -> None:
    stage.put("#!/bin/sh\r\ntrue\r\n")
    failure = stage.failure()
    assert failure.code == ErrorCode.SCRIPT_FAILED
    assert "No such file or directory" in str(failure)


def test_a_script_without_an_interpreter_line_runs_under_sh(stage: Stage) -> None:
    stage.put("echo $0\n")
    stage.run()
    assert stage.log.tail().endswith("[stdout]" + str(stage.archive / "run.sh") + "\n")


@pytest.mark.parametrize(("redirect", "name"), [("2>/dev/null", "STDOUT"), (">/dev/null", "STDERR")])
def test_an_output_left_open_is_code_6_and_the_child_lives_on(
    redirect: str, name: str, stage: Stage, time_is_up: Callable[[Callable[[], bool]], None]
) -> None:
    own = stage.directory / "own"
    stage.put(shell_script(f"sleep 600 {redirect} & echo $! > {stage.directory}/child; echo done; echo $$ > {own}"))
    looks = itertools.count()  # a few until the agent has read all and seen that the other output is closed
    time_is_up(lambda: own.exists() and not is_alive(written_pid(own)) and next(looks) >= 9)
    failure = stage.failure(timeout=1)
    child = written_pid(stage.directory / "child")
    try:
        assert failure.code == ErrorCode.OUTPUTS_LEFT_OPEN
        assert str(failure) == f"Script at specified location: run.sh failed to close {name}"
        assert "[stdout]done" in failure.log
        assert is_alive(child)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_daemon_with_outputs_of_its_own_survives_its_hook(stage: Stage) -> None:
    stage.put(shell_script(f"sleep 600 >/dev/null 2>&1 & echo $! > {stage.directory}/child"))
    stage.run(timeout=30)
    child = written_pid(stage.directory / "child")
    try:
        assert is_alive(child)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_stopping_agent_ends_the_script_and_reports_nothing(stage: Stage) -> None:
    stage.put(shell_script(f"trap '' TERM; echo $$ > {stage.directory}/child; while :; do sleep 1; done"))
    caught: list[BaseException] = []

    def run() -> None:
        try:
            stage.run()
        except AgentStopping as stop:
            caught.append(stop)

    thread = threading.Thread(target=run)
    thread.start()
    child = written_pid(stage.directory / "child")
    stage.stopping.set()
    thread.join(60)
    assert caught
    assert not is_alive(child)


@AS_ROOT
def test_runas_becomes_that_user(stage: Stage) -> None:
    stage.put(shell_script("id -un"))
    stage.run(runas="root")
    assert stage.log.tail().endswith("[stdout]root\n")


def test_an_unknown_user_is_code_4(stage: Stage) -> None:
    stage.put(shell_script("true"))
    failure = stage.failure(runas="no-such-user")
    assert failure.code == ErrorCode.SCRIPT_FAILED
    assert "run as user no-such-user failed with exit code" in str(failure)


@pytest.mark.parametrize(
    ("runas", "sudo", "command"),
    [
        (None, True, "sudo {path}"),
        (None, "false", "sudo {path}"),
        ("bob", True, "sudo su bob -c {path}"),
        ("bob", False, "su bob -c {path}"),
    ],
)
def test_sudo_and_runas_build_the_real_agents_command(
    runas: str | None, sudo: object, command: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("sudo", "su"):
        (stage.directory / tool).write_text(f'#!/bin/sh\necho {tool} "$@"\n', encoding="utf-8")
        (stage.directory / tool).chmod(0o755)
    monkeypatch.setitem(ENVIRONMENT, "PATH", f"{stage.directory}:{ENVIRONMENT['PATH']}")
    monkeypatch.setenv("PATH", ENVIRONMENT["PATH"])
    path = stage.put(shell_script("true"))
    stage.run(runas=runas, sudo=sudo)
    assert stage.log.tail().splitlines()[-1] == "[stdout]" + command.format(path=path)


def test_a_missing_sudo_is_code_4(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.put(shell_script("true"))
    monkeypatch.setenv("PATH", str(stage.directory))
    monkeypatch.setitem(ENVIRONMENT, "PATH", str(stage.directory))
    failure = stage.failure(sudo=True)
    assert failure.code == ErrorCode.SCRIPT_FAILED
    assert "failed with error FileNotFoundError" in str(failure)


def test_a_location_with_a_space_breaks_as_with_the_real_agent(stage: Stage) -> None:
    stage.put(shell_script("true"), "my script.sh")
    assert stage.failure(name="my script.sh").code == ErrorCode.SCRIPT_FAILED


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([], 0),
        (["a\n"] * 3, 3),
        (["x" * 1023 + "\n"] * 3, 1),
        (["x" * 100 + "\n"] * 50, 20),
        (["first\n", "x" * 5000 + "\n"], 0),
        (["x" * 5000 + "\n", "last\n"], 1),
    ],
)
def test_the_log_tail_is_whole_lines_within_2048_characters(lines: list[str], kept: int) -> None:
    assert log_tail(lines) == "".join(lines[len(lines) - kept :])


def test_a_payload_stays_within_the_services_limit_whatever_was_written() -> None:
    log = log_tail(["\x1b" * 100 + "\n"] * 30)
    payload = payload_from_error(ScriptFailure(ErrorCode.SCRIPT_FAILED, "run.sh", "m" * 9000, log))
    assert len(payload) <= 8192
    assert payload.endswith('\\n"}')
