# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `slipway.codedeploy.release` by its name, as its documentation says, from an empty account to a responding application."""

from __future__ import annotations

import json
import pathlib
import typing as t

import yaml

from emulator import Clock, Emulator
from emulator.stages.traffic import EcsStage, LambdaStage

from .calls import writes
from .conftest import BUCKET, Site
from .playbooks import PlaybookRun, run_playbook

AWX = pathlib.Path(__file__).resolve().parents[2] / "examples/awx"
ROLE = "arn:aws:iam::123456789012:role/codedeploy"


def release(emulator: Emulator, variables: dict[str, t.Any], folder: pathlib.Path) -> PlaybookRun:
    """Run the playbook; the emulator's record then holds the calls of this run."""
    emulator.calls.clear()
    playbook = pathlib.Path("slipway.codedeploy.release")
    return run_playbook(playbook, variables, emulator.environment, folder, lambda _line: None)


def job_template() -> dict[str, t.Any]:
    """The variables of a job by the AWX example, whose survey was answered as it proposes."""
    variables: dict[str, t.Any] = yaml.safe_load((AWX / "variables.yml").read_text())
    survey = json.loads((AWX / "survey.json").read_text())
    return {**variables, **{question["variable"]: question["default"] for question in survey["spec"]}}


def test_hosts_get_their_first_release_and_the_next_and_nothing_twice(still_site: Site) -> None:
    still_site.let_time_pass(60)
    template = job_template()
    variables = {
        **template,
        "release_region": "us-east-1",
        "release_application_name": "fresh",
        "release_deployment_config": {
            "deployment_config_name": "most",
            "minimum_healthy_hosts": {"type": "FLEET_PERCENT", "value": 10},
        },
        "release_deployment_group_name": "production",
        "release_deployment_group": {
            "service_role_arn": ROLE,
            "on_premises_instance_tag_filters": [{"key": "app", "value": "shop"}],
        },
        "release_source": still_site.deploy["source"],
        "release_s3_bucket": BUCKET,
        "release_deploy": {**template["release_deploy"], "wait_delay": 1, "wait_timeout": 300, "sequence": 1},
        "release_verify": {
            "url": f"{still_site.emulator.endpoint}/_emulator/health",
            "content": '"status": "ok"',
            "delay": 1,
        },
    }
    first = release(still_site.emulator, variables, still_site.folder)
    assert first.status == 0, first.output
    assert "changed=4" in first.output
    group = still_site.emulator.client("codedeploy").get_deployment_group(
        applicationName="fresh", deploymentGroupName="production"
    )["deploymentGroupInfo"]
    assert group["deploymentConfigName"] == "most"

    again = release(still_site.emulator, variables, still_site.folder)
    assert again.status == 0, again.output
    assert "changed=0" in again.output
    assert writes(still_site.emulator) == []

    misspelt = release(still_site.emulator, {**variables, "release_deploy": {"wait_timout": 1}}, still_site.folder)
    assert misspelt.status == 2, misspelt.output
    assert (
        "release_deploy: 'wait_timout' is not an option of slipway.codedeploy.deploy; use 'wait_timeout', or see"
        in misspelt.output
    )
    assert writes(still_site.emulator) == []

    still_site.write_release("good 2")
    wrong = {**variables, "release_verify": {**variables["release_verify"], "content": "something else", "retries": 1}}
    unanswered = release(still_site.emulator, wrong, still_site.folder)
    assert unanswered.status == 2, unanswered.output
    assert "Succeeded, 2 of 2 succeeded" in unanswered.output


def test_a_function_gets_its_traffic_shifted(tmp_path: pathlib.Path) -> None:
    with Emulator() as emulator:
        shop = LambdaStage(emulator)
        shop.create_function("greet")
        shop.functions.update_function_code(FunctionName="greet", ZipFile=b"2", Publish=True)
        shop.functions.create_alias(FunctionName="greet", Name="live", FunctionVersion="1")
        properties = {"Name": "greet", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"}
        resource = {"greet": {"Type": "AWS::Lambda::Function", "Properties": properties}}
        run = release(
            emulator,
            {
                "release_application_name": "greeter",
                "release_compute_platform": "Lambda",
                "release_deployment_group_name": "production",
                "release_deployment_group": {
                    "service_role_arn": ROLE,
                    "deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce",
                },
                "release_revision": {"app_spec_content": {"content": {"version": 0.0, "Resources": [resource]}}},
                "release_deploy": {"wait_delay": 1, "wait_timeout": 300},
            },
            tmp_path,
        )
        assert run.status == 0, run.output
        assert "changed=3" in run.output
        assert shop.alias() == {"2": 1.0}


def test_an_ecs_service_gets_its_new_tasks(tmp_path: pathlib.Path) -> None:
    with Emulator(clock=Clock(float("inf"))) as emulator:
        shop = EcsStage(emulator)
        shop.set_up()
        shop.codedeploy.delete_application(applicationName="shop")
        run = release(
            emulator,
            {
                "release_application_name": "api",
                "release_compute_platform": "ECS",
                "release_deployment_group_name": "production",
                "release_deployment_group": {
                    "service_role_arn": ROLE,
                    "deployment_config_name": "CodeDeployDefault.ECSAllAtOnce",
                    "ecs_services": [{"cluster_name": "main", "service_name": "api"}],
                    "load_balancer_info": {
                        "target_group_pair_info_list": [
                            {
                                "target_groups": [{"name": "one"}, {"name": "two"}],
                                "prod_traffic_route": {"listener_arns": [shop.listener]},
                            }
                        ]
                    },
                    "blue_green_deployment_configuration": {
                        "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT"},
                        "terminate_blue_instances_on_deployment_success": {"action": "TERMINATE"},
                    },
                },
                "release_source": "",
                "release_revision": {"app_spec_content": {"content": shop.app_spec()}},
                "release_deploy": {"wait_delay": 1, "wait_timeout": 300},
            },
            tmp_path,
        )
        assert run.status == 0, run.output
        assert "changed=3" in run.output
        assert shop.weights() == {"two": 100}
