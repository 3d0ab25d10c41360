# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

"""The modules that read resources: all pages, filters, what is missing, and the form in which it can be given back."""

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.modules import (
    application,
    application_info,
    deployment_config,
    deployment_config_info,
    github_account_token_info,
    on_premises_instance,
    on_premises_instance_info,
)
from emulator import Emulator
from unit.scenarios import Connect, Subject, module_actions

APPLICATIONS = Subject(application_info, "applications", print, set())
CONFIGS = Subject(deployment_config_info, "deployment_configs", print, set())
INSTANCES = Subject(on_premises_instance_info, "on_premises_instances", print, set())
TOKENS = Subject(github_account_token_info, "token_names", print, set())


def read(subject: Subject, connect: Connect, **given: Any) -> Any:
    """What the module returns; nothing that reads has changed anything."""
    result = subject.module.read(connect, {**subject.params(**given)})
    assert result.pop("changed") is False
    (found,) = result.values()
    return found


def actions(emulator: Emulator) -> list[str]:
    return [action.removeprefix("codedeploy:") for action in module_actions(emulator)]


def create_applications(client: Any, *names: str, platform: str = "Server") -> None:
    for name in names:
        client.create_application(applicationName=name, computePlatform=platform, tags=[{"Key": "of", "Value": name}])


def names_of(found: list[dict[str, Any]], member: str) -> list[str]:
    return [each[member] for each in found]


def test_all_applications_are_read_in_batches(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    names = [f"app-{number:03}" for number in range(130)]
    create_applications(codedeploy, *reversed(names))
    found = read(APPLICATIONS, connect, include_tags=False)
    assert names_of(found, "application_name") == names
    assert actions(emulator) == ["ListApplications"] * 2 + ["BatchGetApplications"] * 2


def test_applications_by_name_and_platform(connect: Connect, codedeploy: Any) -> None:
    create_applications(codedeploy, "web", "shop")
    create_applications(codedeploy, "function", platform="Lambda")
    found = read(APPLICATIONS, connect, application_names=["web", "gone", "function"])
    assert [(each["application_name"], each["tags"]) for each in found] == [
        ("function", {"of": "function"}),
        ("web", {"of": "web"}),
    ]
    assert names_of(read(APPLICATIONS, connect, compute_platform="Lambda"), "application_name") == ["function"]
    assert read(APPLICATIONS, connect, application_names=["gone"]) == []
    assert read(APPLICATIONS, connect, application_names=[]) == []


def test_deployment_configs(connect: Connect, codedeploy: Any) -> None:
    minimum = {"type": "HOST_COUNT", "value": 1}
    codedeploy.create_deployment_config(deploymentConfigName="careful", minimumHealthyHosts=minimum)
    (own,) = read(CONFIGS, connect, predefined=False)
    assert (own["deployment_config_name"], own["minimum_healthy_hosts"], own["tags"]) == ("careful", minimum, {})
    assert len(read(CONFIGS, connect, include_tags=False)) == 18
    assert len(read(CONFIGS, connect, include_tags=False, predefined=True, compute_platform="Lambda")) == 9
    asked = read(CONFIGS, connect, deployment_config_names=["gone", "careful", "CodeDeployDefault.AllAtOnce"])
    assert names_of(asked, "deployment_config_name") == ["CodeDeployDefault.AllAtOnce", "careful"]


def register(client: Any, *names: str, **tags: str) -> None:
    for name in names:
        client.register_on_premises_instance(instanceName=name, iamUserArn=f"arn:aws:iam::123456789012:user/{name}")
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    if pairs:
        client.add_tags_to_on_premises_instances(instanceNames=list(names), tags=pairs)


def test_all_on_premises_instances_are_read_in_batches(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    names = [f"h{number:03}" for number in range(110)]
    register(codedeploy, *reversed(names))
    assert names_of(read(INSTANCES, connect), "instance_name") == names
    assert actions(emulator) == ["ListOnPremisesInstances"] * 2 + ["BatchGetOnPremisesInstances"] * 5


def test_on_premises_instances_by_name_status_and_tag(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    register(codedeploy, "a", "b", stage="test")
    register(codedeploy, "c", "gone", stage="live", rack="7")
    codedeploy.deregister_on_premises_instance(instanceName="gone")

    def found(**given: Any) -> list[str]:
        return names_of(read(INSTANCES, connect, **given), "instance_name")

    assert found() == ["a", "b", "c", "gone"]
    assert found(registration_status="Registered") == ["a", "b", "c"]
    assert found(registration_status="Deregistered") == ["gone"]
    assert found(tag_filters=[{"key": "stage", "value": "test", "type": None}]) == ["a", "b"]
    assert found(tag_filters=[{"key": "rack", "value": None, "type": None}], registration_status="Registered") == ["c"]
    assert found(tag_filters=[{"key": None, "value": "live", "type": "VALUE_ONLY"}], instance_names=["a", "c"]) == ["c"]
    emulator.calls.clear()
    assert found(instance_names=["c", "never", "gone"]) == ["c", "gone"]
    assert actions(emulator) == ["BatchGetOnPremisesInstances"]


def test_names_of_github_connections(connect: Connect, emulator: Emulator) -> None:
    assert read(TOKENS, connect) == []
    emulator.store_github_account_token("shop")
    emulator.store_github_account_token("another")
    assert read(TOKENS, connect) == ["another", "shop"]


@pytest.mark.parametrize(
    ("subject", "given", "message"),
    [
        (APPLICATIONS, {"application_names": ["a b"]}, "application_names: 'a b' is not a valid name"),
        (CONFIGS, {"deployment_config_names": ["a b"]}, "deployment_config_names: 'a b' is not a valid name"),
        (INSTANCES, {"instance_names": ["i-1"]}, "instance_names: 'i-1' must not start with"),
        (
            INSTANCES,
            {"tag_filters": [{"key": None, "value": None, "type": None}]},
            r"tag_filters\[0\]: the filter is empty",
        ),
    ],
)
def test_refused(subject: Subject, given: dict[str, Any], message: str, connect: Connect) -> None:
    with pytest.raises(InvalidOption, match=message):
        read(subject, connect, **given)


@pytest.mark.parametrize(
    ("subject", "module", "given"),
    [
        (APPLICATIONS, application, {}),
        (CONFIGS, deployment_config, {"predefined": False}),
        (INSTANCES, on_premises_instance, {}),
    ],
)
def test_what_is_read_is_what_the_resource_module_returns_and_takes(
    subject: Subject, module: Any, given: dict[str, Any], connect: Connect, codedeploy: Any
) -> None:
    create_applications(codedeploy, "web")
    codedeploy.create_deployment_config(
        deploymentConfigName="careful",
        minimumHealthyHosts={"type": "HOST_COUNT", "value": 1},
        zonalConfig={"monitorDurationInSeconds": 5},
    )
    register(codedeploy, "a", stage="test")
    (found,) = read(subject, connect, **given)
    resource = Subject(module, subject.result.removesuffix("s"), print, set())
    options = resource.params()
    params = {**options, **{name: value for name, value in found.items() if name in options}}
    result = module.ensure(connect, params, False)
    assert result["changed"] is False
    assert result[resource.result] == found


@pytest.mark.parametrize("subject", [APPLICATIONS, CONFIGS, INSTANCES, TOKENS], ids=lambda subject: subject.result)
def test_documented_permissions(subject: Subject, connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    create_applications(codedeploy, "web")
    register(codedeploy, "a")
    read(subject, connect)
    if subject is APPLICATIONS:
        read(subject, connect, application_names=["gone"])
    assert set(module_actions(emulator)) == subject.permissions()
