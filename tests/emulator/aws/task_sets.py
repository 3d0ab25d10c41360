# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task sets of an ECS service, read and written in moto's own state.

moto starts no tasks for them, so none registers itself with a target group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.ecs.exceptions import TaskDefinitionNotFoundException
from moto.ecs.models import EC2ContainerServiceBackend, Service, TaskDefinition, ecs_backends

from .missing import MissingError


@dataclass(frozen=True)
class ServicePlace:
    """Where a service is: account, region, and the names of the cluster and of the service."""

    account: str
    region: str
    cluster: str
    service: str

    @property
    def backend(self) -> EC2ContainerServiceBackend:
        return ecs_backends[self.account][self.region]

    def find(self) -> Service:
        """The service, if it is active. Raises MissingError."""
        found = self.backend.services.get(f"{self.cluster}:{self.service}")
        if found is None or found.status != "ACTIVE":
            raise MissingError(f"The ECS service {self.cluster}:{self.service} does not exist or is not active.")
        return found


@dataclass(frozen=True)
class FoundTaskSet:
    """A task set as ECS has it; ``desired_count`` is the service's, since each has all of it."""

    identifier: str
    arn: str
    target_group_arn: str | None
    desired_count: int


def service_arn(place: ServicePlace) -> str:
    """Raises MissingError."""
    return str(place.find().arn)


def primary_task_set(place: ServicePlace) -> FoundTaskSet:
    """The task set that serves production traffic. Raises MissingError.

    ECS makes the first one together with the service. moto does not, so it is made here, of what the service says.
    """
    service = place.find()
    primaries = [found for found in service.task_sets if found.status == "PRIMARY"]
    if primaries:
        return _found(service, primaries[0])
    members = {"task_definition": service.task_definition, "load_balancers": service.load_balancers}
    first = create_task_set(place, members)
    make_primary(place, first.arn)
    return first


def create_task_set(place: ServicePlace, members: Mapping[str, Any]) -> FoundTaskSet:
    """A new task set of ``members``, those of CreateTaskSet in snake_case; what they leave out the service has. Raises
    MissingError."""
    service = place.find()
    _active_task_definition(place.backend, members["task_definition"])
    defaults = {"launch_type": service.launch_type, "network_configuration": service.network_configuration}
    made = place.backend.create_task_set(place.service, place.cluster, **{**defaults, **members})
    return _found(service, made)


def make_primary(place: ServicePlace, arn: str) -> None:
    """Raises MissingError."""
    _task_set(place, arn)
    place.backend.update_service_primary_task_set(place.cluster, place.service, arn)


def delete_task_set(place: ServicePlace, arn: str) -> None:
    """Raises MissingError."""
    _task_set(place, arn)
    place.backend.delete_task_set(place.cluster, place.service, arn)


def has_container(place: ServicePlace, task_definition: str, name: str) -> bool:
    """Whether an active task definition has a container of that name. Raises MissingError."""
    containers = _active_task_definition(place.backend, task_definition).container_definitions
    return any(container["name"] == name for container in containers)


def _active_task_definition(backend: EC2ContainerServiceBackend, arn: str) -> TaskDefinition:
    try:
        found = backend.describe_task_definition(arn)
    except TaskDefinitionNotFoundException:
        found = None
    if found is None or found.status != "ACTIVE":
        raise MissingError(f"The task definition {arn} does not exist or is not active.")
    return found


def _task_set(place: ServicePlace, arn: str) -> Any:
    for found in place.find().task_sets:
        if found.task_set_arn == arn:
            return found
    raise MissingError(f"The task set {arn} does not exist.")


def _found(service: Service, task_set: Any) -> FoundTaskSet:
    group = next((balancer.get("targetGroupArn") for balancer in task_set.load_balancers), None)
    return FoundTaskSet(task_set.id, task_set.task_set_arn, group, int(service.desired_count))
