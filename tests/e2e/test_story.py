# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo's watcher reads: when a step does not hold, and when a playbook fails."""

from __future__ import annotations

import pathlib

import pytest

from emulator import Emulator

from . import demo
from .hosts import Host
from .story import Story

FAILED_TASK = """\
TASK [Deploy] ***
\033[0;31mfatal: [localhost]: FAILED! => \033[0m
\033[0;31m    changed: false\033[0m
    msg: no

PLAY RECAP ***
    an indented line of another kind"""


def break_it(stage: demo.Stage) -> None:
    """A chapter of which only the first step holds."""
    stage.story.begin("1. Arithmetic", "Numbers are compared.")
    stage.story.expect("one is one", 1, 1)
    stage.story.expect("one is two", 1, 2)


def test_a_step_that_does_not_hold_ends_the_demo_with_the_evidence(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "var/log").mkdir(parents=True)
    (tmp_path / "var/log/agent.log").write_text("the agent has hiccups\n")
    monkeypatch.setattr(demo, "CHAPTERS", (break_it, lambda _stage: pytest.fail("the demo goes on")))
    with Emulator() as emulator:
        held = demo.play(demo.Stage(Story(), emulator, [Host("web-1", tmp_path, 0, "")], tmp_path, tmp_path))
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if line]
    assert not held
    step = told.index("FAILED  one is two")
    assert told[step + 1 : step + 3] == ["expected: 1", "seen:     2"]
    assert told[step + 3 : step + 5] == ["web-1:/var/log/agent.log ends with", "| the agent has hiccups"]
    assert told[-4:] == ["What was shown", "1. Arithmetic", "ok      one is one", "FAILED  one is two"]


def test_a_failed_tasks_data_is_counted_instead_of_shown(capsys: pytest.CaptureFixture[str]) -> None:
    quotation = demo.PlaybookQuotation()
    for line in FAILED_TASK.splitlines():
        quotation(line)
    told = capsys.readouterr().out.splitlines()
    assert "  |     ... (the task's result as data, 2 lines)" in told
    assert not any("msg: no" in line for line in told)
    assert "  |     an indented line of another kind" in told
