# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's own paths below /_emulator/, for those who reach it over HTTP only (``python -m emulator``, playbooks).

GET health; GET and DELETE calls; POST clock {"advance": seconds} or {"speed": factor} ("inf" jumps), see clock.py; POST
hosts, see hosts/simulation_json.py; GET, POST and DELETE faults, see faults.py; POST github-account-tokens {"tokenName":
name}, which only AWS's console could make; POST hook-functions {function: "Succeeded" or "Failed"}, GET those that are waited for; POST
reset.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ..engine.hook_functions import waiting_calls
from ..faults import Fault
from ..hosts.simulation_json import simulation_from_json
from .protocol import ServiceError

if TYPE_CHECKING:
    from ..emulator import Emulator

PREFIX = "/_emulator/"
Action = Callable[["Emulator", Request], Response]


def control_answer(emulator: Emulator, request: Request) -> Response:
    """Carry out one control request. Unknown paths are 404, a wrong method 405, bad values 400 with the reason."""
    name = request.path.removeprefix(PREFIX)
    actions: dict[str, dict[str, Action]] = {
        "health": {"GET": _health},
        "calls": {"GET": _calls, "DELETE": _clear_calls},
        "clock": {"POST": _set_clock},
        "faults": {"GET": _faults, "POST": _add_fault, "DELETE": _clear_faults},
        "github-account-tokens": {"POST": _store_github_account_token},
        "hook-functions": {"GET": _waiting_hook_functions, "POST": _register_hook_functions},
        "hosts": {"POST": _simulate_hosts},
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


def _faults(emulator: Emulator, _request: Request) -> Response:
    return _json_answer(emulator.faults.as_json())


def _add_fault(emulator: Emulator, request: Request) -> Response:
    try:
        emulator.faults.add(Fault(**_members(request)))
    except (TypeError, ValueError) as error:
        return _json_answer({"error": str(error)}, 400)
    return _json_answer({})


def _clear_faults(emulator: Emulator, _request: Request) -> Response:
    emulator.faults.clear()
    return _json_answer({})


def _store_github_account_token(emulator: Emulator, request: Request) -> Response:
    name = _members(request).get("tokenName")
    if not isinstance(name, str):
        return _json_answer({"error": f'expected {{"tokenName": name}}, got tokenName {name!r}'}, 400)
    try:
        emulator.store_github_account_token(name)
    except ServiceError as error:
        return _json_answer({"error": str(error)}, 400)
    return _json_answer({})


def _members(request: Request) -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    return body if isinstance(body, dict) else {}


def _reset(emulator: Emulator, _request: Request) -> Response:
    emulator.reset()
    return _json_answer({})


def _set_clock(emulator: Emulator, request: Request) -> Response:
    body = request.get_json(force=True, silent=True)
    match body:
        case {"advance": seconds} if _is_amount(seconds):
            emulator.clock.advance(seconds)
        case {"speed": speed} if _is_amount(speed):
            emulator.clock.set_speed(speed)
        case {"speed": "inf"}:
            emulator.clock.set_speed(math.inf)
        case _:
            expected = '{"advance": seconds from 0} or {"speed": factor from 0, or "inf"}'
            return _json_answer({"error": f"expected {expected}, got {body!r}"}, 400)
    return _json_answer({"now": emulator.clock.now()})


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _waiting_hook_functions(emulator: Emulator, _request: Request) -> Response:
    with emulator.state.lock:
        return _json_answer(waiting_calls(emulator.state.deployments()))


def _register_hook_functions(emulator: Emulator, request: Request) -> Response:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict) or any(answer not in ("Succeeded", "Failed") for answer in body.values()):
        return _json_answer({"error": f'expected {{"function": "Succeeded" or "Failed"}}, got {body!r}'}, 400)
    emulator.hook_functions.update(body)
    return _json_answer({})


def _simulate_hosts(emulator: Emulator, request: Request) -> Response:
    try:
        hosts, scripts, options = simulation_from_json(request.get_json(force=True, silent=True))
        return _json_answer({"hosts": emulator.simulate(hosts, *scripts, **options)})
    except (ValueError, ServiceError) as error:
        return _json_answer({"error": str(error)}, 400)
