# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS JSON 1.1 as it travels: strict requests, answers and errors that fit the model, and hostile input."""

from __future__ import annotations

import json
import logging
from typing import Any

import botocore.session
import pytest
import urllib3
from botocore.model import ServiceModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator import Emulator, ManualClock
from emulator.errors import ServiceError
from emulator.http.protocol import LARGEST_REQUEST, JsonService
from emulator.http.shapes import AnswerShapeError, answer_for_json
from emulator.operations import Call, Caller, Operations
from emulator.service import operations
from emulator.service.member_errors import MEMBER_ERRORS
from emulator.stages.signed_requests import signed_headers
from emulator.state import Region, State

MODEL: ServiceModel = botocore.session.get_session().get_service_model("codedeploy")
CALLER = Caller("AKIA", "123456789012", "us-east-1", "codedeploy", "arn:aws:iam::123456789012:root")


def send(
    emulator: Emulator, operation: str, body: bytes, prefix: str = "CodeDeploy_20141006", region: str = "us-east-1"
) -> tuple[int, dict[str, Any]]:
    headers = signed_headers(emulator.endpoint, f"{prefix}.{operation}", body, region=region)
    answer = urllib3.request("POST", emulator.endpoint, body=body, headers=headers)
    return answer.status, answer.json()


def refusal(emulator: Emulator, operation: str, body: bytes, **signing: str) -> tuple[int, str]:
    status, answer = send(emulator, operation, body, **signing)
    assert answer.keys() == {"__type", "message"}
    return status, answer["__type"]


def test_every_modeled_error_of_a_member_exists() -> None:
    known = {shape.name for name in MODEL.operation_names for shape in MODEL.operation_model(name).error_shapes}
    members = {
        member
        for name in MODEL.operation_names
        if (shape := MODEL.operation_model(name).input_shape) is not None
        for member in shape.members
    }
    assert MEMBER_ERRORS.keys() <= members
    assert {code for errors in MEMBER_ERRORS.values() for code in (*errors.missing, *errors.invalid)} <= known


@pytest.mark.parametrize("name", sorted(operations.names))
def test_a_missing_member_is_a_modeled_error(emulator: Emulator, name: str) -> None:
    model = MODEL.operation_model(name)
    required = [*(model.input_shape.required_members if model.input_shape else []), *operations[name][1]]
    status, answer = send(emulator, name, b"{}")
    declared = {shape.name for shape in model.error_shapes if shape.name.endswith("RequiredException")}
    if required:
        assert (status, answer["__type"] in (declared or {"ValidationException"})) == (400, True), answer
    else:
        assert status == 200


def test_form_of_answers(emulator: Emulator) -> None:
    status, created = send(emulator, "CreateApplication", b'{"applicationName": "shop", "tags": null}')
    assert (status, list(created)) == (200, ["applicationId"])
    _status, read = send(emulator, "GetApplication", b'{"applicationName": "shop"}')
    assert read["application"]["createTime"] == emulator.clock.now()
    assert None not in read["application"].values()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "ApplicationNameRequiredException"),
        (b'{"applicationName": null}', "ApplicationNameRequiredException"),
        (b'{"applicationName": ""}', "InvalidApplicationNameException"),
        (b"{", "SerializationException"),
        (b"\xff\xfe", "SerializationException"),
        (b"[]", "SerializationException"),
        (b'"shop"', "SerializationException"),
        (b"null", "SerializationException"),
        (b'{"applicationName": 7}', "SerializationException"),
        (b'{"applicationName": ["shop"]}', "SerializationException"),
        (b'{"applicationName": "\\ud800"}', "SerializationException"),
        (b'{"ApplicationName": "shop"}', "SerializationException"),
        (b'{"applicationName": "shop", "tags": {}}', "SerializationException"),
        (b'{"applicationName": "shop", "tags": [null]}', "SerializationException"),
        (b'{"applicationName": "shop", "tags": [{"key": "a"}]}', "SerializationException"),
        (b"[" * 100_000, "SerializationException"),
        (b'{"applicationName": "' + b"x" * 500_000 + b'"}', "InvalidApplicationNameException"),
    ],
)
def test_bad_requests(emulator: Emulator, body: bytes, code: str) -> None:
    assert refusal(emulator, "CreateApplication", body) == (400, code)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("CreateDeployment", b'{"applicationName": "a", "ignoreApplicationStopFailures": "yes"}'),
        ("CreateDeployment", b'{"applicationName": "a", "ignoreApplicationStopFailures": 1}'),
        ("CreateDeploymentConfig", b'{"deploymentConfigName": "a", "minimumHealthyHosts": {"value": true}}'),
        ("CreateDeploymentConfig", b'{"deploymentConfigName": "a", "minimumHealthyHosts": {"value": 1.5}}'),
        ("ListDeployments", b'{"createTimeRange": {"start": "2026-01-01"}}'),
        ("ListDeployments", b'{"createTimeRange": {"start": 1e999}}'),
        ("ListDeployments", b'{"createTimeRange": {"start": NaN}}'),
        ("ListDeploymentTargets", b'{"deploymentId": "d-ABCDEFGHI", "targetFilters": {"TargetStatus": "Failed"}}'),
    ],
)
def test_wrong_types(emulator: Emulator, operation: str, body: bytes) -> None:
    assert refusal(emulator, operation, body) == (400, "SerializationException")


