# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's loop: polling on, several commands at once, stopping, and what the next start says of an unfinished one."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from typing import Any

from emulator.tests.agent.bundles import APPSPEC, appspec_with_hooks, script
from emulator.tests.agent.host import INSTANCE, Host, specification
from emulator.tests.agent.observation import eventually

RELEASE = {"appspec.yml": APPSPEC, "a": "1"}


class Running:
    """The host's agent at work in a thread, until the block ends."""

    def __init__(self, host: Host) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=host.agent.run, args=(self._stopping,))

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


def test_the_loop_goes_on_after_failed_polls(host: Host) -> None:
    error = (400, '{"__type":"ClientException","message":"not yet"}')
    host.service.answers["PollHostCommand"] = deque([error] * 3)
    identifier = host.service.offer(INSTANCE, "DownloadBundle", specification("d-1", host.upload(RELEASE)))
    with Running(host):
        assert host.service.completion(identifier)[0] == "Succeeded"


def test_two_deployments_run_at_once_and_polling_goes_on(host: Host) -> None:
    waiting = {"appspec.yml": appspec_with_hooks(BeforeInstall="wait.sh")}
    # Each waits for the other: they end only if they run at the same time.
    meet = 'touch "$HOST_ROOT/$DEPLOYMENT_ID"; while [ ! -e "$HOST_ROOT/$OTHER" ]; do sleep 0.05; done'
    specifications = []
    for mine, other in (("d-1", "d-2"), ("d-2", "d-1")):
        revision = host.upload({**waiting, "wait.sh": script(f"OTHER={other}; {meet}")})
        assert host.command("DownloadBundle", mine, revision, DeploymentGroupId=f"group-of-{mine}")[0] == "Succeeded"
        specifications.append(specification(mine, revision, DeploymentGroupId=f"group-of-{mine}"))
    identifiers = [host.service.offer(INSTANCE, "BeforeInstall", specified) for specified in specifications]
    with Running(host):
        assert [host.service.completion(identifier)[0] for identifier in identifiers] == ["Succeeded", "Succeeded"]


def test_a_command_offered_twice_is_run_once(host: Host) -> None:
    go = host.root / "go"
    files = {
        "appspec.yml": appspec_with_hooks(BeforeInstall="wait.sh"),
        "wait.sh": script('echo run >> "$HOST_ROOT/said"; while [ ! -e "$HOST_ROOT/go" ]; do sleep 0.05; done'),
    }
    revision = host.upload(files)
    host.command("DownloadBundle", "d-1", revision)
    identifier = host.service.offer(INSTANCE, "BeforeInstall", specification("d-1", revision))
    offered: dict[str, Any] = {"HostCommand": dict(host.service.commands[0])}
    with Running(host):
        eventually((host.root / "said").exists)
        polls = len(host.service.heard("PollHostCommand"))
        host.service.answers["PollHostCommand"] = deque([(200, json.dumps(offered))])
        eventually(lambda: len(host.service.heard("PollHostCommand")) >= polls + 2)
        go.touch()
        assert host.service.completion(identifier)[0] == "Succeeded"
    assert (host.root / "said").read_text(encoding="utf-8") == "run\n"


def test_stopping_in_a_hook_reports_code_7_at_the_next_start(host: Host) -> None:
    files = {
        "appspec.yml": appspec_with_hooks(BeforeInstall="wait.sh"),
        "wait.sh": script('touch "$HOST_ROOT/said"; sleep 600'),
    }
    revision = host.upload(files)
    host.command("DownloadBundle", "d-1", revision)
    identifier = host.service.offer(INSTANCE, "BeforeInstall", specification("d-1", revision))
    with Running(host):
        eventually((host.root / "said").exists)
    trace = host.agent_root / "ongoing-deployment" / "d-1"
    assert trace.read_text(encoding="utf-8") == identifier
    host.restart()
    assert host.agent.run_once() is None
    assert host.service.completion(identifier, timeout=0) == (
        "Failed",
        {
            "error_code": 7,
            "script_name": "",
            "message": "Failed: Failing in-progress lifecycle event after an agent restart.",
            "log": "",
        },
    )
    assert not trace.exists()


def test_a_trace_that_the_service_refuses_does_not_keep_the_agent_from_its_work(host: Host) -> None:
    trace = host.agent_root / "ongoing-deployment" / "d-1"
    trace.parent.mkdir()
    trace.write_text("a command of a deployment that is gone", encoding="utf-8")
    host.service.answers["PutHostCommandComplete"] = deque([(400, '{"__type":"ClientException","message":"gone"}')])
    assert host.command("DownloadBundle", "d-2", host.upload(RELEASE))[0] == "Succeeded"
    assert not trace.exists()


def test_a_trace_of_yesterday_is_removed_without_a_word(host: Host) -> None:
    trace = host.agent_root / "ongoing-deployment" / "d-1"
    trace.parent.mkdir()
    trace.write_text("long ago", encoding="utf-8")
    os.utime(trace, (time.time() - 25 * 3600,) * 2)
    host.agent.run_once()
    assert host.service.heard("PutHostCommandComplete") == []
    assert not trace.exists()
