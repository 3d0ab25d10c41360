# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS JSON 1.1, judged on both sides by a botocore service model.

A request goes through JSON, the input shape's types, the input shape's rules, and then to the operation; an answer must
fit the output shape, and an error must be one that the model declares for the operation (or a common one). What breaks
the last two is a defect of the emulator: it is logged and answered with InternalFailure and status 500, so tests see it.
Modeled errors are HTTP 400 (AWS API reference, CodeDeploy: each operation's "Errors").
"""

from __future__ import annotations

import json
import logging
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel, ServiceModel

from ..errors import MemberErrors, ServiceError
from ..operations import Call, Caller, Operations
from ..state import Region
from .shapes import RequestShapeError, Violation, answer_for_json, request_from_json, violations

LOGGER = logging.getLogger(__name__)
CONTENT_TYPE = "application/x-amz-json-1.1"
LARGEST_REQUEST = 1024 * 1024
"""Bytes. The real limit is not documented; no operation has a use for more."""
_DEEPEST_JSON = 100
"""Levels. The real limit is not documented; what goes deeper cannot be written again everywhere that it was read."""

# Errors that any AWS JSON service may answer, beside those its model declares (AWS API reference, "Common Errors").
COMMON_ERRORS = frozenset(
    {
        "AccessDeniedException",
        "NotImplemented",
        "SerializationException",
        "UnknownOperationException",
        "ValidationException",
    }
)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", CONTENT_TYPE), ("x-amzn-RequestId", str(uuid.uuid4()))]


@dataclass(frozen=True)
class JsonService:
    """One service: its model, its operations and the signing names that callers may use for it."""

    model: ServiceModel
    operations: Operations
    signing_names: frozenset[str]
    member_errors: Mapping[str, MemberErrors]

    def answer(self, name: str, caller: Caller, region: Region, body: bytes) -> Answer:
        """Run operation ``name`` on ``region``; whatever goes wrong becomes an answer."""
        try:
            model = self._find_operation_model(name)
            parameters = self._parameters(model, body)
            with region.lock:
                result = self._run(model, Call(region, caller, parameters))
            return Answer(200, json.dumps(result).encode())
        except ServiceError as error:
            return error_answer(error)
        except Exception:  # the boundary: a defect of ours must reach the client as what it is, and the log
            LOGGER.exception("defect in operation %s", name)
            return error_answer(ServiceError("InternalFailure", "The emulator failed; its log says why.", 500))

    def _find_operation_model(self, name: str) -> OperationModel:
        if name not in self.model.operation_names:
            raise ServiceError("UnknownOperationException", f"Unknown operation {name!r}.")
        if name not in self.operations:
            raise ServiceError("NotImplemented", f"{name} is not implemented in this emulator.", 501)
        return self.model.operation_model(name)

    def _parameters(self, model: OperationModel, body: bytes) -> dict[str, Any]:
        try:
            parameters = request_from_json(model.input_shape, json_from_body(body or b"{}"))
        except (RequestShapeError, ValueError) as error:
            raise ServiceError("SerializationException", str(error)) from None
        _operation, required = self.operations[model.name]
        for violation in violations(model.input_shape, parameters, required):
            raise ServiceError(self._violation_code(model, violation), violation.message)
        return parameters

    def _violation_code(self, model: OperationModel, violation: Violation) -> str:
        errors = self.member_errors.get(violation.member, MemberErrors((), ()))
        declared = _declared_errors(model)
        candidates = errors.missing if violation.missing else errors.invalid
        return next((code for code in candidates if code in declared), "ValidationException")

    def _run(self, model: OperationModel, call: Call) -> dict[str, Any]:
        operation, _required = self.operations[model.name]
        try:
            result = operation(call)
        except ServiceError as error:
            assert error.code in COMMON_ERRORS | _declared_errors(model), f"{model.name} may not raise {error}"
            raise
        return answer_for_json(model.output_shape, result)


def _declared_errors(model: OperationModel) -> frozenset[str]:
    return frozenset(shape.name for shape in model.error_shapes)


def json_from_body(body: bytes) -> Any:
    """The value that a body holds. Raises ValueError with a sentence for one that no service could read."""
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise ValueError("The request is not valid UTF-8.") from None
    except (ValueError, RecursionError):
        raise ValueError("The request is not valid JSON.") from None
    if _is_deep(value):
        raise ValueError(f"The request is nested more than {_DEEPEST_JSON} levels deep.")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON, though Python reads it")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is beyond all numbers")
    return number


def _is_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(_DEEPEST_JSON):
        level = [
            item
            for outer in level
            if isinstance(outer, (dict, list))
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def error_answer(error: ServiceError) -> Answer:
    """How an error travels."""
    return Answer(error.status, json.dumps({"__type": error.code, "message": error.message}).encode())
