# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hostile and random input: a verdict always, a traceback never, and the work is bounded."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import Platform, Verdict, check_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.yaml_source import MAX_BYTES
from unit.appspec_tables import SERVER, SHELL, bundle_with

PLATFORMS: tuple[Platform, ...] = ("server", "lambda", "ecs")
# The bounds keep a check below a second on an ordinary machine. Here only what is not bounded at all may show.
DEADLINE = 60.0

FULL = MAX_BYTES - 1000
HOSTILE = {
    "deep flow": "[" * FULL,
    "deep flow mappings": "{a: " * (FULL // 4),
    "deep block": "".join(f"{' ' * level}a:\n" for level in range(450)),
    "deep dashes": "- " * (FULL // 2),
    "deep questions": "? " * (FULL // 2),
    "a huge word": "version: " + "a" * FULL,
    "a huge quoted text": "version: '" + "a" * FULL + "'",
    "a huge text of line breaks": 'version: "' + "\n" * FULL + '"',
    "a huge number": "version: " + "9" * FULL,
    "a huge timeout": f"{SERVER}hooks: {{AfterInstall: [{{location: a, timeout: '{'9' * FULL}'}}]}}",
    "a huge key": "a" * FULL + ": b",
    "a huge event": f"{SERVER}hooks:\n  ? {'AfterInstall' * (FULL // 12)}\n  : []",
    "a huge acl": f"{SERVER}permissions: [{{object: a, acls: ['{'u:' * (FULL // 2)}']}}]",
    "a huge range": f"{SERVER}permissions: [{{object: a, context: {{type: t, range: 's0:{'c0.c1023,' * (FULL // 9)}'}}}}]",
    "many values": "[" + "a," * (FULL // 2) + "]",
    "many wrong keys": SERVER + "".join(f"fils{number}: a\n" for number in range(4000)),
    "many wrong events": SERVER + "hooks:\n" + "".join(f"  AfterInstal{number}: []\n" for number in range(4000)),
    "many scripts": f"{SERVER}hooks:\n  AfterInstall:\n" + "  - {location: a.sh, timeout: 9}\n" * 1900,
    "many permissions": f"{SERVER}files: [{{source: /, destination: /o}}]\npermissions:\n" + "- {object: /o, pattern: '*a*b*c'}\n" * 1900,
    "many stars": f"{SERVER}files: [{{source: /, destination: /o}}]\npermissions: [{{object: /o, pattern: '{'*a' * (FULL // 2)}'}}]",
    "a deep destination": f"{SERVER}files: [{{source: /, destination: '{'/a' * (FULL // 2)}'}}]",
    "a deep source": f"{SERVER}files: [{{source: '{'a/' * (FULL // 2)}', destination: /}}]",
    "a deep location": f"{SERVER}hooks: {{AfterInstall: [{{location: '{'a/' * (FULL // 2)}'}}]}}",
    "a deep object": f"{SERVER}permissions: [{{object: '{'/a' * (FULL // 2)}'}}]",
    "many deep destinations": f"{SERVER}files:\n" + f"- {{source: /, destination: {'/a' * 2000}}}\n" * 30,
    "many exceptions": f"{SERVER}files: [{{source: /, destination: /o}}]\npermissions: [{{object: /o, mode: 9, except: [{'b,' * 9900}c]}}]",
    "an alias bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "an alias to itself": "a: &a [*a]\n",
    "many anchors": "".join(f"k{number}: &a{number} x\n" for number in range(4500)),
    "many documents": "---\n" * (FULL // 4),
    "many directives": "%A b\n" * (FULL // 5),
    "many comments": "#\n" * (FULL // 2),
    "many blanks": " " * FULL,
    "many tags": "!a " * (FULL // 3),
    "objects": "a: !!python/object/apply:os.system ['true']\n",
}  # fmt: skip


def verdict_of(content: Any, platform: Platform) -> Verdict:
    """The verdict on CONTENT, which must be given within the deadline."""
    found: list[Verdict] = []
    bundle = bundle_with({"appspec.yml": b"", "a.sh": SHELL, "a/b": b""})
    check = threading.Thread(target=lambda: found.append(check_appspec(content, platform, bundle)), daemon=True)
    check.start()
    check.join(DEADLINE)
    assert found, "the check raised an error or did not end"
    return found[0]


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """PyYAML with libyaml, and as it is where it was built without."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    return str(request.param)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_a_verdict(name: str) -> None:
    for platform in PLATFORMS:
        verdict = verdict_of(HOSTILE[name], platform)
        assert verdict.problems
        json.dumps(verdict.appspec, allow_nan=False)


def test_a_deep_mapping_gets_a_verdict() -> None:
    deep: dict[str, Any] = {}
    for _level in range(10_000):
        deep = {"a": deep}
    assert [problem.rule for problem in verdict_of(deep, "server").problems] == ["too-deep"]


def test_both_parsers_read_the_same(parser: str) -> None:
    text = f"{SERVER}files:\n  - source: /\n    destination: '/opt/ü'\nhooks: {{AfterInstall: [{{location: a.sh}}]}}\n"
    verdict = check_appspec(text)
    assert (verdict.problems, verdict.appspec["files"]) == ((), [{"source": "/", "destination": "/opt/ü"}]), parser


YAML_TEXT = st.text(
    st.sampled_from("abc01:-?[]{}&*!|>'\"%@`#,. \n\t~<=\x00\x85\u2028\ufeffé\U0001f600\udcff"), max_size=80
)
ANY_LINE = [
    "version: 0.0", "os: linux", "os: windows", "files:", "  - source: a", "    destination: /o", "hooks:", "  AfterInstall:",
    "    - location: a.sh", "      timeout: .inf", "permissions:", "  - object: /o", "    mode: 0644", "    acls: [a]", "    context:",
    "Resources:", "  - f:", "      Type: AWS::Lambda::Function", "      Properties:", "        TargetVersion: 0b1", "Hooks:", "- a", "- ",
    "? a", ": b", "&a b: *a", "<<: {}", "!!int a", "{", "]", "---", "...", "'", "|", "%YAML 1.2",
]  # fmt: skip
LINES = st.lists(st.sampled_from(ANY_LINE), max_size=20).map("\n".join)
NAMES = [
    "version", "os", "files", "source", "destination", "hooks", "AfterInstall", "location", "timeout", "sudo", "runas", "permissions",
    "object", "type", "mode", "acls", "context", "range", "Resources", "Type", "Properties", "TaskDefinition", "LoadBalancerInfo",
    "NetworkConfiguration", "CapacityProviderStrategy", "CurrentVersion", "Hooks",
]  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["/o", "a.sh"])
)
KEYS = st.sampled_from(NAMES) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(YAML_TEXT | LINES, st.sampled_from(PLATFORMS))
def test_any_text_gets_a_verdict(text: str, platform: Platform) -> None:
    verdict = verdict_of(text, platform)
    json.dumps(verdict.appspec, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES), st.sampled_from(PLATFORMS))
def test_any_mapping_gets_a_verdict(appspec: dict[str, Any], platform: Platform) -> None:
    verdict = verdict_of(appspec, platform)
    json.dumps(verdict.appspec, allow_nan=False)
