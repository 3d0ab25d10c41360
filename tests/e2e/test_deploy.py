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

import yaml

from emulator.hosts.outcomes import fail, never_poll, succeed

from .conftest import APPLICATION, BUCKET, GROUP, HOSTS, Site, eventually
from .playbooks import run_playbook


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


def test_a_release_is_shipped_with_progress_then_left_alone_and_a_rotten_one_rolled_back(site: Site) -> None:
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


BAD_INPUT: dict[str, tuple[dict[str, t.Any], str]] = {
    "nothing to deploy": ({"source": None}, "one of the following is required: source, revision"),
    "no source": ({"source": "/nowhere"}, "source: '/nowhere' "),
    "no bucket": ({"s3_bucket": "nobody-has-this"}, "s3_bucket: there is no bucket 'nobody-has-this'"),
    "one group of two": (
        {"deployment_group_name": None, "deployment_group_names": [GROUP["deploymentGroupName"], "nowhere"]},
        "deployment_group_names: the application has no deployment group 'nowhere'",
    ),
}
"""Of each kind one: what the argument specification says, the module, AWS, and the action plugin. The others are in the unit tests of that."""


def test_what_is_done_is_predicted_and_no_more_than_is_asked_for(simulated_site: Site) -> None:
    bad = [
        {**simulated_site.deploy_task(name, **options), "ignore_errors": True}
        for name, (options, _text) in BAD_INPUT.items()
    ]
    planned = {**simulated_site.deploy_task("plan"), "check_mode": True, "diff": True, "register": "planned"}
    report = {
        "name": "report",
        "ansible.builtin.debug": {"msg": "{{ planned.reason }}, uploaded {{ planned.bundle.uploaded }}"},
    }
    shipped = {**simulated_site.deploy_task("ship"), "register": "shipped"}
    same = simulated_site.deploy_task("the same", source=None, s3_bucket=None, revision="{{ shipped.revision }}")
    again = simulated_site.deploy_task("again", force=True)
    run = simulated_site.run(*bad, planned, report, shipped, same, again)
    assert run.status == 0, run.output
    for name, (_options, text) in BAD_INPUT.items():
        assert text in " ".join(run.sections[name].split()), run.sections[name]
        assert "Traceback" not in run.sections[name]
    assert "changed: [localhost]" in run.sections["plan"]
    assert "-    revision: no revision" in run.sections["plan"]
    assert f"+    revision: s3://{BUCKET}/{APPLICATION}/" in run.sections["plan"]
    assert "the deployment group has no revision, uploaded True" in run.sections["report"]
    assert [name for name in ("ship", "the same", "again") if "changed: [localhost]" in run.sections[name]] == [
        "ship",
        "again",
    ]
    once = ["s3:PutObject", "codedeploy:RegisterApplicationRevision", "codedeploy:CreateDeployment"]
    assert simulated_site.written() == [*once, "codedeploy:CreateDeployment"]


def kill_while_it_waits(site: Site, run: subprocess.Popen[str]) -> None:
    """Kill RUN as soon as its deployment is there."""
    try:
        eventually("there is a deployment", lambda: "codedeploy:CreateDeployment" in site.written())
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


def test_a_deployment_in_flight_is_taken_up_by_a_run_of_the_same_and_respected_by_another(still_site: Site) -> None:
    still_site.emulator.simulate("web-1", {"Install": succeed(150)}, {"ApplicationStop": never_poll()}, {})
    kill_while_it_waits(still_site, still_site.start(still_site.deploy_task()))
    (first,) = still_site.deployments()

    late = still_site.run(still_site.deploy_task(wait_timeout=2))
    assert late.status == 2, late.output
    assert f"Deployment {first['deploymentId']} has not ended within wait_timeout=2 seconds" in late.output
    assert "run this task again to resume following it" in late.output

    still_site.let_time_pass(60)
    why = {"name": "Why", "ansible.builtin.debug": {"var": "shipped.reason"}}
    followed = still_site.run({**still_site.deploy_task(), "register": "shipped"}, why)
    assert followed.status == 0, followed.output
    assert f"{first['deploymentId']} of this revision is already in progress" in followed.sections["Why"]
    assert f"{first['deploymentId']} Succeeded, 2 of 2 succeeded" in followed.output
    assert len(still_site.deployments()) == 1

    still_site.write_release("good 2")
    second_source = still_site.deploy["source"]
    still_site.deploy["source"] = f"{still_site.folder}/other"
    still_site.write_release("good 3")
    run = still_site.run(
        still_site.deploy_task("begin", source=second_source, wait=False),
        {**still_site.deploy_task("refuse"), "ignore_errors": True},
        still_site.deploy_task("stop it first", if_in_progress="stop"),
    )
    assert run.status == 0, run.output
    _first, second, third = still_site.deployments()
    assert f"has an active deployment {second['deploymentId']}" in run.sections["refuse"]
    assert (second["status"], third["status"]) == ("Stopped", "Succeeded")
    assert f"{third['deploymentId']} Succeeded, 2 of 2 succeeded" in run.sections["stop it first"]
    uploaded_and_created = ["s3:PutObject", "codedeploy:RegisterApplicationRevision", "codedeploy:CreateDeployment"]
    begun, stopped = uploaded_and_created, ["codedeploy:StopDeployment", *uploaded_and_created]
    assert sorted(still_site.written()) == sorted([*begun, *stopped])


