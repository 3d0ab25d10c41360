# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation of `deploy` promises, through ansible-playbook, and where it is about hosts, on some where deployments really happen."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import typing as t

from .conftest import APPLICATION, BUCKET, GROUP, Site, eventually


def followed_to_its_end(site: Site, run: subprocess.Popen[str], progress: str) -> str:
    """All that RUN prints; the hosts' hooks wait until it has printed a line of PROGRESS, which it does while its task runs."""
    line_of_progress = re.compile(rf"\[localhost\] \d+:\d\d {progress}")
    assert run.stdout is not None
    lines = []
    for line in run.stdout:
        lines.append(line)
        if line_of_progress.match(line):
            site.release_hold()
    output = "".join(lines)
    assert run.wait() == 0, output
    assert any(line_of_progress.match(line) for line in lines), output
    return output


def test_a_release_is_shipped_with_progress_and_then_left_alone(site: Site) -> None:
    site.hold()
    first = site.start(site.deploy_task())
    output = followed_to_its_end(site, first, r"d-\w+ InProgress, 0 of 2 succeeded: web-[12] ValidateService$")
    assert site.versions() == {"good 1"}
    (deployment,) = site.deployments()
    assert f"{deployment['deploymentId']} Succeeded, 2 of 2 succeeded" in output

    second = site.run(site.deploy_task())
    assert second.status == 0, second.output
    assert "changed=0" in second.output
    assert site.written() == []
    assert len(site.calls("codedeploy")) <= 4
    assert len(site.calls("s3")) == 1


def test_check_mode_predicts_and_writes_nothing(simulated_site: Site) -> None:
    report = {
        "name": "Report",
        "ansible.builtin.debug": {"msg": "{{ planned.reason }}, uploaded {{ planned.bundle.uploaded }}"},
    }
    run = simulated_site.run(
        {**simulated_site.deploy_task(), "check_mode": True, "diff": True, "register": "planned"}, report
    )
    assert run.status == 0, run.output
    assert "changed=1" in run.output
    assert "the deployment group has no revision, uploaded True" in run.output
    assert "-    revision: no revision" in run.output
    assert f"+    revision: s3://{BUCKET}/{APPLICATION}/" in run.output
    assert simulated_site.written() == []
    assert simulated_site.deployments() == []


def test_force_deploys_what_is_there_already_without_uploading_it_again(simulated_site: Site) -> None:
    simulated_site.run(simulated_site.deploy_task())
    again = simulated_site.run(simulated_site.deploy_task(force=True))
    assert again.status == 0, again.output
    assert simulated_site.written() == ["codedeploy:CreateDeployment"]
    assert len(simulated_site.deployments()) == 2


def test_a_returned_revision_can_be_given_to_another_task(simulated_site: Site) -> None:
    task = {**simulated_site.deploy_task(), "register": "shipped"}
    same = simulated_site.deploy_task(source=None, s3_bucket=None, revision="{{ shipped.revision }}")
    run = simulated_site.run(task, same)
    assert run.status == 0, run.output
    assert "changed=1" in run.output
    assert len(simulated_site.deployments()) == 1


def test_a_failure_explains_itself_and_the_rollback_is_followed(site: Site) -> None:
    site.run(site.deploy_task())
    site.write_release("rotten 2")
    report = {"name": "Report", "ansible.builtin.debug": {"msg": "{{ shipped.diagnosis.rollback | to_json }}"}}
    run = site.run({**site.deploy_task(), "register": "shipped", "ignore_errors": True}, report)
    _first, failed, rollback = site.deployments()
    for line in (
        f"[localhost] Deployment {failed['deploymentId']} failed (HEALTH_CONSTRAINTS)",
        "  web-1 failed at ValidateService in validate.sh (ScriptFailed)",
        "    | [stdout]validating version rotten 2",
        "    | [stderr]this version is rotten",
        "  Not touched: web-2",
        f"  Rollback {rollback['deploymentId']} Succeeded, 2 of 2 succeeded",
    ):
        assert line in run.output.splitlines(), run.output
    assert f"deployment_id: {rollback['deploymentId']}" in run.output
    assert site.versions() == {"good 1"}


def assert_attached(site: Site, deployment_id: str) -> None:
    """The next run follows the deployment in flight, whose hook waits until that run has told of it, and reports its end."""
    why = {"name": "Why", "ansible.builtin.debug": {"var": "shipped.reason"}}
    run = site.start({**site.deploy_task(), "register": "shipped"}, why)
    output = followed_to_its_end(site, run, f"{deployment_id} InProgress")
    assert f"{deployment_id} of this revision is in flight already" in output
    assert f"{deployment_id} Succeeded, 2 of 2 succeeded" in output


def test_a_run_killed_while_it_waits_is_taken_up_by_the_next(site: Site) -> None:
    site.hold()
    killed = site.start(site.deploy_task())
    try:
        eventually("a deployment is under way", lambda: [d for d in site.deployments() if "deploymentOverview" in d])
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate()
    (in_flight,) = site.deployments()
    assert in_flight["status"] == "InProgress"

    assert_attached(site, in_flight["deploymentId"])
    assert len(site.deployments()) == 1


