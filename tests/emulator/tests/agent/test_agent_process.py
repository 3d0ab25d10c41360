# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent as a process of its own: starting, stopping, dying, and what its hooks leave behind."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulator.tests.agent.bundles import appspec_with_hooks, script
from emulator.tests.agent.host import ENVIRONMENT, INSTANCE, Host, specification
from emulator.tests.agent.observation import eventually, is_alive, written_pid
from emulator.tests.agent.scripted_service import ScriptedService

TESTS = Path(__file__).parents[3]


@contextmanager
def agent_process(
    host: Host, environment: Mapping[str, str] | None = None, package: str = "stand_in_agent"
) -> Iterator[subprocess.Popen[str]]:
    """The agent as a process on the host's configuration; killed at the end if it still runs.

    The package stands alone under another name, as it does on a host that has nothing else of this repository.
    """
    alone = host.config_file.parent / "alone"
    alone.mkdir(exist_ok=True)
    if not (alone / "stand_in_agent").exists():
        (alone / "stand_in_agent").symlink_to(TESTS / "emulator" / "hosts" / "agent")
    process = subprocess.Popen(
        [sys.executable, "-m", package, "--config_file", str(host.config_file), "--host-root", str(host.root)],
        env={**(ENVIRONMENT if environment is None else environment), "PYTHONPATH": f"{alone}:{TESTS}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def hook_that(text: str) -> dict[str, str]:
    return {"appspec.yml": appspec_with_hooks(BeforeInstall="run.sh"), "run.sh": script(text)}


def offer_hook(host: Host, text: str) -> str:
    """Offers DownloadBundle and then a BeforeInstall that runs `text`; returns the latter's identifier."""
    specified = specification("d-1", host.upload(hook_that(text)))
    downloaded = host.service.offer(INSTANCE, "DownloadBundle", specified)
    host.agent.run_once()
    assert host.service.completion(downloaded, timeout=0)[0] == "Succeeded"
    return host.service.offer(INSTANCE, "BeforeInstall", specified)


@pytest.mark.parametrize(
    ("package", "number"), [("emulator.hosts.agent", signal.SIGTERM), ("stand_in_agent", signal.SIGINT)]
)
def test_a_signal_ends_an_idle_agent_cleanly(package: str, number: signal.Signals, host: Host) -> None:
    pid_file = host.config_file.parent / "pid" / "codedeploy-agent.pid"
    with agent_process(host, package=package) as process:
        eventually(lambda: bool(host.service.heard("PollHostCommand")))
        assert int(pid_file.read_text(encoding="utf-8")) == process.pid
        process.send_signal(number)
        _output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert not pid_file.exists()


def test_stopped_in_a_hook_it_ends_the_hook_and_tells_at_the_next_start(host: Host) -> None:
    identifier = offer_hook(host, 'echo $$ > "$HOST_ROOT/hook"; sleep 600')
    with agent_process(host) as process:
        hook = written_pid(host.root / "hook")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert not is_alive(hook)
    assert host.service.heard("PutHostCommandComplete")[1:] == []
    with agent_process(host):
        status, payload = host.service.completion(identifier, timeout=60)
    assert (status, payload["error_code"]) == ("Failed", 7)


def test_killed_in_a_hook_it_tells_at_the_next_start(host: Host) -> None:
    identifier = offer_hook(host, 'echo $$ > "$HOST_ROOT/hook"; sleep 600')
    with agent_process(host) as process:
        hook = written_pid(host.root / "hook")
        process.kill()
        process.communicate(timeout=60)
    os.killpg(hook, signal.SIGKILL)
    with agent_process(host):
        status, payload = host.service.completion(identifier, timeout=60)
    assert (status, payload["error_code"]) == ("Failed", 7)


def test_a_daemon_of_a_hook_outlives_the_hook_and_the_agent(host: Host) -> None:
    identifier = offer_hook(host, 'sleep 600 >/dev/null 2>&1 </dev/null & echo $! > "$HOST_ROOT/daemon"')
    with agent_process(host) as process:
        assert host.service.completion(identifier, timeout=60)[0] == "Succeeded"
        daemon = written_pid(host.root / "daemon")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    try:
        assert is_alive(daemon)
    finally:
        os.kill(daemon, signal.SIGKILL)


def test_the_log_names_the_work_and_no_secret(host: Host) -> None:
    host.config_file.write_text(host.config_file.read_text(encoding="utf-8") + ":verbose: true\n", encoding="utf-8")
    identifier = offer_hook(host, "exit 3")
    with agent_process(host):
        assert host.service.completion(identifier, timeout=60)[1]["error_code"] == 4
    log = (host.config_file.parent / "log" / "codedeploy-agent.log").read_text(encoding="utf-8")
    assert "d-1: running BeforeInstall" in log
    assert "BeforeInstall failed: Script at specified location: run.sh failed with exit code 3" in log
    assert ENVIRONMENT["AWS_SECRET_KEY"] not in log


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (":max_revisions: none\n", ":max_revisions: is 'none'; expected a whole number of at least 1"),
        (":user: no-such-user\n", ":user: is 'no-such-user'; there is no such user on this host"),
    ],
)
def test_a_bad_configuration_is_one_line_and_status_1(change: str, message: str, host: Host) -> None:
    host.config_file.write_text(host.config_file.read_text(encoding="utf-8") + change, encoding="utf-8")
    with agent_process(host) as process:
        _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("codedeploy-agent: ")
    assert errors.endswith(message + "\n")
    assert errors.count("\n") == 1


def test_a_host_without_an_identity_is_one_line_and_status_1(host: Host) -> None:
    with agent_process(host, {"PATH": ENVIRONMENT["PATH"]}) as process:
        _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the environment lacks AWS_HOST_IDENTIFIER" in errors
    assert errors.count("\n") == 1


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user gets through to, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.needs("root")
def test_it_runs_as_the_user_it_is_told(service: ScriptedService, open_folder: Path) -> None:
    base = open_folder
    host = Host(service, base / "host", user="nobody")
    identifier = offer_hook(host, 'id -un > "$HOST_ROOT/who"')
    nobody = pwd.getpwnam("nobody")
    for name in ("log", "pid"):
        (base / "host" / name).mkdir()
    for path in (base / "host").rglob("*"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    with agent_process(host):
        assert service.completion(identifier, timeout=60)[0] == "Succeeded"
    assert (host.root / "who").read_text(encoding="utf-8") == "nobody\n"
    assert (host.root / "who").stat().st_uid == nobody.pw_uid
