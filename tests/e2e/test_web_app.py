# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example's hooks, run one by one as a host agent runs them."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import subprocess
import typing as t

import pytest

from .hosts import Host, free_port
from .processes import end_processes_below, processes_below

APPLICATION = pathlib.Path(__file__).resolve().parents[2] / "examples/web-app"


class Installation:
    """The application on a host whose root is ROOT, with VERSION 1 installed."""

    def __init__(self, root: pathlib.Path) -> None:
        self.host = Host("web-1", root, free_port(), "")
        self.application = root / "opt/web-app"
        self.pid_file = root / "run/web-app.pid"
        (root / "etc").mkdir(parents=True)
        (root / "etc/web-app.env").write_text(f"PORT={self.host.port}\nHOST_NAME=web-1\n")
        self.succeed("prepare")
        self.application.mkdir(parents=True)
        for name in ("server.py", "VERSION"):
            shutil.copy(APPLICATION / name, self.application)
        self.succeed("configure")

    def run(self, hook: str) -> subprocess.CompletedProcess[str]:
        """Run HOOK and wait until nothing holds its output any more, as the agent does."""
        deployment = {"APPLICATION_NAME": "web-app", "DEPLOYMENT_GROUP_NAME": "demo", "DEPLOYMENT_ID": "d-123456789"}
        environment = {
            "PATH": os.environ["PATH"],
            "HOST_ROOT": str(self.host.root),
            "AWS_SECRET_KEY": "hidden",
            **deployment,
        }
        script = APPLICATION / "scripts" / f"{hook}.sh"
        return subprocess.run([script], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def succeed(self, hook: str) -> str:
        """What HOOK prints; it has to succeed."""
        done = self.run(hook)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, hook: str) -> str:
        """What HOOK prints; it has to fail."""
        done = self.run(hook)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout + done.stderr

    def change(self, name: str, old: str, new: str) -> None:
        """Replace OLD by NEW in an installed file."""
        text = (self.application / name).read_text()
        assert old in text
        (self.application / name).write_text(text.replace(old, new))


@pytest.fixture
def installation(tmp_path: pathlib.Path) -> t.Iterator[Installation]:
    yield Installation(tmp_path / "web-1")
    end_processes_below(tmp_path)


def test_a_started_server_answers_people_and_machines(installation: Installation) -> None:
    installation.succeed("start")
    assert "version 1 is healthy" in installation.succeed("validate")
    assert installation.host.health() == {"status": "ok", "version": "1", "host": "web-1"}
    page = installation.host.get("/")
    assert "<b>version 1</b> on web-1" in page
    assert "deployment d-123456789 of web-app / demo" in page


def test_a_stopped_server_is_gone(installation: Installation) -> None:
    installation.succeed("start")
    assert "web-app stopped" in installation.succeed("stop")
    assert processes_below(installation.host.root) == set()
    assert not installation.pid_file.exists()


def test_hooks_can_run_twice(installation: Installation) -> None:
    assert "not running" in installation.succeed("stop")
    installation.succeed("start")
    before = installation.pid_file.read_text()
    assert "is already running" in installation.succeed("start")
    assert installation.pid_file.read_text() == before
    installation.succeed("configure")
    installation.succeed("prepare")
    assert processes_below(installation.host.root) == set(), "prepare stops what an agent without memory left running"


def test_a_stale_pid_file_ends_no_foreign_process(installation: Installation) -> None:
    with subprocess.Popen(["sleep", "60"]) as foreign:
        installation.pid_file.write_text(f"{foreign.pid}\n")
        assert "not running" in installation.succeed("stop")
        assert foreign.poll() is None
        installation.succeed("start")
        assert installation.pid_file.read_text() != f"{foreign.pid}\n"
        foreign.kill()


def test_the_server_has_none_of_the_agents_keys(installation: Installation) -> None:
    installation.succeed("start")
    environment = pathlib.Path("/proc", installation.pid_file.read_text().strip(), "environ").read_text()
    assert f"PORT={installation.host.port}" in environment
    assert "hidden" not in environment


def test_the_old_version_still_running_is_no_success(installation: Installation) -> None:
    installation.succeed("start")
    installation.change("VERSION", "1", "2")
    assert "expected status ok and version 2" in installation.fail("validate")


def test_a_failed_validation_shows_the_servers_mistake(installation: Installation) -> None:
    installation.change("server.py", '"version": VERSION,', '"version": VERSION.number,')
    installation.succeed("start")
    assert "AttributeError: 'str' object has no attribute 'number'" in installation.fail("validate")


def test_a_server_that_cannot_start_says_why(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.host.port)):
        assert "Address already in use" in installation.fail("start")
    assert not installation.pid_file.exists()


def test_what_does_not_compile_is_not_started(installation: Installation) -> None:
    installation.change("server.py", "def main()", "def main(")
    assert "SyntaxError" in installation.fail("configure")