def test_when_the_time_is_up_the_task_fails_with_what_is_known_and_can_be_run_again(site: Site) -> None:
    site.hold()
    late = site.run(site.deploy_task(wait_timeout=2))
    (in_flight,) = site.deployments()
    assert late.status == 2, late.output
    assert f"Deployment {in_flight['deploymentId']} has not ended within wait_timeout=2 seconds" in late.output
    assert "run this task again to follow it further" in late.output
    assert_attached(site, in_flight["deploymentId"])
    assert len(site.deployments()) == 1


def test_another_revision_does_not_disturb_a_deployment_in_flight(site: Site) -> None:
    site.hold()
    site.run(site.deploy_task(wait=False))
    (in_flight,) = site.deployments()
    site.write_release("good 2")
    refused = site.run(site.deploy_task())
    assert refused.status == 2, refused.output
    assert f"has an active deployment {in_flight['deploymentId']}" in refused.output
    assert site.written() == []


BAD_INPUT: list[tuple[dict[str, t.Any], str]] = [
    ({"source": "/nowhere"}, "source: '/nowhere' is not a directory"),
    ({"source": "/usr"}, "source: '/usr' has no appspec.yml at its top"),
    ({"s3_bucket": "nobody-has-this"}, "s3_bucket: there is no bucket 'nobody-has-this'"),
    ({"application_name": "missing"}, "application_name: there is no application 'missing' in us-east-1"),
    ({"application_name": "not valid"}, "application_name: 'not valid' is not a valid name"),
    (
        {"deployment_group_name": "missing"},
        "deployment_group_name: application 'shop' has no deployment group 'missing' in us-east-1",
    ),
    ({"wait_timeout": 0}, "wait_timeout: 0 was given, it must be greater than 0"),
    ({"description": "x" * 257}, "description: 257 characters were given, at most 256 are allowed"),
    (
        {"deployment_config_name": "Missing"},
        "deployment_config_name: there is no deployment config 'Missing' in us-east-1",
    ),
    (
        {"source": None, "revision": {"s3_location": {"bucket": BUCKET, "key": "missing.zip"}}},
        f"revision: unknown revision s3://{BUCKET}/missing.zip: it is not registered with application 'shop'",
    ),
    ({"source": None}, "one of the following is required: source, revision"),
    ({"s3_bucket": None}, "s3_bucket"),
]


def test_bad_input_is_named_and_nothing_is_deployed(simulated_site: Site) -> None:
    tasks = [
        {**simulated_site.deploy_task(**options), "name": f"Case {number}", "ignore_errors": True}
        for number, (options, _text) in enumerate(BAD_INPUT)
    ]
    run = simulated_site.run(*tasks)
    cases = re.split(r"TASK \[Case \d+\] \**", run.output)[1:]
    assert len(cases) == len(BAD_INPUT)
    for (options, text), output in zip(BAD_INPUT, cases, strict=True):
        assert text in " ".join(output.split()), f"{options}: {output}"
        assert "Traceback" not in output
    assert simulated_site.written() == []
    assert simulated_site.deployments() == []
    good = simulated_site.run(simulated_site.deploy_task())
    assert good.status == 0, good.output


def test_a_deployment_in_flight_is_stopped_and_the_new_revision_shipped_if_that_is_wanted(site: Site) -> None:
    site.hold()
    site.run(site.deploy_task(wait=False))
    (in_flight,) = site.deployments()
    site.write_release("good 2")
    run = site.start(site.deploy_task(if_in_progress="stop"))
    output = followed_to_its_end(site, run, f"{in_flight['deploymentId']} ")
    stopped, second = site.deployments()
    assert (stopped["status"], second["status"]) == ("Stopped", "Succeeded")
    assert f"{second['deploymentId']} Succeeded, 2 of 2 succeeded" in output
    assert site.versions() == {"good 2"}


def test_several_groups_get_it_in_order_until_one_fails(site: Site) -> None:
    codedeploy = site.emulator.client("codedeploy")
    production = codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    for name, host in (("first", "web-1"), ("second", "web-2"), ("third", "web-1")):
        tag = {"Key": "only", "Value": name}
        codedeploy.add_tags_to_on_premises_instances(instanceNames=[host], tags=[tag])
        codedeploy.create_deployment_group(
            applicationName=APPLICATION,
            deploymentGroupName=name,
            serviceRoleArn=production["serviceRoleArn"],
            onPremisesInstanceTagFilters=[{**tag, "Type": "KEY_AND_VALUE"}],
        )
    many = {"deployment_group_name": None, "deployment_group_names": ["first", "second", "third"]}
    both = site.run(site.deploy_task(**{**many, "deployment_group_names": ["first", "second"]}, groups_at_once=2))
    assert both.status == 0, both.output
    first, second = (f"[localhost] {name}: " for name in ("first", "second"))
    assert any(
        line.startswith(first) and line.endswith("Succeeded, 1 of 1 succeeded") for line in both.output.splitlines()
    )
    assert any(line.startswith(second) for line in both.output.splitlines())

    site.write_release("rotten 2")
    run = site.run(site.deploy_task(**many))
    assert run.status == 2, run.output
    assert "first: Deployment d-" in run.output
    assert "Not begun: second, third." in run.output
