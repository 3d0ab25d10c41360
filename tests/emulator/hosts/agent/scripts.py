# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running one script of a hook: its command, its output, its time limit (observed with host agent 1.8.1; SIGKILL after SIGTERM as in 2.x)."""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO

from .appspec import Script
from .containment import OutsideError, confined, joined
from .diagnostics import AgentStopping, ErrorCode, ScriptFailure, log_tail
from .psych import is_given

_SHELL_CHARACTERS = set("*?{}[]<>()~&|\\$;'`\"\n")
_LOOK_AGAIN = 0.05
_KILL_AFTER = 5.0
_KILL_AFTER_WHEN_STOPPING = 0.5


class ScriptLog:
    """What an event's scripts have written: kept for the report, and appended to the logs on disk as it comes."""

    def __init__(self, deployment_id: str, scripts_log: Path, deployments_log: Path | None) -> None:
        self._deployment_id = deployment_id
        self._scripts_log, self._deployments_log = scripts_log, deployments_log
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        """Takes one line, with its line end if it has one."""
        self._lines.append(line)
        now = datetime.now()  # local time, as the real agent writes it
        _append(self._scripts_log, f"{now:%Y-%m-%d %H:%M:%S} {line}")
        if self._deployments_log:
            stamp = f"[{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03}]"
            _append(self._deployments_log, f"{stamp} [{self._deployment_id}]{line.strip()}\n")

    def tail(self) -> str:
        return log_tail(self._lines)


def _append(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", errors="surrogateescape") as log:
        log.write(text)


def run_script(
    script: Script, archive: Path, environment: Mapping[str, str], log: ScriptLog, stopping: threading.Event
) -> None:
    """Runs a script of the revision in `archive` to its end; raises ScriptFailure, or AgentStopping once `stopping` is set."""
    path = _executable(script, archive, log)
    log.add(f"Script - {script.location}\n")
    try:
        process = _start(_command(script, path), path, environment)
    except OSError as error:
        message = f"{_prefix(script)} failed with error {type(error).__name__} with message {error}"
        raise ScriptFailure(ErrorCode.SCRIPT_FAILED, script.location, message, log.tail()) from error
    _follow(process, script, log, stopping)
    if process.returncode != 0:
        # Of a script that a signal ended, Ruby knows no exit code, and the message ends where it would stand.
        code = process.returncode if process.returncode > 0 else ""
        message = f"{_prefix(script)} failed with exit code {code}"
        raise ScriptFailure(ErrorCode.SCRIPT_FAILED, script.location, message, log.tail())


def _prefix(script: Script) -> str:
    return f"Script at specified location: {script.location}" + (
        "" if script.runas is None else f" run as user {script.runas}"
    )


def _executable(script: Script, archive: Path, log: ScriptLog) -> Path:
    try:
        path = confined(archive, joined(archive, script.location))
    except OutsideError as error:
        # Host agent 2.x refuses this too; 1.8.1 would run it.
        raise ScriptFailure(
            ErrorCode.SCRIPT_MISSING, script.location, f"{_prefix(script)}: {error}", log.tail()
        ) from error
    if not path.exists():
        message = f"Script does not exist at specified location: {path}"
        raise ScriptFailure(ErrorCode.SCRIPT_MISSING, script.location, message, log.tail())
    if not os.access(path, os.X_OK):
        try:
            path.chmod(path.stat().st_mode | 0o111)
        except OSError as error:
            message = f"Unable to set script at specified location: {script.location} as executable"
            raise ScriptFailure(ErrorCode.SCRIPT_NOT_EXECUTABLE, script.location, message, log.tail()) from error
    return path


def _command(script: Script, path: Path) -> list[str]:
    """The command line, unquoted as the real agent builds it: a path with spaces or shell characters breaks."""
    sudo = "sudo " if is_given(script.sudo) else ""
    runas = "" if script.runas is None else f"su {script.runas} -c "
    command = f"{sudo}{runas}{path}"
    return ["/bin/sh", "-c", command] if _SHELL_CHARACTERS & set(command) else command.split()


def _start(command: list[str], path: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return _popen(command, environment)
    except OSError as error:
        if error.errno != errno.ENOEXEC or command != [str(path)]:
            raise
        return _popen(["/bin/sh", str(path)], environment)  # a script without a first line that names its interpreter


def _popen(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own makes a process group of its own, so that a time limit reaches the script's children too.
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _follow(process: subprocess.Popen[bytes], script: Script, log: ScriptLog, stopping: threading.Event) -> None:
    """Logs the output until the script has ended and its outputs are closed, by its children too, or its time is over."""
    deadline = time.monotonic() + script.timeout
    with closing(_Outputs(process, log.add)) as outputs:
        while process.poll() is None or outputs.open_names():
            if stopping.is_set():
                _terminate(process, _KILL_AFTER_WHEN_STOPPING)
                raise AgentStopping(f"{_prefix(script)} was ended because the agent stops")
            if time.monotonic() >= deadline:
                break
            outputs.read(_LOOK_AGAIN)
        left_open = outputs.open_names()
    if process.poll() is None:
        _terminate(process, _KILL_AFTER)
        message = f"Script at specified location: {script.location} failed to complete in {script.timeout} seconds"
        raise ScriptFailure(ErrorCode.SCRIPT_TIMED_OUT, script.location, message, log.tail())
    if left_open:
        message = f"Script at specified location: {script.location} failed to close {left_open[0]}"
        raise ScriptFailure(ErrorCode.OUTPUTS_LEFT_OPEN, script.location, message, log.tail())


def _terminate(process: subprocess.Popen[bytes], kill_after: float) -> None:
    """Ends the script's process group, by force if it does not end by itself within `kill_after` seconds."""
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # it ended on its own just now
    except PermissionError:
        process.send_signal(number)  # the group holds another user's processes as well, started by su or sudo


class _Outputs:
    """A process's stdout and stderr, read as they come and given on line by line."""

    def __init__(self, process: subprocess.Popen[bytes], add: Callable[[str], None]) -> None:
        self._add = add
        self._selector = selectors.DefaultSelector()
        self._rest: dict[str, bytes] = {"STDOUT": b"", "STDERR": b""}
        self._streams: list[IO[bytes]] = []
        for name, stream in (("STDOUT", process.stdout), ("STDERR", process.stderr)):
            if stream is not None:
                self._selector.register(stream, selectors.EVENT_READ, name)
                self._streams.append(stream)

    def open_names(self) -> list[str]:
        return [str(key.data) for key in self._selector.get_map().values()]

    def read(self, seconds: float) -> None:
        """Takes what is there, or comes within `seconds`."""
        for key, _events in self._selector.select(seconds):
            data = os.read(key.fd, 1 << 16)
            if not data:
                self._selector.unregister(key.fileobj)
            *lines, rest = (self._rest[key.data] + data).split(b"\n")
            self._rest[key.data] = rest if data else b""
            for line in lines:
                self._log(key.data, line + b"\n")
            if rest and not data:
                self._log(key.data, rest)

    def close(self) -> None:
        for name, rest in self._rest.items():
            if rest:
                self._log(name, rest)
        self._selector.close()
        for stream in self._streams:
            stream.close()

    def _log(self, name: str, line: bytes) -> None:
        self._add(f"[{name.lower()}]{line.decode('utf-8', 'surrogateescape')}")
