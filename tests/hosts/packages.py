# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of the host agent as AWS publishes them: name, version scheme, layout, unit and scripts are theirs, the agent is the stand-in.

The layout of 1.8.x is that of the agent's repository (init.d/codedeploy-agent.service); that of 2.x is what its Cargo.toml says of the .deb.
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess

TESTS = pathlib.Path(__file__).resolve().parent.parent
LAUNCHER = pathlib.Path(__file__).with_name("launcher.py")

CONFIGURATION = """\
---
:log_aws_wire: false
:log_dir: '/var/log/aws/codedeploy-agent/'
:pid_dir: '/opt/codedeploy-agent/state/.pid/'
:program_name: codedeploy-agent
:root_dir: '/opt/codedeploy-agent/deployment-root'
:verbose: false
:wait_between_runs: 1
:max_revisions: 5
"""

UNITS = {
    "1.8": """\
[Unit]
Description=AWS CodeDeploy Host Agent

[Service]
Type=forking
ExecStart=/bin/bash -a -c '[ -f /etc/profile ] && source /etc/profile; /opt/codedeploy-agent/bin/codedeploy-agent start'
ExecStop=/opt/codedeploy-agent/bin/codedeploy-agent stop
Restart=on-failure

[Install]
WantedBy=multi-user.target
""",
    "2": """\
[Unit]
Description=AWS CodeDeploy Agent
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
ExecStart=/opt/codedeploy-agent/bin/codedeploy-agent start
ExecStop=/opt/codedeploy-agent/bin/codedeploy-agent stop
Restart=on-abnormal
RestartSec=10
TimeoutStopSec=7200

[Install]
WantedBy=multi-user.target
""",
}

SCRIPTS = {
    "postinst": "systemctl daemon-reload\nsystemctl enable codedeploy-agent.service\nsystemctl restart codedeploy-agent.service || true\n",
    "prerm": 'if [ "$1" = remove ]; then systemctl stop codedeploy-agent.service; systemctl disable codedeploy-agent.service; fi\n',
    "postrm": "systemctl daemon-reload\n",
}


def line_of(version: str) -> str:
    """The line of the agent that VERSION belongs to."""
    return "2" if version.startswith("2.") else "1.8"


def package_name(version: str) -> str:
    """The name of the package's file: one for all architectures in 1.8, one for each in 2."""
    return f"codedeploy-agent_{version}_{'amd64' if line_of(version) == '2' else 'all'}.deb"


def lay_out(version: str, tree: pathlib.Path) -> None:
    """Lay out the files of the agent's VERSION below TREE."""
    line, home = line_of(version), tree / "opt/codedeploy-agent"
    for folder in (home / "bin", home / "lib", tree / "etc/codedeploy-agent/conf", tree / "lib/systemd/system"):
        folder.mkdir(parents=True)
    agent = TESTS / "emulator/hosts/agent"
    shutil.copytree(agent, home / "lib/stand_in_agent", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "bin/codedeploy-agent").write_text(f"#!/usr/bin/python3\n{LAUNCHER.read_text()}")
    (home / "bin/codedeploy-agent").chmod(0o755)
    number = version.partition("-")[0]
    (home / ".version").write_text(f"agent_version: {number if line == '2' else f'OFFICIAL_{version}_deb'}\n")
    (tree / "etc/codedeploy-agent/conf/codedeployagent.yml").write_text(CONFIGURATION)
    (tree / "lib/systemd/system/codedeploy-agent.service").write_text(UNITS[line])


def build_package(version: str, folder: pathlib.Path, scripts: dict[str, str] | None = None) -> pathlib.Path:
    """Build the .deb of VERSION in FOLDER and return its path; SCRIPTS stand in for the package's own."""
    tree = folder / f"tree-{version}"
    lay_out(version, tree)
    control = tree / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(
        f"Package: codedeploy-agent\nVersion: {version}\nArchitecture: {'amd64' if line_of(version) == '2' else 'all'}\n"
        "Maintainer: The slipway.codedeploy contributors <nobody@example.org>\nSection: admin\nPriority: optional\n"
        "Depends: python3, python3-botocore, python3-cryptography, python3-yaml\nDescription: A stand-in for the AWS CodeDeploy host agent\n"
    )
    (control / "conffiles").write_text("/etc/codedeploy-agent/conf/codedeployagent.yml\n")
    for name, text in {**SCRIPTS, **(scripts or {})}.items():
        (control / name).write_text(f"#!/bin/sh\nset -e\n{text}")
        (control / name).chmod(0o755)
    package = folder / package_name(version)
    subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", "-Zgzip", tree, package], check=True, capture_output=True
    )
    shutil.rmtree(tree)
    return package