def test_too_large(emulator: Emulator) -> None:
    body = b'{"applicationName": "' + b"x" * 3 * LARGEST_REQUEST + b'"}'
    assert refusal(emulator, "CreateApplication", body) == (413, "RequestEntityTooLargeException")


def test_unknown_targets(emulator: Emulator) -> None:
    assert refusal(emulator, "MakeCoffee", b"{}") == (400, "UnknownOperationException")
    assert refusal(emulator, "", b"{}") == (400, "UnknownOperationException")
    assert refusal(emulator, "ListApplications", b"{}", prefix="CodeDeploy_20990101") == (
        400,
        "UnknownOperationException",
    )


def test_regions_and_accounts_are_apart(emulator: Emulator) -> None:
    send(emulator, "CreateApplication", b'{"applicationName": "shop"}')
    assert send(emulator, "ListApplications", b"{}", region="eu-west-1")[1] == {"applications": []}
    assert send(emulator, "ListApplications", b"{}")[1] == {"applications": ["shop"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = sorted({"applicationName", "deploymentGroupName", "deploymentId", "revision", "tags", "instanceNames"})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(operations.names)), st.dictionaries(st.sampled_from(MEMBERS), JSON) | JSON)
def test_whatever_is_sent_is_answered(operation: str, value: Any) -> None:
    service = JsonService(MODEL, operations, frozenset({"codedeploy"}), MEMBER_ERRORS)
    answer = service.answer(operation, CALLER, a_region(), json.dumps(value).encode())
    assert answer.status in (200, 400), answer


def a_region() -> Region:
    return State(ManualClock()).region("123456789012", "us-east-1")


def own_service(result: Any) -> JsonService:
    """CodeDeploy with a GetApplication that answers or raises ``result``."""
    own = Operations()

    @own("GetApplication")
    def get_application(_call: Call) -> dict[str, Any]:
        if isinstance(result, Exception):
            raise result
        return {"application": result}

    return JsonService(MODEL, own, frozenset({"codedeploy"}), MEMBER_ERRORS)


@pytest.mark.parametrize(
    "defect",
    [
        {"name": "shop"},
        {"applicationName": 7},
        {"createTime": "yesterday"},
        {"linkedToGitHub": "no"},
        ServiceError("DeploymentDoesNotExistException", "an error that GetApplication does not declare"),
        RuntimeError("a bug"),
    ],
)
def test_defects_of_ours_are_not_hidden(defect: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = own_service(defect).answer("GetApplication", CALLER, a_region(), b'{"applicationName": "shop"}')
    assert (answer.status, json.loads(answer.body)["__type"]) == (500, "InternalFailure")
    assert "Traceback" in caplog.text


def test_answers_must_fit_their_shape() -> None:
    shape = MODEL.operation_model("ListApplications").output_shape
    assert answer_for_json(shape, {"applications": ["a"], "nextToken": None}) == {"applications": ["a"]}
    answers: list[dict[str, Any]] = [{"applications": "a"}, {"applications": [1]}, {"apps": []}]
    for wrong in answers:
        with pytest.raises(AnswerShapeError):
            answer_for_json(shape, wrong)
    with pytest.raises(AnswerShapeError):
        answer_for_json(None, {"applications": []})
