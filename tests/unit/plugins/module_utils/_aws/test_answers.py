# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of answers that are not what AWS's models describe, and what it reads although members are missing."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._applications import find_applications
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import tags
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.api import (
    find_deployment_group,
    find_deployment_groups,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
from hostile.variants import Endless
from hostile.wire import Answer, Replace, Wire
from unit.group_stage import a_group, a_lambda_application, an_application
from unit.instance_scenarios import HOST, SUBJECT, USER, an_instance, read
from unit.scenarios import MODULE_ACCESS_KEY, Connect

ARN = "arn:aws:codedeploy:us-east-1:123456789012:application:web"


def answering(operation: str, replace: Replace, limit: int = 50) -> t.Any:
    """Let the answers to OPERATION be as REPLACE makes them."""
    wire = Wire(
        MODULE_ACCESS_KEY, lambda answer: replace(answer) if answer.operation.name == operation else answer, limit
    )
    return wire.tapped()


def body(text: bytes, status: int = 200, **headers: str) -> Replace:
    return lambda answer: Answer(answer.operation, answer.method, status, {**answer.headers, **headers}, text)


def without(*path: str) -> Replace:
    """The answer without the member at PATH."""

    def replace(answer: Answer) -> Answer:
        changed = json.loads(answer.body)
        place = changed
        for name in path[:-1]:
            place = place[name][0] if isinstance(place[name], list) else place[name]
        del place[path[-1]]
        return body(json.dumps(changed).encode())(answer)

    return replace


@pytest.mark.parametrize(
    ("replace", "problem"),
    [
        (body(b'{"deploymentGroupInfo": []}'), "the response's deploymentGroupInfo is a list, expected a mapping"),
        (body(b'{"deploymentGroupInfo": null}'), "the response has no deploymentGroupInfo"),
        (body(b"{}"), "the response has no deploymentGroupInfo"),
        (body(b"[]"), "the response is a list, expected a mapping"),
        (body(b'{"deploymentGroupInfo": {"ec2TagFilters": "ab"}}'), "ec2TagFilters is a string, expected a list"),
        (
            body(b'{"deploymentGroupInfo": {"ec2TagFilters": [null]}}'),
            r"ec2TagFilters\[0\] is null, expected a mapping",
        ),
        (
            body(b'{"deploymentGroupInfo": {"lastAttemptedDeployment": {"createTime": "soon"}}}'),
            "deploymentGroupInfo.lastAttemptedDeployment.createTime is a string, expected a time",
        ),
        (body(b'{"deploymentGroupInfo": {"computePlatform": "Strange"}}'), "is not one of Server, Lambda, ECS"),
        (body(b'{"deploymentGroupInfo": {"computePl'), "the response is not valid JSON"),
        (body(b""), "the response is empty"),
        (body(b"<!DOCTYPE html><html><br></html>"), "the response is a web page; check endpoint_url"),
        (body(b"<!DOCTYPE html><html><br></html>", 403), r"the response is a web page \(HTTP status 403\)"),
        (body(b"", 302, location="http://127.0.0.1:9/login"), "the endpoint redirects to 'http://127.0.0.1:9/login'"),
        (body(b"[]", 400), "the response does not have the form that the service's model describes"),
    ],
)
def test_an_answer_that_cannot_be_read(replace: Replace, problem: str, connect: Connect, codedeploy: t.Any) -> None:
    a_group()(codedeploy)
    sentence = rf"^Failed to read the deployment group \(GetDeploymentGroup\): .*{problem}"
    with (
        answering("GetDeploymentGroup", replace),
        pytest.raises(CodeDeployError, match=sentence),
    ):
        find_deployment_group(connect("codedeploy"), "web", "test")


def test_a_group_has_its_application_s_platform(connect: Connect, codedeploy: t.Any) -> None:
    a_group(surroundings=a_lambda_application)(codedeploy)
    client = connect("codedeploy")
    with answering("GetDeploymentGroup", without("deploymentGroupInfo", "computePlatform")):
        found = find_deployment_group(client, "web", "test") or {}
    assert found["compute_platform"] == "Lambda"
    with answering("BatchGetDeploymentGroups", without("deploymentGroupsInfo", "computePlatform")):
        assert [group["compute_platform"] for group in find_deployment_groups(client, "web")] == ["Lambda"]
    with (
        answering("GetApplication", without("application", "computePlatform")),
        answering("GetDeploymentGroup", without("deploymentGroupInfo", "computePlatform")),
        pytest.raises(CodeDeployError, match=r"\(GetApplication\): the response has no application.computePlatform"),
    ):
        find_deployment_group(client, "web", "test")


def test_no_tags(connect: Connect, codedeploy: t.Any) -> None:
    an_application(codedeploy)
    with answering("ListTagsForResource", without("Tags")):
        assert tags.find_tags(connect("codedeploy"), ARN) == {}


@pytest.mark.parametrize("given", [{}, {"iam_user_arn": f"{USER}-2", "replace": True}, {"iam_user_arn": USER}])
def test_an_instance_without_an_arn(given: dict[str, t.Any], connect: Connect, codedeploy: t.Any) -> None:
    """It may be another one than is wanted, so nothing is written."""
    an_instance(("a", "1"))(codedeploy)
    with (
        answering("BatchGetOnPremisesInstances", without("instanceInfos", "iamUserArn")),
        pytest.raises(CodeDeployError, match=r"\(BatchGetOnPremisesInstances\): the response has no ARN of 'host'"),
    ):
        on_premises_instance.ensure(connect, SUBJECT.params(**HOST, tags={"b": "1"}, **given), False)
    assert read(codedeploy) == (USER, None, [("a", "1")])


@pytest.mark.parametrize("tokens", [["endless-a"], ["endless-a", "endless-b"], [f"endless-{n}" for n in range(20_000)]])
@pytest.mark.parametrize(
    ("operation", "member", "read"),
    [
        ("ListApplications", "nextToken", find_applications),
        ("ListTagsForResource", "NextToken", lambda client: tags.find_tags(client, ARN)),
    ],
)
def test_a_list_without_an_end(
    operation: str,
    member: str,
    read: t.Callable[[t.Any], t.Any],
    tokens: list[str],
    connect: Connect,
    codedeploy: t.Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_application(codedeploy)
    monkeypatch.setattr("ansible_collections.slipway.codedeploy.plugins.module_utils._aws.answers.MOST_PAGES", 10)
    with (
        answering(operation, Endless(member, tokens), limit=15),
        pytest.raises(CodeDeployError, match=rf"\({operation}\): the list does not end"),
    ):
        read(connect("codedeploy"))
