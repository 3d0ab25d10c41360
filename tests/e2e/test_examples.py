# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of every module run as they stand, one after the other, on an account that has what they take for granted."""

from __future__ import annotations

import pathlib
import tarfile

import pytest
import yaml

from emulator.service.on_premises_instances import HELD_FOR
from emulator.stages.traffic import EcsStage, LambdaStage, content_revision

from .conftest import APPLICATION, HOSTS, Site, eventually
from .tools import MODULES, documentation

ROLE = "arn:aws:iam::123456789012:role/codedeploy"
BUNDLE = {"bucket": "my-releases", "key": "web-app/1.4.2.tgz", "bundleType": "tgz"}
GROUPS = ("staging", "production", "canary", "production-a", "production-b")

Named = dict[str, str]
"""What examples name that only AWS can have made, and what it is called here."""


def prepare_nothing(_site: Site) -> Named:
    """The examples start from nothing."""
    return {}


def prepare_application(site: Site) -> Named:
    """There is the application of the examples."""
    site.emulator.client("codedeploy").create_application(applicationName="web-app")
    return {}


def prepare_source(site: Site) -> Named:
    """The application's content is where a playbook finds it."""
    (site.folder / "web-app").symlink_to(site.deploy["source"])
    return {}


def prepare_groups(site: Site) -> Named:
    """The application's groups, each of all hosts, and its content, beside the playbook and as a bundle in S3."""
    prepare_application(site)
    prepare_source(site)
    for group in GROUPS:
        site.emulator.client("codedeploy").create_deployment_group(
            applicationName="web-app",
            deploymentGroupName=group,
            serviceRoleArn=ROLE,
            onPremisesInstanceTagFilters=[{"Key": "app", "Value": APPLICATION, "Type": "KEY_AND_VALUE"}],
        )
    bundle = site.folder / "bundle.tgz"
    with tarfile.open(bundle, "w:gz") as archive:
        for path in pathlib.Path(site.deploy["source"]).iterdir():
            archive.add(path, path.name)
    s3 = site.emulator.client("s3")
    s3.create_bucket(Bucket="my-releases")
    s3.upload_file(str(bundle), BUNDLE["bucket"], BUNDLE["key"])
    return {}


def prepare_revisions(site: Site) -> Named:
    """Scripts in the application's content, and a function that is deployed, beside that."""
    prepare_groups(site)
    (pathlib.Path(site.deploy["source"]) / "scripts").mkdir()
    for application, platform in (("thumbnails", "Lambda"), ("api", "ECS")):
        site.emulator.client("codedeploy").create_application(applicationName=application, computePlatform=platform)
    return {}


def prepare_platforms(site: Site) -> Named:
    """All that can be deployed to: hosts, a function with two versions, an ECS service with two task definitions."""
    shop, functions = EcsStage(site.emulator), LambdaStage(site.emulator)
    site.emulator.simulate(HOSTS, tags={"app": APPLICATION})  # the stage has forgotten them
    shop.set_up()
    names = {"applicationName": "api", "currentDeploymentGroupName": "web", "newDeploymentGroupName": "production"}
    shop.codedeploy.update_application(applicationName="shop", newApplicationName="api")
    shop.codedeploy.update_deployment_group(**names)
    prepare_groups(site)
    functions.create_function("thumbnails")
    functions.functions.update_function_code(FunctionName="thumbnails", ZipFile=b"2", Publish=True)
    functions.functions.create_alias(FunctionName="thumbnails", Name="live", FunctionVersion="1")
    shop.codedeploy.create_application(applicationName="thumbnails", computePlatform="Lambda")
    shop.codedeploy.create_deployment_group(
        applicationName="thumbnails", deploymentGroupName="production", serviceRoleArn=ROLE
    )
    return {}


def deploy_bundle(site: Site, group: str, key: str = BUNDLE["key"]) -> str:
    """The id of a deployment of the bundle that has succeeded."""
    codedeploy = site.emulator.client("codedeploy")
    deployment_id = codedeploy.create_deployment(
        applicationName="web-app",
        deploymentGroupName=group,
        revision={"revisionType": "S3", "s3Location": {**BUNDLE, "key": key}},
    )["deploymentId"]

    def succeeded() -> bool:
        return bool(codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]["status"] == "Succeeded")

    eventually(f"{deployment_id} succeeds", succeeded)
    return str(deployment_id)


