# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deploy` up to the moment when the deployment exists; how it is awaited is tested through whole playbooks."""

from __future__ import annotations

import pathlib
import random
import re
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.time_limits import UPLOAD_READ_TIMEOUT
from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.options import ARGUMENTS
from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.steps import store
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.releases import (
    Release,
    begin_bundle,
    store_release,
    wanted_release,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.uploads import PART
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import deploy, deployment_info
from emulator import Emulator, Fault
from emulator.engine.lifecycle import INSTALL_EVENTS
from emulator.hosts.outcomes import succeed
from unit.scenarios import Connect, module_actions

GROUP = {"applicationName": "web", "deploymentGroupName": "production"}
BUCKET = "releases"


def options(**given: t.Any) -> dict[str, t.Any]:
    """The module's parameters as Ansible fills them in."""
    defaults = {name: rules.get("default") for name, rules in ARGUMENTS.items()}
    return {**defaults, "application_name": "web", "deployment_group_name": "production", **given}


def permissions(module: t.Any) -> set[str]:
    """The IAM actions that the module's documentation names."""
    return set(re.findall(r"C\((\w+:\w+)\)", " ".join(yaml.safe_load(module.DOCUMENTATION)["notes"])))


def release_of(connect: Connect, source: dict[str, str]) -> Release:
    """The release of the options SOURCE."""
    given = options(**source)
    return wanted_release(connect, given, "Server", begin_bundle(given))


@pytest.fixture
def source(tmp_path: pathlib.Path, codedeploy: t.Any, emulator: Emulator) -> dict[str, str]:
    """The options that name a source tree, on an account that has everything for its deployment; no agent runs on the host."""
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    codedeploy.create_application(applicationName="web")
    tag = {"Key": "role", "Value": "web"}
    codedeploy.create_deployment_group(
        **GROUP,
        serviceRoleArn="arn:aws:iam::123456789012:role/CodeDeploy",
        onPremisesInstanceTagFilters=[{**tag, "Type": "KEY_AND_VALUE"}],
    )
    codedeploy.register_on_premises_instance(instanceName="web-1", iamUserArn="arn:aws:iam::123456789012:user/web-1")
    codedeploy.add_tags_to_on_premises_instances(instanceNames=["web-1"], tags=[tag])
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    return {"source": str(tmp_path), "s3_bucket": BUCKET, "s3_prefix": "/apps/"}


def only_deployment(codedeploy: t.Any) -> dict[str, t.Any]:
    """The one deployment of the group."""
    (deployment_id,) = codedeploy.list_deployments(**GROUP)["deployments"]
    return t.cast("dict[str, t.Any]", codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"])


def test_a_source_is_uploaded_under_its_digest_registered_and_deployed(
    source: dict[str, str], connect: Connect, codedeploy: t.Any
) -> None:
    predicted = deploy.ensure(connect, options(**source), True)
    done = deploy.ensure(connect, options(**source, description="first"), False)
    place = done["revision"]["s3_location"]
    assert (place["bucket"], place["key"]) == (BUCKET, f"apps/web/{done['bundle']['digest']}.zip")
    deployment = only_deployment(codedeploy)
    assert (deployment["deploymentId"], deployment["description"]) == (done["deployment_id"], "first")
    assert deployment["revision"]["s3Location"] == {
        "bucket": BUCKET, "key": place["key"], "bundleType": "zip", "eTag": place["e_tag"],
    }  # fmt: skip
    assert codedeploy.list_application_revisions(applicationName="web")["revisions"] == [deployment["revision"]]
    same = ("changed", "reason", "diff", "bundle")
    assert {name: predicted[name] for name in same} == {name: done[name] for name in same}
    assert predicted["deployment_id"] is None


def test_members_of_create_deployment_reach_it(source: dict[str, str], connect: Connect, codedeploy: t.Any) -> None:
    given = {
        "deployment_config_name": "CodeDeployDefault.AllAtOnce",
        "file_exists_behavior": "OVERWRITE",
        "ignore_application_stop_failures": True,
        "update_outdated_instances_only": True,
        "auto_rollback_configuration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
        "override_alarm_configuration": {"enabled": None, "alarms": [{"name": "errors"}]},
        "ec2_deployment_options": {"auto_scaling_group_processes_to_suspend": ["AZRebalance"]},
    }
    deploy.ensure(connect, options(**source, **given), False)
    deployment = only_deployment(codedeploy)
    assert deployment["overrideAlarmConfiguration"] == {
        "enabled": True,
        "ignorePollAlarmFailure": False,
        "alarms": [{"name": "errors"}],
    }
    assert deployment["ec2DeploymentOptions"] == {"autoScalingGroupProcessesToSuspend": ["AZRebalance"]}
    assert deployment["deploymentConfigName"] == "CodeDeployDefault.AllAtOnce"
    assert deployment["fileExistsBehavior"] == "OVERWRITE"
    assert deployment["ignoreApplicationStopFailures"] is True
    assert deployment["updateOutdatedInstancesOnly"] is True
    assert deployment["autoRollbackConfiguration"] == {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}


def test_the_new_fleet_of_a_blue_green_deployment_reaches_it(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    fleet = {"tag_filters": [{"key": "role", "value": "green", "type": None}], "auto_scaling_groups": None}
    given = options(**source, target_instances=fleet)
    with pytest.raises(CodeDeployError, match="but 'production' deploys in place"):
        deploy.ensure(connect, given, False)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List|Head)", action)] == []
    with pytest.raises(CodeDeployError, match="InvalidTargetInstancesException"):
        deploy.ensure(connect, {**given, "preflight": False}, False)
    (call,) = [call for call in emulator.calls if call.operation == "CreateDeployment"]
    assert (call.parameters or {})["targetInstances"] == {
        "tagFilters": [{"Key": "role", "Value": "green", "Type": "KEY_AND_VALUE"}]
    }


def test_an_upload_takes_its_time_and_is_prepared_only_if_needed(source: dict[str, str], connect: Connect) -> None:
    limits: list[t.Any] = []

    def recording(service: str, **settings: t.Any) -> t.Any:
        limits.append(settings["config"].read_timeout)
        return connect(service)

    for _run in range(2):  # the second has nothing to upload
        store_release(recording, release_of(connect, source))
    assert limits == [UPLOAD_READ_TIMEOUT]


def test_a_run_that_was_killed_after_the_upload_does_not_upload_again(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    release = release_of(connect, source)
    store_release(connect, release)
    emulator.calls.clear()
    done = deploy.ensure(connect, options(**source), False)
    assert done["bundle"]["uploaded"] is False
    assert "s3:PutObject" not in module_actions(emulator)


@pytest.mark.parametrize(
    ("mode", "written", "changed"), [("wait", [], False), ("stop", ["codedeploy:StopDeployment"], True)]
)
def test_a_deployment_of_something_else_is_awaited_or_stopped_first_if_that_is_wanted(
    source: dict[str, str], connect: Connect, emulator: Emulator, mode: str, written: list[str], changed: bool
) -> None:
    first = deploy.ensure(connect, options(**source), False)
    pathlib.Path(source["source"], "more").touch()
    emulator.calls.clear()
    done = deploy.ensure(connect, options(**source, if_in_progress=mode), False)
    assert (done["changed"], done["deployment_id"]) == (changed, first["deployment_id"])
    assert {"again": True, "goal": "stopped"}.items() <= done["awaits"].items()
    writes = [action for action in module_actions(emulator) if not re.search(r":(Get|List|Head)", action)]
    assert writes == written
    planned = deploy.ensure(connect, options(**source, if_in_progress=mode), True)
    assert planned["changed"] is True


def test_only_so_many_bundles_are_kept_besides_those_in_use(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    for name in ("a", "b"):
        pathlib.Path(source["source"], name).touch()
        store(connect, release_of(connect, source), options(**source))
    pathlib.Path(source["source"], "c").touch()
    planned = deploy.ensure(connect, options(**source, keep=2, keep_younger_than=0), True)
    done = deploy.ensure(connect, options(**source, keep=2, keep_younger_than=0), False)
    assert len(done["removed_bundles"]) == 1
    assert planned["removed_bundles"] == done["removed_bundles"]
    kept = emulator.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert len(kept) == 2
    assert done["revision"]["s3_location"]["key"] in [each["Key"] for each in kept]


def test_a_deployment_is_followed_though_old_bundles_cannot_be_removed(
    source: dict[str, str], connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    store(connect, release_of(connect, source), options(**source))
    pathlib.Path(source["source"], "more").touch()
    emulator.faults.add(Fault("access_denied", "s3:DeleteObject*"))
    done = deploy.ensure(connect, options(**source, keep=1, keep_younger_than=0), False)
    (warning,) = done["warnings"]
    assert (done["changed"], done["removed_bundles"]) == (True, [])
    assert warning.startswith("Failed to remove expired bundles from S3: An error occurred (AccessDenied)")
    assert done["awaits"]["deployment_id"] == only_deployment(codedeploy)["deploymentId"]


@pytest.mark.parametrize("size", [1, 2 * PART], ids=["at once", "in parts"])
def test_what_another_run_has_uploaded_meanwhile_is_not_replaced(
    size: int, source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    """Its deployment is pinned to the ETag, which is another one where the bundle was compressed in another way, or encrypted with a key."""
    pathlib.Path(source["source"], "noise").write_bytes(random.Random(1).randbytes(size))
    pathlib.Path(source["source"], "text").write_text(10_000 * "text")
    slower, faster = (release_of(connect, {**source, "compression": level}) for level in (0, 9))
    stored = [store_release(connect, release) for release in (faster, slower)]
    assert stored[0] == stored[1]
    place = stored[0]["s3_location"]
    found = emulator.client("s3").head_object(Bucket=place["bucket"], Key=place["key"])
    assert found["ETag"].strip('"') == place["e_tag"]
    assert not emulator.client("s3").list_multipart_uploads(Bucket=BUCKET).get("Uploads")


def test_what_a_stranger_has_put_there_meanwhile_is_no_bundle_of_ours(source: dict[str, str], connect: Connect) -> None:
    release = release_of(connect, source)
    place = release.location["s3_location"]
    connect("s3").put_object(Bucket=place["bucket"], Key=place["key"], Body=b"")
    with pytest.raises(CodeDeployError, match="upload the bundle"):
        store_release(connect, release)
    replaced = store_release(connect, release_of(connect, source))  # who has seen it replaces it, as ever
    assert replaced["s3_location"]["e_tag"]


def test_what_is_not_deployed_is_not_said_to_be_uploaded(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    emulator.simulate(["web-1"], dict.fromkeys(INSTALL_EVENTS, succeed(0)))
    place = deploy.ensure(connect, options(**source), False)["revision"]["s3_location"]
    emulator.clock.advance(60)
    emulator.client("s3").delete_object(Bucket=place["bucket"], Key=place["key"])
    done = deploy.ensure(connect, options(**source), False)
    assert (done["changed"], done["bundle"]["uploaded"]) == (False, False)


def test_a_config_that_is_not_there_is_an_error_but_in_check_mode_a_warning(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    given = options(**source, deployment_config_name="Missing")
    with pytest.raises(CodeDeployError, match="deployment_config_name: there is no deployment config 'Missing'"):
        deploy.ensure(connect, given, False)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List|Head)", action)] == []
    (warning,) = deploy.ensure(connect, given, True)["warnings"]
    assert warning.startswith("There is no deployment config 'Missing' yet.")


def test_a_release_that_is_older_than_the_last_one_is_refused_before_anything_is_written(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    emulator.simulate(["web-1"], dict.fromkeys(INSTALL_EVENTS, succeed(0)))

    def shipped(sequence: int | None, **given: t.Any) -> dict[str, t.Any]:
        done = deploy.ensure(connect, options(**source, sequence=sequence, **given), False)
        emulator.clock.advance(60)
        return done

    first = shipped(7, description="Build seven")
    description = emulator.client("codedeploy").get_deployment(deploymentId=first["deployment_id"])["deploymentInfo"][
        "description"
    ]
    assert description == "Build seven [sequence 7]"
    pathlib.Path(source["source"], "more").touch()
    emulator.calls.clear()
    message = f"sequence: 6 is older than 7, which {first['deployment_id']} has already deployed"
    for check_mode in (True, False):
        with pytest.raises(CodeDeployError, match=message):
            deploy.ensure(connect, options(**source, sequence=6), check_mode)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List|Head)", action)] == []
    assert shipped(7)["changed"] is True
    assert shipped(None, force=True)["changed"] is True


def test_a_description_leaves_room_for_the_sequence(source: dict[str, str], connect: Connect) -> None:
    message = "description: 250 characters given, at most 243 allowed; the rest is reserved for the sequence"
    with pytest.raises(InvalidOption, match=message):
        deploy.ensure(connect, options(**source, description=250 * "a", sequence=7), False)
    assert deploy.ensure(connect, options(**source, description=243 * "a", sequence=7), False)["changed"] is True


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_release_in_flight_is_not_stopped_for_an_older_one(
    check_mode: bool, source: dict[str, str], connect: Connect
) -> None:
    later = deploy.ensure(connect, options(**source, sequence=7), False)["deployment_id"]
    pathlib.Path(source["source"], "more").touch()
    held_up = options(**source, sequence=6, if_in_progress="stop")
    with pytest.raises(CodeDeployError, match=f"sequence: 6 is older than 7, which {later} is deploying"):
        deploy.ensure(connect, held_up, check_mode)
    assert deploy.ensure(connect, {**held_up, "sequence": 7}, True)["awaits"]["goal"] == "stopped"


def s3_revision(**members: str) -> dict[str, t.Any]:
    place = {"bucket": BUCKET, "key": "web.zip", "bundle_type": "zip", "version": None, "e_tag": None, **members}
    return {"revision": {"revision_type": "S3", "s3_location": place}}


@pytest.mark.usefixtures("source")
def test_a_bundle_that_only_the_hosts_may_read_is_deployed_with_a_warning(
    connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    emulator.faults.add(Fault("access_denied", "s3:*"))
    done = deploy.ensure(connect, options(**s3_revision()), False)
    (warning,) = done["warnings"]
    assert warning.startswith(
        "Skipped a preflight check, because the credentials are not allowed to make it: revision.s3_location: not allowed to use"
    )
    assert only_deployment(codedeploy)["deploymentId"] == done["deployment_id"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            s3_revision(),
            r"revision: s3://releases/web\.zip is not registered with application 'web'",
        ),
        (s3_revision(bucket="nobody-has-this"), "revision.s3_location: there is no bucket 'nobody-has-this'"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_is_written(
    source: dict[str, str], connect: Connect, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    wanted = given if "revision" in given else {**source, **given}
    for check_mode in (True, False):
        with pytest.raises(CodeDeployError, match=message):
            deploy.ensure(connect, options(**wanted), check_mode)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "missing"}, "application_name: there is no application 'missing' in us-east-1"),
        ({"deployment_group_name": "missing"}, "application 'web' has no deployment group 'missing' in us-east-1"),
    ],
)
def test_a_group_that_is_not_there_is_an_error_but_in_check_mode_a_warning(
    source: dict[str, str], connect: Connect, emulator: Emulator, given: dict[str, str], message: str
) -> None:
    with pytest.raises(CodeDeployError, match=message):
        deploy.ensure(connect, {**options(**source), **given}, False)
    predicted = deploy.ensure(connect, {**options(**source), **given}, True)
    assert predicted["changed"] is True
    assert "Assuming that another task creates it" in predicted["warnings"][0]
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []


def test_an_error_carries_the_warnings_that_came_before_it(connect: Connect) -> None:
    missing = {
        "deployment_group_name": "missing",
        "revision": {"s3_location": {"bucket": "releases", "key": "gone.zip"}},
    }
    with pytest.raises(CodeDeployError) as caught:
        deploy.ensure(connect, options(**missing), True)
    (warning,) = getattr(caught.value, "warnings", ())
    assert warning.startswith("There is no deployment group 'missing'")


def test_finding_a_deployment_in_flight_is_no_change_but_following_it_is(
    source: dict[str, str], connect: Connect
) -> None:
    deploy.ensure(connect, options(**source), False)
    assert deploy.ensure(connect, options(**source, wait=False), False)["changed"] is False
    assert deploy.ensure(connect, options(**source), False)["changed"] is True


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"auto_rollback_configuration": {"enabled": True, "events": []}},
            "auto_rollback_configuration: enabled is true, but events is empty",
        ),
        ({"diagnose": -1}, "diagnose: -1 is too small"),
    ],
)
def test_what_the_service_would_refuse_is_refused_before_anything_is_asked(
    connect: Connect, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        deploy.ensure(connect, options(source="web-app", s3_bucket=BUCKET, **given), False)
    assert module_actions(emulator) == []


HOOK = "version: 0.0\nos: linux\nhooks:\n  {}:\n    - location: {}\n      timeout: 60\n"


@pytest.mark.parametrize(
    ("appspec", "message"),
    [
        ("version: 0.0\n  os: [", r"The AppSpec has 1 error:\nappspec\.yml:2: "),
        (HOOK.format("AfterInstall", "start.sh"), r"appspec\.yml:5: .*start\.sh.* \[script-missing\]"),
    ],
    ids=["no YAML", "a script that is not there"],
)
def test_an_appspec_that_would_fail_on_the_hosts_fails_here(
    source: dict[str, str], connect: Connect, emulator: Emulator, appspec: str, message: str
) -> None:
    pathlib.Path(source["source"], "appspec.yml").write_text(appspec)
    for check_mode in (True, False):
        with pytest.raises(CodeDeployError, match=message):
            deploy.ensure(connect, options(**source), check_mode)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []


def test_what_is_only_strange_about_an_appspec_is_a_warning(source: dict[str, str], connect: Connect) -> None:
    pathlib.Path(source["source"], "appspec.yml").write_text(HOOK.format("AfterInstal", "start.sh"))
    with pytest.raises(CodeDeployError, match="AfterInstal"):
        deploy.ensure(connect, options(**source, fail_on="warning"), False)
    warnings = deploy.ensure(connect, options(**source), False)["warnings"]
    assert any("Did you mean AfterInstall?" in warning for warning in warnings)


@pytest.mark.usefixtures("source")
def test_a_bundle_of_another_etag_is_refused(connect: Connect, emulator: Emulator) -> None:
    e_tag = emulator.client("s3").put_object(Bucket=BUCKET, Key="web.zip", Body=b"")["ETag"].strip('"')
    with pytest.raises(
        CodeDeployError, match=f"has the ETag '{e_tag}', not 'another': the object has been replaced since"
    ):
        deploy.ensure(connect, options(**s3_revision(e_tag="another")), False)
    assert deploy.ensure(connect, options(**s3_revision(e_tag=e_tag)), False)["changed"] is True


@pytest.mark.usefixtures("source")
def test_a_registered_revision_needs_no_object_that_this_account_may_read(
    connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    location = {"bucket": "elsewhere", "key": "web.zip", "bundleType": "zip"}
    codedeploy.register_application_revision(
        applicationName="web", revision={"revisionType": "S3", "s3Location": location}
    )
    emulator.faults.add(Fault("access_denied", action="s3:*"))
    done = deploy.ensure(connect, options(**s3_revision(bucket="elsewhere")), False)
    assert done["changed"] is True
    assert "not allowed to use bucket 'elsewhere'" in done["warnings"][0]


@pytest.mark.usefixtures("source")
def test_a_github_commit_is_looked_up_once_registered_and_deployed(
    connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    commit = {"repository": "shop/web", "commit_id": "3f786850e387550fdab836ed7e6dc881de23001b"}
    done = deploy.ensure(connect, options(revision={"git_hub_location": commit}), False)
    assert done["revision"] == {"revision_type": "GitHub", "git_hub_location": commit}
    assert module_actions(emulator).count("codedeploy:GetApplicationRevision") == 1
    assert "codedeploy:RegisterApplicationRevision" in module_actions(emulator)
    assert only_deployment(codedeploy)["revision"]["gitHubLocation"]["commitId"] == commit["commit_id"]


def test_the_documented_permissions_are_those_that_are_used(
    source: dict[str, str], connect: Connect, emulator: Emulator
) -> None:
    deploy.ensure(connect, options(**source, deployment_config_name="CodeDeployDefault.AllAtOnce"), False)
    done = deploy.ensure(connect, options(**source), False)
    with pytest.raises(CodeDeployError):
        deploy.ensure(connect, options(**{**source, "application_name": "missing"}), False)
    pathlib.Path(source["source"], "more").touch()
    deploy.ensure(connect, options(**source, if_in_progress="stop", keep=1), False)
    deploy.ensure(connect, options(revision=done["revision"]), True)
    before_waiting = set(module_actions(emulator))
    emulator.calls.clear()
    looked = dict.fromkeys(yaml.safe_load(deployment_info.DOCUMENTATION)["options"])
    deployment_info.read(connect, {**looked, "deployment_id": done["deployment_id"]})
    while_waiting = {
        "codedeploy:GetDeployment",
        "codedeploy:ListDeploymentTargets",
        "codedeploy:BatchGetDeploymentTargets",
    }
    assert set(module_actions(emulator)) <= while_waiting
    elsewhere = {
        "codedeploy:ContinueDeployment",  # the module `deployment` makes it
        "codedeploy:UpdateDeploymentGroup",  # for the service to check (botocore model: CreateDeployment)
        "ec2:DescribeInstances",  # these belong to groups of other kinds, see the tests of _preflight
        "autoscaling:DescribeAutoScalingGroups",
        "cloudwatch:DescribeAlarms",
        "lambda:GetAlias",
        "lambda:GetFunctionConfiguration",
        "ecs:DescribeServices",
        "codedeploy:ListDeployments",  # for what is deployed again, see the tests of going back
        "codedeploy:BatchGetApplicationRevisions",
        "s3:DeleteObject",  # for what keep removes; the call is DeleteObjects
    }
    assert before_waiting | while_waiting | elsewhere == permissions(deploy)
