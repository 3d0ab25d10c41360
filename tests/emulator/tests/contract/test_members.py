# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No member of a request is dropped silently: each has an effect, or is refused, in every call that creates, changes or lists."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

from emulator import Emulator, ManualClock
from emulator.stages.servers import TAG, Stage

from ..test_group_settings import make_surroundings
from .cases import SUBJECTS, Case, Look, Members
from .model import MODEL, input_members, members_of
from .preparations import with_deployment_id

VERBS = ("Create", "Update", "List", "Register", "Tag", "AddTags")
CASES = [(operation, case) for operation, subject in SUBJECTS.items() for case in subject.cases]


class World:
    """An emulator that is prepared anew for each request, but for one that only reads what the one before has read."""

    def __init__(self, server: Emulator) -> None:
        self._stage = Stage(server)
        self._read: tuple[Any, str] | None = None

    def observe(self, operation: str, base: str, request: Members, look: Look) -> Any:
        """What there is to be seen after the request; the error's name if it is refused."""
        prepared = (SUBJECTS[operation].prepare, base)
        if self._read != prepared:
            self._prepare(*prepared)
        self._read = prepared if operation.startswith("List") else None
        answer = call(self._stage, operation, with_deployment_id(self._stage, request))
        return answer if isinstance(answer, str) else look(self._stage, answer)

    # There is one world, and it ends with the module.
    @functools.cache  # noqa: B019  # pylint: disable=method-cache-max-size-none
    def observe_plain(self, operation: str, base: str, look: Look) -> Any:
        return self.observe(operation, base, SUBJECTS[operation].plain[base], look)

    def _prepare(self, prepare: Callable[[Stage, str], None], base: str) -> None:
        self._stage.emulator.state.reset()
        for account in iam_backends.values():
            account.reset()
        self._stage.hosts.clear()
        prepare(self._stage, base)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """With what groups name outside of CodeDeploy, and instances to select: one by its tag, one in an Auto Scaling group."""
    with Emulator(clock=ManualClock()) as server:
        make_surroundings(server)
        tags = [{"ResourceType": "instance", "Tags": [TAG]}]
        server.client("ec2").run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, TagSpecifications=tags)
        server.client("autoscaling").set_desired_capacity(AutoScalingGroupName="workers", DesiredCapacity=1)
        yield World(server)


def call(stage: Stage, operation: str, request: Members) -> Members | str:
    (method,) = [name for name, known in stage.codedeploy.meta.method_to_api_mapping.items() if known == operation]
    try:
        answer: Members = getattr(stage.codedeploy, method)(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    del answer["ResponseMetadata"]
    return answer


def test_every_call_is_here() -> None:
    assert set(SUBJECTS) == {name for name in MODEL.operation_names if name.startswith(VERBS)}


@pytest.mark.parametrize("operation", SUBJECTS)
def test_every_member_is_set_by_some_case(operation: str) -> None:
    subject, shape = SUBJECTS[operation], MODEL.operation_model(operation).input_shape
    requests = [*subject.plain.values(), *(case.given for case in subject.cases)]
    assert input_members(operation) - set().union(*(members_of(request, shape) for request in requests)) == set()


@pytest.mark.parametrize(("operation", "case"), CASES, ids=[f"{name}-{','.join(case.given)}" for name, case in CASES])
def test_members_have_an_effect(world: World, operation: str, case: Case) -> None:
    subject = SUBJECTS[operation]
    look = case.look or subject.look
    found = world.observe(operation, case.base, {**subject.plain[case.base], **case.given}, look)
    assert found != world.observe_plain(operation, case.base, look)
    if isinstance(case.expected, dict) and isinstance(found, dict):
        assert {name: found.get(name) for name in case.expected} == case.expected
    elif case.expected is not None:
        assert found == case.expected


def optional_members() -> list[tuple[str, str, str]]:
    """Those of the plain requests that the model does not demand: a request without the others is refused anyway."""
    return [
        (operation, base, name)
        for operation, subject in SUBJECTS.items()
        for base, plain in subject.plain.items()
        for name in plain
        if name not in MODEL.operation_model(operation).input_shape.required_members
    ]


@pytest.mark.parametrize(("operation", "base", "name"), optional_members())
def test_members_of_the_plain_request_matter_too(world: World, operation: str, base: str, name: str) -> None:
    subject = SUBJECTS[operation]
    without = {member: value for member, value in subject.plain[base].items() if member != name}
    found = world.observe(operation, base, without, subject.look)
    assert found != world.observe_plain(operation, base, subject.look)
