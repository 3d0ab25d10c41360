# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an agent says of a command, in the words of the public API."""

from __future__ import annotations

import json
from typing import Any

from ..errors import ServiceError
from ..state import Members

LONGEST_LOG = 4096
"""Characters (botocore model: Diagnostics)."""

# Agent codes as observed with host agent 1.8.1. Codes 6 (output left open) and 7 (agent restarted) have no public name, nor
# has what else an agent may send, so they read as UnknownError.
_ERROR_CODES = {
    0: "Success",
    1: "ScriptMissing",
    2: "ScriptNotExecutable",
    3: "ScriptTimedOut",
    4: "ScriptFailed",
}


def is_noop(diagnostics: Members | None) -> bool:
    """Whether an acknowledgement says that there is nothing to run."""
    return _payload(diagnostics).get("IsCommandNoop") is True


def diagnostics_from_report(status: str, diagnostics: Members | None) -> Members:
    """The public Diagnostics of a completed command. A failure never reads as Success, whatever its code."""
    report = _payload(diagnostics)
    code = report.get("error_code", 0)
    known = _ERROR_CODES.get(code, "UnknownError") if isinstance(code, int) else "UnknownError"
    failed_without_code = status == "Failed" and known == "Success"
    return {
        "errorCode": "UnknownError" if failed_without_code else known,
        "scriptName": str(report.get("script_name") or ""),
        "message": str(report.get("message") or ""),
        "logTail": str(report.get("log") or "")[-LONGEST_LOG:],
    }


def _payload(diagnostics: Members | None) -> dict[str, Any]:
    if diagnostics is None:
        return {}
    try:
        payload = json.loads(diagnostics["Payload"])
    except (ValueError, RecursionError):
        payload = None
    if diagnostics["Format"] != "JSON" or not isinstance(payload, dict):
        raise ServiceError("ClientException", "Diagnostics must have the format JSON and an object as payload.")
    return payload
