# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which paths the role `agent` takes for the agent's own."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.plugin_utils._agent_paths import SYSTEMS, is_within, path_problem

LINUX, WINDOWS = SYSTEMS["linux"], SYSTEMS["windows"]


@pytest.mark.parametrize(
    "path",
    [
        "/var/log/aws/codedeploy-agent/",
        "/opt/codedeploy-agent/state/.pid/",
        "/opt/codedeploy-agent/deployment-root",
        "/etc/codedeploy-agent/conf/codedeploy.onpremises.yml",
        "/var/lib/CodeDeploy",
        "/run/codedeploy-agent",
        "/home/deploy/codedeploy",
        "/codedeploy",
        "/srv/log/",
        "//srv///log",
        "/data/agent",
        "/mnt/codedeploy",
        "/mnt/disk/agent",
        "/srv/our logs/100% of them/#1 (new)",
        "/srv/größe",
    ],
)
def test_what_can_be_the_agents_on_linux(path: str) -> None:
    assert path_problem(path, LINUX) == ""


@pytest.mark.parametrize(
    ("problem", "paths"),
    [
        ("absolute", ["", "log", "~/codedeploy", "C:\\codedeploy", None, 7, ["/srv/codedeploy"]]),
        (
            "control",
            [
                "/srv/codedeploy\n",
                "/srv/code\rdeploy",
                "/srv/codedeploy\x00",
                "/srv/codedeploy\u2028x",
                "/srv/codedeploy\x1b[m",
            ],
        ),
        (". or ..", ["/srv/codedeploy/..", "/srv/./codedeploy", "/srv/codedeploy/../../etc", "/../srv/codedeploy"]),
        (
            "has one of",
            [
                "/$HOME",
                "/srv/$HOME/codedeploy",
                "/srv/`id`/codedeploy",
                "/srv/codedeploy*",
                "/~root/codedeploy",
                "/srv/{{ x }}/codedeploy",
            ],
        ),
        (
            "has one of",
            ["/srv/codedeploy'", '/srv/"codedeploy"', "/srv/codedeploy\\n", "/srv/[a]/codedeploy", "/srv/codedeploy/~"],
        ),
        ("is in a system folder", ["/", "//", "/bin", "/boot/codedeploy", "/root/codedeploy", "/proc/self/codedeploy"]),
        (
            "is in a system folder",
            [
                "/dev/shm/codedeploy",  # noqa: S108
                "/tmp/codedeploy",  # noqa: S108
                "/var/tmp/codedeploy",  # noqa: S108
                "/var//tmp/codedeploy",
                "/run/user/1000/codedeploy",
            ],
        ),
        ("is in a system folder", ["/root/.ssh", "/lib64/codedeploy", "/sbin/codedeploy", "/sys/codedeploy"]),
        ("with secrets", ["/home/deploy/.ssh/codedeploy", "/var/lib/codedeploy/.aws"]),
        ("home", ["/home", "/home/deploy", "/home/codedeploy/"]),
        (
            "may contain files of others",
            [
                "/etc/ssh",
                "/etc/passwd",
                "/var/lib/mysql",
                "/var/log",
                "/var/log/aws",
                "/opt",
                "/opt/shop",
                "/usr/local/lib",
                "/run",
            ],
        ),
        (
            "may contain files of others",
            ["/home/codedeploy/shop", "/srv", "/data", "/mnt/disk", "/media/disk/", "/VAR"],
        ),
    ],
)
def test_what_is_not_the_agents_on_linux(problem: str, paths: list[object]) -> None:
    for path in paths:
        assert problem in path_problem(path, LINUX), path


@pytest.mark.parametrize(
    "path",
    [
        "C:\\ProgramData\\Amazon\\CodeDeploy",
        "C:\\ProgramData\\Amazon\\CodeDeploy\\conf.onpremises.yml",
        "c:/programdata/codedeploy/",
        "D:\\codedeploy",
        "D:\\logs\\agent",
        "D:\\O'Brien's 100%\\agent",
        "C:\\Users\\deploy\\codedeploy",
    ],
)
def test_what_can_be_the_agents_on_windows(path: str) -> None:
    assert path_problem(path, WINDOWS) == ""


@pytest.mark.parametrize(
    ("problem", "paths"),
    [
        ("absolute", ["log", "/srv/codedeploy", "C:codedeploy", "\\\\server\\codedeploy", "\\codedeploy"]),
        ("control", ["C:\\codedeploy\n"]),
        (". or ..", ["D:\\codedeploy\\..\\b", "D:/codedeploy/./b"]),
        (
            "has one of",
            [
                "D:\\$env:TEMP\\codedeploy",
                "D:\\%TEMP%\\codedeploy",
                "D:\\codedeploy`",
                "D:\\codedeploy:stream",
                'D:\\"codedeploy"',
            ],
        ),
        ("ends with", ["D:\\codedeploy.", "D:\\codedeploy \\log"]),
        ("short name", ["C:\\PROGRA~1\\codedeploy"]),
        ("device", ["D:\\codedeploy\\CON", "D:\\codedeploy\\nul.txt", "D:\\codedeploy\\com1"]),
        ("is in a system folder", ["C:\\", "C:\\Windows\\codedeploy", "c:/windows/System32", "C:\\Temp\\codedeploy"]),
        ("home", ["C:\\Users\\deploy"]),
        (
            "may contain files of others",
            [
                "C:\\ProgramData\\Amazon",
                "C:\\Program Files (x86)\\",
                "C:\\Program Files\\Shop",
                "D:\\logs",
                "C:\\inetpub\\wwwroot",
            ],
        ),
    ],
)
def test_what_is_not_the_agents_on_windows(problem: str, paths: list[str]) -> None:
    for path in paths:
        assert problem in path_problem(path, WINDOWS), path


def test_what_is_within_a_folder() -> None:
    assert is_within("/srv//a/b/", "/srv/a", LINUX)
    assert is_within("/srv/a", "/srv/a/", LINUX)
    assert not is_within("/srv/ab", "/srv/a", LINUX)
    assert is_within("C:/ProgramData/x", "c:\\programdata", WINDOWS)
