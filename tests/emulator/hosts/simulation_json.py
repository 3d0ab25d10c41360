# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated hosts as JSON describes them, for those who reach the emulator by HTTP only.

``{"hosts": 40}`` makes host-1 to host-40, ``{"hosts": "host-7", "scripts": [{"ValidateService": {"fail": {"log": "down"}}}]}``
gives one of them a script: outcomes by event, each the name of a function of outcomes.py or an object of that name and its
arguments. ``tags`` (an object) and ``region`` are as in Emulator.simulate.
"""

from __future__ import annotations

import inspect
from typing import Any

from ..errors import shortened
from .outcomes import OUTCOMES, Outcome, Script

EXPECTED = "an object with hosts and, optionally, scripts, tags and region"


def simulation_from_json(body: Any) -> tuple[int | str | list[str], list[Script], dict[str, Any]]:
    """The hosts, scripts and options of Emulator.simulate. Raises ValueError."""
    if not isinstance(body, dict) or "hosts" not in body or not body.keys() <= {"hosts", "scripts", "tags", "region"}:
        raise ValueError(f"Expected {EXPECTED}, got {shortened(body)}.")
    hosts, scripts = body["hosts"], body.get("scripts", [])
    if not (type(hosts) in (int, str) or _are_strings(hosts)):
        raise ValueError(f"hosts: {shortened(hosts)} is not valid; give a number, a name or a list of names")
    if not isinstance(scripts, list):
        raise ValueError(
            f"scripts: {shortened(scripts)} is not a list; give one script, an object, for each deployment"
        )
    options = {name: body[name] for name in ("tags", "region") if name in body}
    if not isinstance(options.get("region", ""), str):
        raise ValueError(f"region: {shortened(options['region'])} is not a string; name a region")
    tags = options.get("tags", {})
    if not isinstance(tags, dict) or not _are_strings(list(tags.values())):
        raise ValueError(f"tags: {shortened(tags)} is not valid; give an object of strings")
    return hosts, [_script_from_json(script) for script in scripts], options


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _script_from_json(value: Any) -> Script:
    if not isinstance(value, dict):
        raise ValueError(f"scripts: {shortened(value)} is not a script; give an object of outcomes by lifecycle event")
    return {event: _outcome_from_json(outcome) for event, outcome in value.items()}


def _outcome_from_json(value: Any) -> Outcome:
    described = {value: {}} if isinstance(value, str) else value
    if not isinstance(described, dict) or len(described) != 1:
        raise ValueError(
            f"scripts: {shortened(value)} is not an outcome; give a name, or an object of one name and its arguments"
        )
    [(name, arguments)] = described.items()
    if name not in OUTCOMES:
        raise ValueError(f"scripts: {name!r} is not an outcome; use one of {', '.join(OUTCOMES)}")
    if not isinstance(arguments, dict):
        raise ValueError(f"scripts: the arguments {shortened(arguments)} of {name} are not an object")
    for argument, given in arguments.items():
        if type(given) not in ((int, float) if argument == "seconds" else (str,)):
            kind = "number" if argument == "seconds" else "string"
            raise ValueError(f"scripts: {argument} of {name} is {shortened(given)}; give a {kind}")
    signature = inspect.signature(OUTCOMES[name])
    try:
        signature.bind(**arguments)
    except TypeError:
        raise ValueError(
            f"scripts: {name} does not accept {shortened(arguments)}; its arguments are {', '.join(signature.parameters)}"
        ) from None
    return OUTCOMES[name](**arguments)
