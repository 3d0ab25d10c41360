# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host tells the command service about the end of a command, and the log it quotes from.

Codes and forms as observed with host agent 1.8.1; limits from the agent's own API model, Diagnostics.Payload.
"""

from __future__ import annotations

import json
from enum import IntEnum

_LOG_LENGTH = 2048
_MESSAGE_LENGTH = 2048
_PAYLOAD_LENGTH = 8192
_NOT_ENCODABLE = "Exception JSON::GeneratorError occured"


class ErrorCode(IntEnum):
    """How a command ended."""

    SUCCEEDED = 0
    SCRIPT_MISSING = 1
    SCRIPT_NOT_EXECUTABLE = 2
    SCRIPT_TIMED_OUT = 3
    SCRIPT_FAILED = 4
    UNKNOWN_ERROR = 5
    OUTPUTS_LEFT_OPEN = 6
    FAILED_AFTER_RESTART = 7


class ScriptFailure(Exception):
    """A hook's script did not succeed; `log` is the tail of what the event has written so far."""

    def __init__(self, code: ErrorCode, script_name: str, message: str, log: str) -> None:
        super().__init__(message)
        self.code, self.script_name, self.log = code, script_name, log


class AgentStopping(Exception):
    """The agent was told to stop in the middle of a command; nothing is reported now, the next start does it."""


def log_tail(lines: list[str]) -> str:
    """The last whole lines that are shorter than 2048 characters together; a line is never cut."""
    kept, length = len(lines), 0
    while kept and length + len(lines[kept - 1]) < _LOG_LENGTH:
        kept -= 1
        length += len(lines[kept])
    return "".join(lines[kept:])


def payload_from_success(note: str = "") -> str:
    """The payload of a command that succeeded; it never quotes the log."""
    return _payload(ErrorCode.SUCCEEDED, "", f"Succeeded: {note}", "")


def payload_from_restart() -> str:
    """The payload for a command that an earlier run of the agent left unfinished."""
    message = "Failed: Failing in-progress lifecycle event after an agent restart."
    return _payload(ErrorCode.FAILED_AFTER_RESTART, "", message, "")


def payload_from_error(error: Exception) -> str:
    """The payload for a command that `error` ended; all but a script's failure is an unknown error without a log.

    A log that is not UTF-8 cannot be written as JSON, and the real agent sends what it can without it.
    """
    if isinstance(error, ScriptFailure):
        if not _is_utf8(error.log):
            return _payload("Unknown", error.script_name, "Attempting minimal diagnostics", _NOT_ENCODABLE)
        return _payload(error.code, error.script_name, str(error), error.log)
    return _payload(ErrorCode.UNKNOWN_ERROR, "", str(error) or type(error).__name__, "")


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _payload(code: ErrorCode | str, script_name: str, message: str, log: str) -> str:
    fields = {"error_code": code, "script_name": script_name, "message": message[:_MESSAGE_LENGTH], "log": log}
    payload = json.dumps(fields, ensure_ascii=False)
    if len(payload) <= _PAYLOAD_LENGTH or "\n" not in log:
        return payload
    # Control characters grow to six characters in JSON, so a log that fits may not fit as a payload.
    return _payload(code, script_name, message, log.partition("\n")[2])
