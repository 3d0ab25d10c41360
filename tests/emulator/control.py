# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's own paths below /_emulator/, for those who reach it over HTTP only (``python -m emulator``, playbooks).

GET health; GET and DELETE calls; POST clock {"advance": seconds} (a manual clock only); POST reset.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from .clock import ManualClock

if TYPE_CHECKING:
    from .emulator import Emulator

PREFIX = "/_emulator/"
Action = Callable[["Emulator", Request], Response]


def control_answer(emulator: Emulator, request: Request) -> Response:
    """Carry out one control request. Unknown paths are 404, a wrong method 405, bad values 400 with the reason."""
    name = request.path.removeprefix(PREFIX)
    actions: dict[str, dict[str, Action]] = {
        "health": {"GET": _health},
        "calls": {"GET": _calls, "DELETE": _clear_calls},
        "clock": {"POST": _advance_clock},
        "reset": {"POST": _reset},
    }
    if name not in actions:
        return _json_answer({"error": f"no such control path: {request.path}"}, 404)
    if request.method not in actions[name]:
        allowed = " or ".join(actions[name])
        return _json_answer({"error": f"{request.path} takes {allowed}, not {request.method}"}, 405)
    return actions[name][request.method](emulator, request)


def _json_answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _health(emulator: Emulator, _request: Request) -> Response:
    return _json_answer({"status": "ok", "now": emulator.clock.now()})


def _calls(emulator: Emulator, _request: Request) -> Response:
    return _json_answer(emulator.calls.as_json())


def _clear_calls(emulator: Emulator, _request: Request) -> Response:
    emulator.calls.clear()
    return _json_answer({})


def _reset(emulator: Emulator, _request: Request) -> Response:
    emulator.reset()
    return _json_answer({})


def _advance_clock(emulator: Emulator, request: Request) -> Response:
    if not isinstance(emulator.clock, ManualClock):
        return _json_answer({"error": "the emulator runs on the real clock, which cannot be advanced"}, 400)
    body = request.get_json(force=True, silent=True)
    seconds = body.get("advance") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
        return _json_answer({"error": f'expected {{"advance": seconds >= 0}}, got {body!r}'}, 400)
    emulator.clock.advance(seconds)
    return _json_answer({"now": emulator.clock.now()})