def prepare_staging(site: Site) -> Named:
    """The bundle is on staging."""
    prepare_groups(site)
    deploy_bundle(site, "staging")
    return {}


def prepare_deployment(site: Site) -> Named:
    """The bundle is on production, where there was another one before."""
    prepare_groups(site)
    deploy_bundle(site, "production", "web-app/1.4.1.tgz")
    return {"d-3KX1ZQ2AB": deploy_bundle(site, "production")}


def prepare_instances(site: Site) -> Named:
    """The instances of the examples are not registered any more, and AWS has forgotten them."""
    for host in HOSTS:
        site.emulator.client("codedeploy").deregister_on_premises_instance(instanceName=host)
    site.emulator.clock.advance(HELD_FOR)
    return {}


def prepare_surroundings(site: Site) -> Named:
    """What deployment groups are made of: an Auto Scaling group, an ECS service with its listener, a topic, and a role of that name."""
    shop = EcsStage(site.emulator)
    shop.set_up()
    for application, platform in (("web-app", "Server"), ("api", "ECS"), ("thumbnails", "Lambda")):
        shop.codedeploy.create_application(applicationName=application, computePlatform=platform)
    shop.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    site.emulator.client("sns").create_topic(Name="deployments")
    scaling = site.emulator.client("autoscaling")
    scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId="ami-1", InstanceType="t3.micro")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="workers",
        LaunchConfigurationName="lc",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
    )
    return {
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/api/50dc6c495c0c9188/f2f7dc8efc522ab2": shop.listener
    }


def prepare_hook(site: Site) -> Named:
    """A deployment to a function that waits for its gate, and a new version that answers."""
    shop, told = LambdaStage(site.emulator), list[dict[str, str]]()
    site.emulator.state.reset()
    site.emulator.clock.set_speed(1)  # a hook has an hour
    site.emulator.hook_functions["gate"] = told.append
    shop.set_up()
    shop.create_deployment(content_revision(shop.app_spec({"BeforeAllowTraffic": "gate"})))
    eventually("the hook is called", lambda: told)
    return {
        "http://staging.example.com:8080/health": f"{site.emulator.endpoint}/_emulator/health",
        "{{ hook.DeploymentId }}": told[0]["DeploymentId"],
        "{{ hook.LifecycleEventHookExecutionId }}": told[0]["LifecycleEventHookExecutionId"],
    }


PREPARATIONS = {
    "application": prepare_nothing,
    "application_info": prepare_nothing,
    "appspec_info": prepare_source,
    "deploy": prepare_platforms,
    "deployment": prepare_deployment,
    "deployment_config": prepare_nothing,
    "deployment_config_info": prepare_nothing,
    "deployment_group": prepare_surroundings,
    "deployment_group_info": prepare_groups,
    "deployment_info": prepare_deployment,
    "external_resources": prepare_nothing,
    "github_account_token": prepare_nothing,
    "github_account_token_info": prepare_nothing,
    "lifecycle_hook": prepare_hook,
    "on_premises_instance": prepare_instances,
    "on_premises_instance_info": prepare_nothing,
    "revision": prepare_revisions,
    "revision_info": prepare_staging,
}


FROM_NOTHING = [module for module in MODULES if PREPARATIONS[module] is prepare_nothing]


def examples_of(module: str) -> str:
    return str(documentation()[f"slipway.codedeploy.{module}"]["examples"])


def assert_they_run(examples: str, site: Site) -> None:
    run = site.run(*yaml.safe_load(examples))
    assert run.status == 0, run.output
    assert "ignored=0" in run.output, run.output


@pytest.mark.parametrize("module", [module for module in MODULES if module not in FROM_NOTHING])
def test_the_examples_in_the_documentation_run(module: str, simulated_site: Site) -> None:
    examples = examples_of(module)
    for name, here in PREPARATIONS[module](simulated_site).items():
        assert name in examples
        examples = examples.replace(name, here)
    assert_they_run(examples, simulated_site)


def test_the_examples_that_need_nothing_run_in_one_go(simulated_site: Site) -> None:
    assert_they_run("\n".join(map(examples_of, FROM_NOTHING)), simulated_site)
