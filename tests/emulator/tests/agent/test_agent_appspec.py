# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in agent's AppSpec parser and Install plan against what the real agent 1.8.1 did with the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.hosts.agent import psych
from emulator.hosts.agent.acl import entry_from_text, full_acl
from emulator.hosts.agent.appspec import AppSpec, AppSpecError, appspec_from_text
from emulator.hosts.agent.instructions import InstallError
from emulator.hosts.agent.plan import plan_installation

CASES = json.loads((Path(__file__).parents[2] / "hosts/agent/appspec-cases.json").read_text(encoding="utf-8"))


def parsed(appspec: AppSpec) -> dict[str, Any]:
    """The AppSpec in the form of the cases."""
    permissions = []
    for permission in appspec.permissions:
        acls = None if permission.acls is None else [str(entry) for entry in permission.acls]
        fields = {
            "object": permission.object,
            "pattern": permission.pattern,
            "except": list(permission.excluded),
            "type": list(permission.types),
            "owner": permission.owner,
            "group": permission.group,
            "mode": permission.mode,
            "acls": acls,
        }
        if permission.context:
            context = permission.context
            fields["context"] = {"user": context.user, "type": context.type, "range": context.range}
        permissions.append(fields)
    return {
        "version": appspec.version,
        "os": appspec.os,
        "feb": appspec.file_exists_behavior,
        "files": [[mapping.source, mapping.destination] for mapping in appspec.files],
        "hooks": {
            event: [[script.location, script.runas, script.sudo, script.timeout] for script in scripts]
            for event, scripts in appspec.hooks.items()
        },
        "permissions": permissions,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_case_gets_the_real_agents_verdict(case: dict[str, Any], tmp_path: Path) -> None:
    result, platform = case["result"], case.get("platform", "linux")
    if result.get("stage") == "parse":
        with pytest.raises(AppSpecError):
            appspec_from_text(case["yaml"], platform)
        return
    appspec = appspec_from_text(case["yaml"], platform)
    if "parsed" in result:
        assert parsed(appspec) == result["parsed"]
    if "tree" in case:
        judge_installation(case, tmp_path)


def judge_installation(case: dict[str, Any], tmp_path: Path) -> None:
    """Plans (and, where the case says so, runs) the Install with /DST below a host root of its own."""
    archive, host_root = tmp_path / "a", tmp_path / "host"
    for name in case["tree"]:
        write(archive / name, name)
    for name in case.get("pre", []):
        write(host_root / "dst" / name, "was here before")
    host_root.mkdir(exist_ok=True)
    appspec = appspec_from_text(case["yaml"].replace("/DST", "/dst"))

    def install() -> list[dict[str, Any]]:
        instructions = plan_installation(appspec, archive, host_root, case.get("feb", "DISALLOW"))
        for instruction in instructions if case.get("run") else []:
            instruction.carry_out(host_root, lambda _line: None)
        return [instruction.as_dict() for instruction in instructions]

    if not case["result"]["accepted"]:
        with pytest.raises((InstallError, OSError)):
            install()
    else:
        steps = json.dumps(install()).replace(str(archive), "/a").replace(str(host_root), "")
        assert json.loads(steps) == case["result"]["instructions"]


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.0e0", "0.0e0"),
        ("0644", 420),
        ("0o644", "0o644"),
        ("089", "089"),
        ("1,000", 1000),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1:30", 90),
        (".", "."),
        ("5.", 5.0),
        ("-.inf", float("-inf")),
        ("yEs", True),
        ("n", "n"),
        ("NULL", None),
        (":linux", psych.Symbol("linux")),
        ("'0.0'", "0.0"),
        ("a: 1\n---\nb: 2", {"a": 1}),
        ("<<: {a: 1}\nb: 2", {"a": 1, "b": 2}),
        ("a: 0\n<<: {a: 1}", {"a": 1}),
        ("<<: {a: 1}\na: 0", {"a": 0}),
        ("'<<': {a: 1}", {"a": 1}),
        ("!!str <<: {a: 1}", {"<<": {"a": 1}}),
        ("<<: [{a: 1}, {a: 2, b: 3}]", {"a": 1, "b": 3}),
        ("<<: 5", {"<<": 5}),
        ("a: 1\na: 2", {"a": 2}),
        ("00", 0),
        ("!tag a: !tag 0x1F", {"a": 31}),
        ("!tag {a: !tag [1, !tag 'yes']}", {"a": [1, "yes"]}),
    ],
)
def test_scalars_are_read_as_psych_reads_them(text: str, value: object) -> None:
    assert psych.load(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "when: 2020-01-01",
        "2020-01-01 10:00:00 Z",
        "- &a x\n- *a",
        "!ruby/object:Foo {}",
        "'open",
        "[" * 2000,
        "\0",
        "!!int x",
        "? {a: b}\n: c",
    ],
)
def test_what_psych_refuses_is_refused(text: str) -> None:
    with pytest.raises(psych.UnreadableYaml):
        psych.load(text)