def create_groups(site: Site, hosts: dict[str, str]) -> None:
    """A group for each of HOSTS, by the groups' names."""
    codedeploy = site.emulator.client("codedeploy")
    production = codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    for name, host in hosts.items():
        tag = {"Key": "only", "Value": name}
        codedeploy.add_tags_to_on_premises_instances(instanceNames=[host], tags=[tag])
        codedeploy.create_deployment_group(
            applicationName=APPLICATION,
            deploymentGroupName=name,
            serviceRoleArn=production["serviceRoleArn"],
            onPremisesInstanceTagFilters=[{**tag, "Type": "KEY_AND_VALUE"}],
        )


def test_several_groups_get_it_in_order_until_one_fails(still_site: Site) -> None:
    still_site.emulator.simulate("web-1", {}, {"Install": fail(script="", message="no space left")})
    create_groups(still_site, {"first": "web-1", "second": "web-2", "third": "web-1"})
    still_site.let_time_pass(60)
    several = {"deployment_group_name": None, "deployment_group_names": ["first", "second"]}
    many = {"deployment_group_name": None, "deployment_group_names": ["first", "second", "third"], "force": True}
    run = still_site.run(
        still_site.deploy_task("both", **several, groups_at_once=2),
        still_site.deploy_task("one after the other", **many),
    )
    for name in ("first", "second"):
        assert re.search(
            rf"^\[localhost\] {name}: .* Succeeded, 1 of 1 succeeded$", run.sections["both"], re.MULTILINE
        ), run.output
    assert run.status == 2
    failed = " ".join(run.sections["one after the other"].split())
    assert "first: Deployment d-" in failed
    assert "Not started: second, third." in failed


def test_what_several_hosts_print_at_once_can_be_told_apart(still_site: Site) -> None:
    still_site.emulator.simulate("web-2", {"Install": fail(script="", message="no space left")})
    create_groups(still_site, {name: name for name in HOSTS})
    still_site.let_time_pass(60)
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [still_site.deploy_task(deployment_group_name="{{ inventory_hostname }}")],
    }
    playbook = still_site.folder / "playbook.yml"
    playbook.write_text(yaml.safe_dump([play]))
    (still_site.folder / "hosts").write_text("\n".join(HOSTS))
    environment = {**still_site.emulator.environment, "ANSIBLE_INVENTORY": f"{still_site.folder}/hosts"}
    ended = run_playbook(playbook, {}, environment, still_site.folder, lambda _line: None)
    assert ended.status == 2, ended.output
    lines = ended.output.splitlines()
    for start, end in (
        ("[web-1] 0:", " Succeeded, 1 of 1 succeeded"),
        ("[web-2] 0:", " Failed, 0 of 1 succeeded, 1 failed"),
    ):
        assert any(line.startswith(start) and line.endswith(end) for line in lines), ended.output
    (begin,) = [number for number, line in enumerate(lines) if line.endswith(" failed (HEALTH_CONSTRAINTS)")]
    assert lines[begin].startswith("[web-2] Deployment d-")
    explanation = [line.strip() for line in lines[begin + 1 : begin + 7]]
    assert explanation[3:] == ["", "web-2 failed at Install (ScriptFailed)", "no space left"]
