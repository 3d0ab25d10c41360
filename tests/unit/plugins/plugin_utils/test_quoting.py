# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How values are written into the files of other programs; where such a program is installed, what it reads."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

import pytest

from ansible_collections.slipway.codedeploy.plugins.plugin_utils._quoting import FORMATS, UnquotableValue, quoted


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("systemd_word", "/usr/bin/python3", '"/usr/bin/python3"'),
        ("systemd_word", "", '""'),
        ("systemd_word", "/srv/our 100%n/$HOME", '"/srv/our 100%%n/$$HOME"'),
        ("systemd_word", "a\"b\\c'd;", '"a\\"b\\\\c\'d;"'),
        ("systemd_value", "/srv/our 100%n", "/srv/our 100%%n"),
        ("systemd_environment", 'say "$HOME" \\ `id` %n', '"say \\"\\$HOME\\" \\\\ \\`id\\` %n"'),
        ("systemd_environment", "a\tb", '"a\tb"'),
        ("systemd_environment", 2, '"2"'),
        ("logrotate_pattern", "/srv/our logs/100%/(a)#.log", '"/srv/our logs/100%/(a)#.log"'),
        ("powershell_string", "D:\\O'Brien's $(x) `n $x", "'D:\\O''Brien''s $(x) `n $x'"),
        (
            "powershell_string",
            "a\u2018b\u2019c\u201ad\u201be",
            "'a\u2018\u2018b\u2019\u2019c\u201a\u201ad\u201b\u201be'",
        ),
    ],
)
def test_how_a_value_is_written(form: str, value: object, written: str) -> None:
    assert quoted(value, form) == written


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("value", ["a\nb", "a\r", "a\x00", "a\x85b", "a\u2028b"])
def test_what_has_a_line_break_is_never_written(form: str, value: str) -> None:
    with pytest.raises(UnquotableValue, match="line break"):
        quoted(value, form)


@pytest.mark.parametrize("value", ['/srv/a"b', "/srv/a\\b", "/srv/{a}"])
def test_what_logrotate_cannot_read_is_not_written(value: str) -> None:
    with pytest.raises(UnquotableValue, match="logrotate"):
        quoted(value, "logrotate_pattern")


def test_a_format_that_there_is_not_is_an_error() -> None:
    with pytest.raises(UnquotableValue, match="powershell_string"):
        quoted("x", "bash")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_a_word_for_what_it_is(tmp_path: pathlib.Path) -> None:
    """It says so only of the first word: the program that is not there has the very name that was quoted."""
    program = "/opt/our 100%n (b)/c"
    unit = tmp_path / "x.service"
    words = [quoted(word, "systemd_word") for word in (program, '%n $x "')]
    unit.write_text(f"[Service]\nType=oneshot\nExecStart={' '.join(words)}\n")
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert f"Command {program} is not executable" in said


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not installed")
def test_logrotate_finds_the_logs(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "our logs 100% #1 (a)"
    folder.mkdir()
    (folder / "agent.log").write_text("line")
    rules = tmp_path / "rules"
    rules.write_text(f"{quoted(f'{folder}/*.log', 'logrotate_pattern')} {{\n    size 1\n    rotate 1\n}}\n")
    rules.chmod(0o644)
    subprocess.run(["logrotate", "--state", str(tmp_path / "state"), str(rules)], check=True)
    assert [path.name for path in folder.iterdir()] == ["agent.log.1"]
