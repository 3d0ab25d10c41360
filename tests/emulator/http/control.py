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
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ..clock import LONGEST_WAIT
from ..engine.hook_functions import waiting_calls
from ..errors import ServiceError, shortened
from ..faults import Fault
from ..hosts.simulation_json import EXPECTED, simulation_from_json
from .gate import whole_body
from .protocol import json_from_body

if TYPE_CHECKING:
    from ..emulator import Emulator

PREFIX = "/_emulator/"
Action = Callable[["Emulator", Request], Any]


class _BadCallError(Exception):
    """What was asked for cannot be; the message says why, and what can."""


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
        return _json_answer(
            {"error": f"unknown path {request.path}; valid paths are {', '.join(PREFIX + known for known in actions)}"},
            404,
        )
    if request.method not in actions[name]:
        allowed = " or ".join(actions[name])
        return _json_answer({"error": f"{request.path} does not support {request.method}; use {allowed}"}, 405)
    try:
        return _json_answer(actions[name][request.method](emulator, request))
    except (_BadCallError, ServiceError) as error:
        return _json_answer({"error": str(error)}, 400)


def _json_answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _members(request: Request, expected: str) -> dict[str, Any]:
    """The object that the body must be; ``expected`` tells what it may hold."""
    try:
        body = json_from_body(whole_body(request.environ))
    except ServiceError as error:
        raise _BadCallError(error.message) from None
    except ValueError as error:
        raise _BadCallError(f"{error} Expected {expected}.") from None
    if not isinstance(body, dict):
        raise _BadCallError(f"Expected {expected}, got {shortened(body)}.")
    return body


def _health(emulator: Emulator, _request: Request) -> Any:
    return {"status": "ok", "now": emulator.clock.now()}


def _calls(emulator: Emulator, _request: Request) -> Any:
    return emulator.calls.as_json()


def _clear_calls(emulator: Emulator, _request: Request) -> Any:
    emulator.calls.clear()
    return {}


def _faults(emulator: Emulator, _request: Request) -> Any:
    return emulator.faults.as_json()


def _add_fault(emulator: Emulator, request: Request) -> Any:
    names = [member.name for member in fields(Fault)]
    expected = f"an object with kind and, optionally, {', '.join(names[1:])}"
    members = _members(request, expected)
    if "kind" not in members or not members.keys() <= set(names):
        raise _BadCallError(f"Expected {expected}, got {shortened(members)}.")
    try:
        fault = Fault(**members)
    except ValueError as error:
        raise _BadCallError(str(error)) from None
    emulator.faults.add(fault)
    return {}


def _clear_faults(emulator: Emulator, _request: Request) -> Any:
    emulator.faults.clear()
    return {}


def _store_github_account_token(emulator: Emulator, request: Request) -> Any:
    expected = '{"tokenName": name}'
    match members := _members(request, expected):
        case {"tokenName": str(name), **others} if not others:
            emulator.store_github_account_token(name)
            return {}
    raise _BadCallError(f"Expected {expected}, got {shortened(members)}.")


def _reset(emulator: Emulator, _request: Request) -> Any:
    emulator.reset()
    return {}


def _set_clock(emulator: Emulator, request: Request) -> Any:
    expected = f'{{"advance": seconds from 0 to {LONGEST_WAIT}}} or {{"speed": factor from 0, or "inf"}}'
    match members := _members(request, expected):
        case {"advance": seconds, **others} if not others and _is_amount(seconds, LONGEST_WAIT):
            emulator.clock.advance(seconds)
        case {"speed": speed, **others} if not others and _is_amount(speed, sys.float_info.max):
            emulator.clock.set_speed(float(speed))
        case {"speed": "inf", **others} if not others:
            emulator.clock.set_speed(math.inf)
        case _:
            raise _BadCallError(f"Expected {expected}, got {shortened(members)}.")
    return {"now": emulator.clock.now()}


def _is_amount(value: Any, most: float) -> bool:
    return type(value) in (int, float) and 0 <= value <= most


def _waiting_hook_functions(emulator: Emulator, _request: Request) -> Any:
    with emulator.state.lock:
        return waiting_calls(emulator.state.deployments())


def _register_hook_functions(emulator: Emulator, request: Request) -> Any:
    expected = '{"function": "Succeeded" or "Failed"}'
    functions = _members(request, expected)
    if any(answer not in ("Succeeded", "Failed") for answer in functions.values()):
        raise _BadCallError(f"Expected {expected}, got {shortened(functions)}.")
    emulator.hook_functions.update(functions)
    return {}


def _simulate_hosts(emulator: Emulator, request: Request) -> Any:
    members = _members(request, EXPECTED)
    try:
        hosts, scripts, options = simulation_from_json(members)
        return {"hosts": emulator.simulate(hosts, *scripts, **options)}
    except ValueError as error:
        raise _BadCallError(str(error)) from None
