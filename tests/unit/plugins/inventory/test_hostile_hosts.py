# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory `hosts` where those who name and tag instances mean harm: it names no host, group or connection after what they want, and stays
readable for everybody else."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from emulator import Emulator, Fault
from emulator.http import refusals
from unit.inventories import NAME, is_template, read_inventory
from unit.scenarios import MODULE_ACCESS_KEY, MODULE_SECRET_KEY, module_actions

Read = t.Callable[..., InventoryData]

ESCAPES = "\x1b]0;owned\x07\x9b2J\u202egone\u2028"


@pytest.fixture
def read(emulator: Emulator, tmp_path: pathlib.Path) -> Read:
    """What Ansible makes of a file with the options given, in an inventory that other files have begun."""

    def read(into: InventoryData | None = None, **options: t.Any) -> InventoryData:
        file = tmp_path / "my.codedeploy.yml"
        connection = {
            "endpoint_url": emulator.endpoint,
            "access_key": MODULE_ACCESS_KEY,
            "secret_key": MODULE_SECRET_KEY,
            "region": "us-east-1",
        }
        file.write_text(yaml.safe_dump({"plugin": NAME, **connection, **options}))
        return read_inventory(file, into=into)

    return read


def warned(capsys: pytest.CaptureFixture[str]) -> str:
    """All that was shown, as one line."""
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    assert not [each for each in shown if not each.isprintable() and each != "\n"]
    return " ".join(shown.split())


