# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX makes of a release: ansible-runner runs the playbook, and passes on what the task prints while it still runs."""

from __future__ import annotations

import pathlib
import re
import typing as t

import ansible_runner

from emulator import Emulator, ManualClock

from .conftest import BUCKET
from .playbooks import playbook_environment, without_colours

ROLE = "arn:aws:iam::123456789012:role/codedeploy"
PROGRESS = re.compile(r"\[localhost\] \d+:\d\d d-\w+ Created")


def test_progress_arrives_as_events_while_the_release_runs(tmp_path: pathlib.Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/appspec.yml").write_text("version: 0.0\nos: linux\n")
    (tmp_path / "ansible.cfg").touch()
    lines: list[str] = []
    with Emulator(clock=ManualClock()) as emulator:
        emulator.simulate(2)
        emulator.client("s3").create_bucket(Bucket=BUCKET)

        def receive(event: dict[str, t.Any]) -> None:
            """The deployment does not go on before its first line of progress has arrived."""
            lines.extend(without_colours(event["stdout"]).splitlines())
            if any(map(PROGRESS.fullmatch, lines)):
                emulator.clock.set_speed(float("inf"))

        run = ansible_runner.run(
            private_data_dir=str(tmp_path),
            playbook="slipway.codedeploy.release",
            extravars={
                "release_application_name": "shop",
                "release_deployment_group_name": "production",
                "release_deployment_group": {
                    "service_role_arn": ROLE,
                    "on_premises_instance_tag_filters": [{"key": "fleet", "value": "simulated"}],
                },
                "release_source": str(tmp_path / "source"),
                "release_s3_bucket": BUCKET,
                "release_deploy": {"wait_delay": 1, "wait_timeout": 120},
            },
            envvars=playbook_environment(emulator.environment, tmp_path),
            event_handler=receive,
            quiet=True,
        )
    assert (run.status, run.rc) == ("successful", 0), "\n".join(lines)
    assert any(line.endswith("Succeeded, 2 of 2 succeeded") for line in lines)
