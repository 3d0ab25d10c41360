# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Install would do, against the Install plan of the emulator's stand-in agent, on an empty host."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import check_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.installation import _matches
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.rules import RULES
from emulator.hosts.agent.appspec import appspec_from_text
from emulator.hosts.agent.instructions import InstallError
from emulator.hosts.agent.plan import plan_installation
from unit.appspec_tables import SERVER, bundle_with

TREE = {"appspec.yml": b"", "a/x": b"", "a/sub/y": b"", "a/sub/deep/z": b"", "b/x": b"", "b/sub": b"", "x": b""}

SOURCES = st.sampled_from(["/", ".", "a", "/a/", "a/sub", "a/x", "b", "b/sub", "x", "./a/../b"])
# No object is above the parent of a destination: whether Install makes that parent depends on the host.
DESTINATIONS = st.sampled_from(["/o", "/o/", "/o/x", "/o/sub", "/o/../p", "/p", "/p/a"])
OBJECTS = st.sampled_from(["/o", "/o/", "/o/x", "/o/sub", "/o/sub/deep", "/p", "/p/../o"])
FILES = st.lists(st.tuples(SOURCES, DESTINATIONS), max_size=3)
PERMISSIONS = st.lists(
    st.fixed_dictionaries(
        {"object": OBJECTS},
        optional={
            "pattern": st.sampled_from(["'**'", "'*'", "x", "'*u*'"]),
            "except": st.sampled_from(["[]", "[x]", "['s*']"]),
            "type": st.sampled_from(["[file]", "[directory]", "[]", "[file, directory]"]),
            "acls": st.sampled_from(["[]", "['d:u:bob:r']", "['u:bob:r']"]),
        },
    ),
    max_size=2,
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    root = tmp_path_factory.mktemp("archive")
    for name, content in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def stand_in_refuses(text: str, archive: pathlib.Path) -> bool:
    host = archive.parent / "empty-host"
    host.mkdir(exist_ok=True)
    try:
        plan_installation(appspec_from_text(text), archive, host, "DISALLOW")
    except InstallError:
        return True
    return False


@settings(max_examples=300, deadline=None)
@given(files=FILES, permissions=PERMISSIONS)
def test_check_and_stand_in_agent_agree_on_any_installation(
    files: list[tuple[str, str]], permissions: list[dict[str, Any]], archive: pathlib.Path
) -> None:
    mappings = "".join(f"  - {{source: {source}, destination: {place}}}\n" for source, place in files)
    given_permissions = "".join(
        f"  - {{{', '.join(f'{name}: {value}' for name, value in one.items())}}}\n" for one in permissions
    )
    text = f"{SERVER}files:\n{mappings}permissions:\n{given_permissions}"
    problems = check_appspec(text, bundle=bundle_with(TREE)).problems
    refused = any(RULES[problem.rule].stage == "install" and 1 in RULES[problem.rule].refuse for problem in problems)
    assert refused == stand_in_refuses(text, archive)


@pytest.mark.parametrize(
    ("pattern", "names", "others"),
    [
        ("*", ["a", ""], ["a/b"]),
        ("a", ["a"], ["ab", ""]),
        ("*.sh", [".sh", "a.sh"], ["a.sh.bak", "sh"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["ac", "acb", "xabc"]),
        ("a*b*b", ["abb", "abxb"], ["ab"]),
        ("*ab*b*", ["abb", "xabxb"], ["ab", "bab"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("**", ["a"], ["a/b"]),
        ("[ab]", ["[ab]"], ["a"]),
    ],
)
def test_only_the_star_is_special_in_a_pattern(pattern: str, names: list[str], others: list[str]) -> None:
    assert [_matches(name, pattern) for name in names] == [True] * len(names)
    assert [_matches(name, pattern) for name in others] == [False] * len(others)
