# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role's own command lines for systems with .rpm packages, run by real package managers on real packages, in a root of their own."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

from unit.roles.rendered_role import CASES, Host, system

from .rpm_packages import build_rpm, build_ruby_rpm

pytestmark = [pytest.mark.needs("root"), pytest.mark.needs("rpm")]

VERSIONS = ("1.8.0-12", "1.8.1-45", "2.1.0-97459")
CONFIGURATION = "etc/codedeploy-agent/conf/codedeployagent.yml"


@pytest.fixture(scope="module")
def rpms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """The agent's packages, by version."""
    folder = tmp_path_factory.mktemp("rpms")
    return {version: build_rpm(version, folder) for version in VERSIONS}


class Root:
    """A system whose family the role has the variables SYSTEM for; what is installed goes below FOLDER."""

    def __init__(self, name: str, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._system, self._folder, self._monkeypatch = system(name), folder, monkeypatch
        subprocess.run(["rpm", f"--root={folder}", "--install", "--force-debian", build_ruby_rpm(folder)], check=True)

    def run(self, command: str, package: pathlib.Path | None = None) -> str:
        """What the role's COMMAND prints, on PACKAGE if it takes one, told to work on this root and not on the machine's."""
        options = {"agent_version": "1.8.1-45", "__agent_package_path": str(package)}
        self._monkeypatch.setitem(CASES, "own", (self._system, options))
        program, *words = Host("own").value(command)
        root = {"dnf": "--installroot", "zypper": "--root", "rpm": "--root"}[program]
        done = subprocess.run(
            [program, f"{root}={self._folder}", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if command != "__agent_query_command":
            assert done.returncode == 0, f"{program} {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def installed(self) -> str:
        """The version that the role reads from the package manager's answer."""
        found = re.search("^installed=(.+)$", self.run("__agent_query_command"))
        return found[1] if found else ""


@pytest.mark.parametrize("name", ["rocky", "sles"])
def test_the_life_of_a_package(
    name: str, rpms: dict[str, pathlib.Path], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root(name, tmp_path, monkeypatch)
    assert root.installed() == ""
    root.run("__agent_install_command", rpms["1.8.0-12"])
    assert root.installed() == "1.8.0-12"
    (tmp_path / CONFIGURATION).write_text("what the role has written\n")
    for version in ("1.8.1-45", "2.1.0-97459", "1.8.1-45", "1.8.0-12"):
        root.run("__agent_install_command", rpms[version])
        assert root.installed() == version
    assert (tmp_path / CONFIGURATION).read_text() == "what the role has written\n"
    assert (tmp_path / "opt/codedeploy-agent/bin/codedeploy-agent").stat().st_mode & 0o777 == 0o755
    root.run("__agent_remove_command")
    assert root.installed() == ""
    assert not (tmp_path / "opt/codedeploy-agent/bin").exists()