ACCEPTED_BY_BOTH_LINES = [
    "hooks: {AfterInstall: [{location: a.sh}], AfterInstall: [{location: s.sh, timeout: 0x1F}]}",
    "!x hooks: !y {AfterInstall: !z [{!a location: !b s.sh, timeout: !c 31}]}",
    "hooks: {AfterInstall: [{<<: {timeout: 31}, location: s.sh}]}",
    "<<: {hooks: {AfterInstall: [{location: s.sh, timeout: 31}]}}",
    "hooks: {AfterInstall: [{location: s.sh, timeout: 31}]}\nfiles:\npermissions:",
    "hooks: {AfterInstall: [{location: s.sh, timeout: 31}]}\nfiles: []\npermissions: []\nnothing: null",
]


@pytest.mark.parametrize("text", ACCEPTED_BY_BOTH_LINES)
def test_what_both_lines_of_the_agent_accept(text: str) -> None:
    appspec = appspec_from_text(f"version: 00\nos: linux\n{text}\n")
    assert parsed(appspec)["hooks"] == {"AfterInstall": [["s.sh", None, None, 31]]}


REFUSED_BY_ONE_LINE = [
    *(f"{section}: {null}" for section in ("files", "hooks", "permissions") for null in ("null", "~", "Null", "NULL")),
    '"files": null',
    "!x files: !y null",
    "hooks: {<<: {AfterInstall: [{location: s.sh}]}}",
    "hooks: {AfterInstall: [], '<<': {}}",
    "<<: {file_exists_behavior: overwrite}",
    "file_exists_behavior: RETAIN\n<<: {file_exists_behavior: overwrite}",
    "hooks: {AfterInstall: [{<<: {timeout: 0}, location: s.sh}]}",
    "hooks: {AfterInstall: [{location: s.sh, timeout: 9, <<: {timeout: 0}}]}",
    "permissions: [{object: /x, <<: {mode: 999}}]",
]


@pytest.mark.parametrize("text", REFUSED_BY_ONE_LINE)
def test_what_one_line_of_the_agent_refuses(text: str) -> None:
    with pytest.raises(AppSpecError):
        appspec_from_text(f"version: 0.0\nos: linux\n{text}\n")


def test_a_yaml_error_never_quotes_the_text() -> None:
    with pytest.raises(psych.UnreadableYaml) as caught:
        psych.load("region: us-east-1\naws_secret_access_key: 'TOPSECRET\n")
    assert "TOPSECRET" not in str(caught.value)
    assert "line" in str(caught.value)


def test_setfacl_gets_the_base_entries_too() -> None:
    entries = (entry_from_text("u:bob:rw"), entry_from_text("d:g:staff:7"))
    assert [str(entry) for entry in full_acl(entries, 0o751)] == [
        "user:bob:rw-",
        "default:group:staff:rwx",
        "user::rwx",
        "group::r-x",
        "other::--x",
        "mask::r-x",
        "default:user::rwx",
        "default:group::r-x",
        "default:other::--x",
        "default:mask::r-x",
    ]
