# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation of `deployment` promises, through ansible-playbook."""

from __future__ import annotations

import pathlib
import typing as t

from emulator import Emulator, ManualClock
from emulator.hosts.outcomes import fail, never_poll
from unit.printed import assert_in_order
from unit.releases import SHOP, service

from .conftest import APPLICATION, GROUP, HOSTS, Site

LAST = {"application_name": APPLICATION, "deployment_group_name": GROUP["deploymentGroupName"]}


def task(name: str, **options: t.Any) -> dict[str, t.Any]:
    return {"name": name, "slipway.codedeploy.deployment": {"wait_delay": 1, **options}}


def test_a_deployment_is_stopped_or_rolled_back_and_followed_there(still_site: Site) -> None:
    still_site.emulator.simulate("web-1", {}, {"ApplicationStop": never_poll()}, {})
    still_site.let_time_pass(60)
    first_source = still_site.deploy["source"]
    still_site.deploy["source"] = f"{still_site.folder}/other"
    still_site.write_release("good 2")
    run = still_site.run(
        still_site.deploy_task("first", source=first_source),
        still_site.deploy_task("begin", wait=False),
        task("undo what runs", **LAST, state="rolled_back"),
        {**still_site.deploy_task("second"), "register": "second"},
        task("undo what has ended", **LAST, state="rolled_back"),
        task("once", state="rolled_back", deployment_id="{{ second.deployment_id }}"),
    )
    assert run.status == 0, run.output
    first, begun, rollback, second, back = still_site.deployments()
    lines = [
        f"{begun['deploymentId']} Stopped",
        f"{begun['deploymentId']} is being rolled back by {rollback['deploymentId']}",
        f"{rollback['deploymentId']} Succeeded, 2 of 2 succeeded",
        "changed: [localhost]",
    ]
    assert_in_order(lines, run.sections["undo what runs"])
    lines = [f"{back['deploymentId']} Succeeded, 2 of 2 succeeded", "changed: [localhost]"]
    assert_in_order(lines, run.sections["undo what has ended"])
    assert run.sections["once"].strip() == "ok: [localhost]"
    assert first["revision"] == rollback["revision"] == back["revision"] != second["revision"] == begun["revision"]


def test_awaiting_a_deployment_that_fails_explains_it(still_site: Site) -> None:
    still_site.emulator.simulate(HOSTS, {"ValidateService": fail(script="validate.sh", log="this version is rotten")})
    still_site.let_time_pass(60)
    run = still_site.run(still_site.deploy_task(wait=False), task("await", **LAST, state="succeeded"))
    assert run.status == 2, run.output
    lines = ["web-1 failed at ValidateService in validate.sh (ScriptFailed)", "    | this version is rotten"]
    assert_in_order(lines, run.sections["await"])


def test_a_service_that_waits_for_somebody_twice_is_continued(tmp_path: pathlib.Path) -> None:
    with Emulator(clock=ManualClock()) as emulator:
        options = {**service(emulator, ready=60, termination=60), "wait_delay": 1}
        site = Site(emulator, [], tmp_path)
        site.let_time_pass(60)
        run = site.run(
            {"name": "until it is ready", "slipway.codedeploy.deploy": {**options, "wait_for": "ready"}},
            task("on with it", **SHOP, state="continued", wait=False),
            task("until the traffic is shifted", **SHOP, state="traffic_shifted"),
            task("to its end", **SHOP, state="continued", deployment_wait_type="TERMINATION_WAIT"),
        )
    assert run.status == 0, run.output
    for name, lines in {
        "until it is ready": [" Ready, 0 of 1 succeeded, 1 ready: waiting to be continued", "changed: [localhost]"],
        "on with it": ["changed: [localhost]"],
        "until the traffic is shifted": ["ok: [localhost]"],
        "to its end": [" Succeeded, 1 of 1 succeeded", "changed: [localhost]"],
    }.items():
        assert_in_order(lines, run.sections[name])
