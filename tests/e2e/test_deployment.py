# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation of `deployment` promises, through ansible-playbook, on hosts where deployments really happen."""

from __future__ import annotations

import typing as t

from .conftest import APPLICATION, GROUP, LIMIT, Site, eventually

LAST = {"application_name": APPLICATION, "deployment_group_name": GROUP["deploymentGroupName"], "wait_delay": 2}


def task(**options: t.Any) -> dict[str, t.Any]:
    arguments = {name: value for name, value in {**LAST, **options}.items() if value is not None}
    return {"name": "Act", "slipway.codedeploy.deployment": arguments}


def held_deployment(site: Site) -> str:
    """The id of a deployment whose hook waits on a host."""
    site.hold()
    site.run(site.deploy_task(wait=False))
    (in_flight,) = [each["deploymentId"] for each in site.deployments() if each["status"] in ("Created", "InProgress")]
    eventually("it is under way", lambda: site.is_under_way(in_flight))
    return str(in_flight)


def test_a_deployment_is_stopped_rolled_back_and_followed_there(site: Site) -> None:
    assert site.run(site.deploy_task()).status == 0
    site.write_release("good 2")
    stopping = held_deployment(site)
    run = site.start(task(state="rolled_back"))
    eventually("it is asked to stop", lambda: "codedeploy:StopDeployment" in site.written())
    site.release_hold()
    output, _nothing = run.communicate(timeout=LIMIT)
    assert run.returncode == 0, output
    *_others, rollback = site.deployments()
    assert f"{stopping} is being rolled back by {rollback['deploymentId']}" in output
    assert f"{rollback['deploymentId']} Succeeded, 2 of 2 succeeded" in output
    assert "changed=1" in output
    assert site.versions() == {"good 1"}


def test_a_finished_deployment_is_rolled_back_once(site: Site) -> None:
    assert site.run(site.deploy_task()).status == 0
    site.write_release("good 2")
    assert site.run(site.deploy_task()).status == 0
    *_others, second = site.deployments()

    back = site.run(task(state="rolled_back"))
    assert back.status == 0, back.output
    assert site.written() == ["codedeploy:CreateDeployment"]
    assert site.versions() == {"good 1"}

    named = {
        "name": "Act",
        "slipway.codedeploy.deployment": {"deployment_id": second["deploymentId"], "state": "rolled_back"},
    }
    again = site.run(named)
    assert again.status == 0, again.output
    assert "changed=0" in again.output
    assert site.written() == []


def test_awaiting_a_deployment_that_fails_explains_it(site: Site) -> None:
    site.write_release("rotten 1")
    site.run(site.deploy_task(wait=False))
    run = site.run(task(state="succeeded", wait_delay=None))
    assert run.status == 2, run.output
    assert "  web-1 failed at ValidateService in validate.sh (ScriptFailed)" in run.output.splitlines(), run.output
