# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which text from AWS names a host, a group, or says how to reach a host."""

from __future__ import annotations

import ipaddress
import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.plugin_utils._host_names import (
    problem_with_address,
    problem_with_group,
    problem_with_name,
    problem_with_variable,
    words_of,
)
from ansible_collections.slipway.codedeploy.plugins.plugin_utils._hosts import are_records, hosts_from_records

PLAIN = (
    "web-1",
    "web_1",
    "_web",
    "WEB.example.com",
    "web.example.com.",
    "i-0123456789abcdef0",
    "10.0.0.1",
    "128.0.0.1",
    "42",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "localhostess",
    "my-localhost",
    "allied",
    "x" * 253,
)
ODD = (
    "",
    "-",
    "-web",
    "-oProxyCommand=touch /tmp/x",
    "--",
    ".",
    "..",
    ".ssh",
    "../group_vars/all",
    "a/b",
    "a\\b",
    "web 1",
    " web",
    "web\n",
    "web\nansible_connection=local",
    "web\r",
    "web\t1",
    "web\x00",
    "\x1b[2Jweb",
    "\x9b2Jweb",
    "we\u202eb",
    "web\u2028",
    "w\u00e9b",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",
    "\u0663",
    "{{ 7 * 7 }}",
    "{{ lookup('pipe', 'id') }}",
    "{% set x = 1 %}",
    "{# x #}",
    "!unsafe",
    "~web.*",
    "web*",
    "web[1:3]",
    "web,db",
    "web:db",
    "web:22",
    "!web",
    "&web",
    "@web",
    "root@web",
    "ssh://web",
    "web%h",
    "fe80::1%lo",
    "fe80::1%lo -oX",
    "[::1]",
    "[2001:db8::1]:22",
    "$(id)",
    "`id`",
    "web;id",
    "web|id",
    "web#",
    "web'",
    'web"',
    "a=b",
    "a+b",
    "\ud800",
    "x" * 254,
)
OWN = (
    "localhost",
    "LocalHost",
    "localhost.",
    "localhost.localdomain",
    "localhost4",
    "localhost6.localdomain6",
    "ip6-localhost",
    "IP6-Loopback",
    "loopback",
    "web.localhost",
    "127.0.0.1",
    "127.0.0.1.",
    "127.8.9.10",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7F.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0",
    "0.0.0.0",  # noqa: S104
    "0x0",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::0001",
    "::",
    "::ffff:127.0.0.1",
    "::FFFF:7f00:2",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "::ffff:0.0.0.0",
)


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_plain_names_a_host(name: str) -> None:
    assert problem_with_name(name, {"web"}) is None


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_what_is_not_plain_does_not(name: str) -> None:
    assert "does not consist of letters" in str(problem_with_name(name, ()))
    assert problem_with_address(name) == problem_with_variable("ansible_ssh_host", name) == problem_with_name(name, ())


@pytest.mark.parametrize("name", OWN)
def test_the_controller_is_no_host_by_any_spelling(name: str) -> None:
    assert problem_with_address(name) == problem_with_name(name, ()) == "is the controller itself"


@pytest.mark.parametrize("name", ["all", "ungrouped", "All", "web"])
def test_a_group_is_no_host(name: str) -> None:
    assert problem_with_name(name, {"web"}) == "is the name of a group"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("tag_web", None),
        ("all", "is a predefined group of Ansible"),
        ("ungrouped", "is a predefined group of Ansible"),
        ("localhost", "is the controller itself"),
        ("host", "is the name of a host"),
    ],
)
def test_groups(name: str, problem: str | None) -> None:
    assert problem_with_group(name, {"host"}) == problem


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9a-fx.:-]{1,20}", fullmatch=True)))
def test_a_name_is_one_argument_and_one_file_and_never_loopback(name: str) -> None:
    if problem_with_name(name, ()) is not None:
        return
    assert name.isascii()
    assert not re.search(r"[^A-Za-z0-9_.:-]", name)
    assert name[0] not in "-."
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        assert ":" not in name
    else:
        assert not address.is_loopback and not address.is_unspecified


@given(st.integers(0, 2**24 - 1), st.sampled_from(["{}", "{:#x}", "0{:o}"]))
def test_loopback_in_any_base(host: int, base: str) -> None:
    assert problem_with_address(base.format((127 << 24) + host)) == "is the controller itself"


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("ansible_host", "web-1.example.com", False),
        ("ansible_ssh_host", "127.0.0.1", True),
        ("ansible_host", None, True),
        ("ansible_connection", "ssh", False),
        ("ansible_connection", "community.aws.aws_ssm", False),
        ("ansible_connection", "local", True),
        ("ansible_connection", "ansible.builtin.local", True),
        ("ansible_connection", "community.general.chroot", True),
        ("ansible_user", "admin", False),
    ],
)
def test_how_a_host_is_reached(name: str, value: t.Any, refused: bool) -> None:
    assert (problem_with_variable(name, value) is not None) is refused


def test_connection_variables_are_made_of_words() -> None:
    given_values = {
        "tags": {
            "user": "admin@example.com",
            "args": "-oProxyCommand=id",
            "-k": "x",
            "list": ["/usr/bin/python3", "a b"],
        },
        "port": 22,
        "log": "line\nline",
        "gone": None,
    }
    tags = {"user": "admin@example.com", "list": ["/usr/bin/python3"]}
    assert words_of(given_values) == {"tags": tags, "port": 22, "gone": None}


def record(name: str, **tags: t.Any) -> dict[str, t.Any]:
    return {"instance_name": name, "region": "us-east-1", "tags": tags}


def test_the_next_name_counts_and_who_has_none_is_left_out() -> None:
    records = [
        record("a", Name="-oX", role="web-1"),
        record("b", Name=["{{ x }}", "web-2"]),
        record("c+d", Name="web"),
        record("e", Name="web-3"),
    ]
    hosts, warnings = hosts_from_records(records, ["tag:Name", "tag:role"], {"web"})
    assert {name: variables["codedeploy_instance_name"] for name, variables in hosts.items()} == {
        "web-1": "a",
        "b": "b",
        "web-3": "e",
    }
    assert [text.partition(" does not consist")[0] for text in warnings] == [
        "hostnames: tag:Name of 'a' in us-east-1 cannot name a host: '-oX'",
        "hostnames: tag:Name of 'b' in us-east-1 cannot name a host: '{{ x }}'",
        "hostnames: tag:Name of 'c+d' in us-east-1 cannot name a host: 'web' is the name of a group",
        "hostnames: its name in CodeDeploy of 'c+d' in us-east-1 cannot name a host: 'c+d'",
        "hostnames: 'c+d' in us-east-1 is skipped, since none of its names can be used; give it a tag with a valid name",
    ]


@given(st.text(min_size=1), st.text())
def test_warnings_hold_no_control_characters(name: str, tag: str) -> None:
    _hosts, warnings = hosts_from_records([record(name, Name=tag)], ["tag:Name"], ())
    assert all(text.isprintable() for text in warnings)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        ["a"],
        [{}],
        [{"region": "us-east-1", "tags": {}}],
        [{**record("a"), "tags": "Name"}],
        [{**record("a"), "region": None}],
        [record("a", Name={"__ansible_vault": "x"})],
        [record("a", Name=[1])],
        [{**record("a"), "private_ip_address": {"x": 1}}],
    ],
)
def test_a_cache_that_holds_something_else_is_no_records(kept: t.Any) -> None:
    assert not are_records(kept)
    assert are_records([record("a", Name="x", role=["y"])])