def test_the_next_name_counts(read: Read, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.simulate("a", tags={"Name": "-oProxyCommand=id", "role": "web-1"})
    emulator.simulate("b", tags={"Name": ESCAPES, "role": "LOCALHOST"})
    emulator.simulate("c@d", tags={"Name": "all"})
    found = read(hostnames=["tag:Name", "tag:role"])
    assert {name: host.vars["codedeploy_instance_name"] for name, host in found.hosts.items()} == {
        "web-1": "a",
        "b": "b",
    }
    shown = warned(capsys)
    assert (
        "hostnames: tag:Name of 'a' in us-east-1 cannot name a host: '-oProxyCommand=id' does not consist of letters"
        in shown
    )
    assert "tag:role of 'b' in us-east-1 cannot name a host: 'LOCALHOST' is the controller itself" in shown
    assert "hostnames: 'c@d' in us-east-1 is skipped" in shown


def test_a_host_is_not_called_like_a_group_of_this_file_or_another(read: Read, emulator: Emulator) -> None:
    emulator.simulate("a", tags={"Name": "databases"})
    emulator.simulate("b", tags={"Name": "shared", "role": "x"})
    emulator.simulate("c", tags={"Name": "tag_x"})
    emulator.simulate("d", tags={"Name": "static", "role": "all"})
    others = InventoryData()
    others.add_group("databases")
    found = read(
        others,
        hostnames=["tag:Name"],
        groups={"shared": "codedeploy_tags.role is defined", "static": "true"},
        keyed_groups=[{"key": "codedeploy_tags.role", "prefix": "tag"}],
    )
    assert sorted(found.hosts) == ["a", "b", "c", "d"]
    groups = found.get_groups_dict()
    assert (groups["databases"], groups["shared"], groups["tag_x"]) == ([], ["b", "d"], ["b"])
    assert sorted(groups["static"]) == ["a", "b", "c", "d"]
    assert found.groups["shared"].vars == found.groups["databases"].vars == {}


def test_a_group_is_not_called_like_a_host_or_what_ansible_has(
    read: Read, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = {
        "a": "all",
        "b": "bastion",
        "c": "localhost",
        "d": "roles",
        "e": "top",
        "f": "x {{ 1 }}\n",
        "g": "ungrouped",
    }
    for name, role in roles.items():
        emulator.simulate(name, tags={"role": role})
    others = InventoryData()
    others.add_host("bastion")
    others.add_group("top")
    others.add_group("roles")
    others.add_child("top", "roles")
    keyed = {"key": "codedeploy_tags.role", "separator": "", "parent_group": "roles"}
    found = read(others, keyed_groups=[keyed])
    assert sorted(found.hosts) == ["a", "b", "bastion", *"cdefg"]
    groups = found.get_groups_dict()
    assert "bastion" not in groups and "localhost" not in groups
    assert sorted(groups["roles"]) == ["d", "f"]
    assert sorted(groups["top"]) == ["d", "e", "f"]
    shown = warned(capsys)
    for role, problem in (
        ("all", "is a predefined group of Ansible; the host 'a' is not added to it"),
        ("bastion", "is the name of a host; the host 'b' is not added to it"),
        ("localhost", "is the controller itself; the host 'c' is not added to it"),
        ("top", "cannot be a group in 'roles'"),
    ):
        assert f"keyed_groups: {role!r} {problem}" in shown


CONNECTIONS: list[tuple[str, str, str, t.Any]] = [
    ("ansible_host", "codedeploy_tags.evil", "10.0.0.9", "10.0.0.9"),
    ("ansible_host", "codedeploy_tags.evil", "-oProxyCommand=id", None),
    ("ansible_host", "codedeploy_tags.evil", "127.1", None),
    ("ansible_host", "codedeploy_tags.evil", "a/b", None),
    ("ansible_host", "codedeploy_tags.evil | default(codedeploy_instance_name)", "a b", "host"),
    ("ansible_host", "codedeploy_tags.evil ~ '.example.com'", "web\n", None),
    ("ansible_host", "codedeploy_tags.evil and '127.0.0.1'", "x", None),
    ("ansible_ssh_host", "codedeploy_tags.evil", "localhost", None),
    ("ansible_user", "codedeploy_tags.evil", "admin", "admin"),
    ("ansible_user", "codedeploy_tags.evil", 'x" ProxyCommand="id', None),
    ("ansible_user", "codedeploy_tags.keys() | first", "x", "evil"),
    ("ansible_port", "codedeploy_tags.evil", "22 -oX", None),
    ("ansible_connection", "codedeploy_tags.evil", "winrm", "winrm"),
    ("ansible_connection", "codedeploy_tags.evil", "local", None),
    ("ansible_connection", "'local'", "x", "local"),
    (
        "ansible_ssh_common_args",
        "'-o ProxyCommand=\"go ' ~ codedeploy_tags.evil ~ '\"'",
        "eu-1",
        '-o ProxyCommand="go eu-1"',
    ),
    ("ansible_ssh_common_args", "'-o ProxyCommand=\"go ' ~ codedeploy_tags.evil ~ '\"'", "; id", None),
    ("note", "codedeploy_tags.evil ~ '!'", "{{ 1 }} ; id", "{{ 1 }} ; id!"),
]


@pytest.mark.parametrize(("variable", "expression", "tag", "expected"), CONNECTIONS)
def test_connection_variables_hold_plain_words(
    read: Read,
    emulator: Emulator,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    expression: str,
    tag: str,
    expected: t.Any,
) -> None:
    emulator.simulate("host", tags={"evil": tag})
    found = read(compose={variable: expression})
    assert found.hosts["host"].vars.get(variable) == expected
    assert (f"compose: {variable} of the host 'host' is not" in warned(capsys)) is (expected in (None, "host"))


def test_what_a_file_says_itself_is_its_authors_decision(read: Read, emulator: Emulator) -> None:
    emulator.simulate("host")
    composed = {"ansible_host": "'127.0.0.1'", "ansible_port": "codedeploy_tags.port | default(2222)"}
    told = read(compose=composed).hosts["host"].vars
    assert (told["ansible_host"], int(told["ansible_port"])) == ("127.0.0.1", 2222)


def test_what_other_files_have_said_of_a_host_still_counts(read: Read, emulator: Emulator) -> None:
    emulator.simulate("host")
    others = InventoryData()
    others.add_group("racks")
    others.add_host("host", "racks")
    others.set_variable("host", "rack", "r1")
    found = read(others, groups={"mine": "'racks' in group_names"}, keyed_groups=[{"key": "rack", "prefix": "in"}])
    assert {name for name, hosts in found.get_groups_dict().items() if hosts} == {"racks", "mine", "in_r1"}


def test_a_cache_is_checked_like_an_answer(read: Read, emulator: Emulator, tmp_path: pathlib.Path) -> None:
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    emulator.simulate("host", tags={"key": "value"})
    read(**cache)
    (file,) = (tmp_path / "cache").iterdir()
    # ansible-core 2.19 and newer wrap what is cached, and mark in it what is a template; before, all is one that nobody marks as unsafe.
    written = json.loads(file.read_text())
    is_wrapped = "__payload__" in written
    (kept,) = json.loads(written["__payload__"]) if is_wrapped else written

    def found_in(records: t.Any) -> InventoryData:
        file.write_text(json.dumps({**written, "__payload__": json.dumps(records)} if is_wrapped else records))
        emulator.calls.clear()
        return read(**cache)

    for evil in ("-oProxyCommand=id", "localhost", "{{ 1 }}"):
        assert found_in([{**kept, "instance_name": evil}]).hosts == {}
        assert module_actions(emulator) == []
    trusted = {
        "value": "{{ 6 * 7 }}",
        "tags": [{"__ansible_type": "TrustedAsTemplate"}],
        "__ansible_type": "_AnsibleTaggedStr",
    }
    tag = trusted if is_wrapped else trusted["value"]
    told = found_in([{**kept, "tags": {"key": tag}}]).hosts["host"].vars["codedeploy_tags"]
    assert module_actions(emulator) == []
    assert told == {"key": "{{ 6 * 7 }}"}
    assert not is_template(told["key"])
    for broken in ([1], {"a": 1}, [{**kept, "tags": None}]):
        assert sorted(found_in(broken).hosts) == ["host"]
        assert module_actions(emulator)
        emulator.calls.clear()
        assert sorted(read(**cache).hosts) == ["host"]
        assert module_actions(emulator) == []


def test_many_warnings_are_counted(read: Read, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.simulate([f"h{number}" for number in range(30)], tags={"Name": "a b"})
    read(hostnames=["tag:Name"])
    shown = warned(capsys)
    assert shown.count("cannot name a host") == 20
    assert "10 more names, hosts, groups or variables were skipped; use -v to list them" in shown


def test_an_error_of_aws_is_printable(read: Read, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(refusals._TEXTS, "expired_token", ESCAPES)
    emulator.faults.add(Fault("expired_token", "codedeploy:ListOnPremisesInstances"))
    with pytest.raises(AnsibleError) as raised:
        read()
    assert "\\x1b]0;owned\\x07\\x9b2J\\u202egone\\u2028" in str(raised.value)
    assert ESCAPES not in str(raised.value)
