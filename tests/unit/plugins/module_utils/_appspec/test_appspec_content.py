# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.content import (
    bundled_appspec,
    content_member,
    text_from_mapping,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

APPSPEC = {"version": 0.0, "os": "linux", "files": [{"source": "/", "destination": "/opt/größe"}]}


def test_a_mapping_becomes_yaml_that_says_the_same_whatever_its_order() -> None:
    text = text_from_mapping(APPSPEC)
    assert yaml.safe_load(text) == APPSPEC
    assert '"version": 0.0' in text
    assert "/opt/größe" in text
    assert text_from_mapping(dict(reversed(APPSPEC.items()))) == text


def test_the_appspec_of_a_bundle_is_a_mapping_or_a_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "production.yml").write_bytes(b"version: 0.0\n")
    assert bundled_appspec(None) is None
    assert bundled_appspec(APPSPEC) == text_from_mapping(APPSPEC).encode()
    assert bundled_appspec(str(tmp_path / "production.yml")) == b"version: 0.0\n"


def test_a_file_that_is_too_large_for_an_appspec_is_refused(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "appspec.yml"
    file.write_bytes(b"#" * 131_072)
    assert bundled_appspec(str(file)) == b"#" * 131_072
    file.write_bytes(b"#" * 131_073)
    with pytest.raises(InvalidOption, match=r"appspec: '.*' has more than 128 KiB, so it is not an AppSpec"):
        bundled_appspec(str(file))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_content_comes_with_its_digest(tmp_path: pathlib.Path) -> None:
    (tmp_path / "appspec.json").write_text("{}")
    text = text_from_mapping(APPSPEC)
    for given, content in (
        ({"content": "version: 0.0\n", "path": None, "sha256": None}, "version: 0.0\n"),
        ({"content": "version: 0.0\n", "sha256": digest("version: 0.0\n")}, "version: 0.0\n"),
        ({"content": APPSPEC}, text),
        ({"path": str(tmp_path / "appspec.json")}, "{}"),
    ):
        assert content_member("revision.string", given) == {"content": content, "sha256": digest(content)}
    assert content_member("revision.string", {"content": None, "sha256": "ab"}) == {"sha256": "ab"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"content": "a", "sha256": "b"},
            r"revision\.string\.sha256: 'b' does not match the content, whose digest is 'ca97",
        ),
        ({"content": ["a"]}, r"revision\.string\.content: \['a'\] is neither a mapping nor a string"),
        ({"path": "/nowhere"}, r"revision\.string\.path: '/nowhere' cannot be read: No such file"),
        ({"path": "/bin/true"}, r"revision\.string\.path: the file is not UTF-8"),
    ],
)
def test_a_content_that_is_none_is_named(given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        content_member("revision.string", given)


@pytest.mark.parametrize(
    ("given", "message"), [("/nowhere", "appspec: '/nowhere' cannot be read"), (7, "appspec: 7 is")]
)
def test_an_appspec_that_is_none_is_named(given: t.Any, message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        bundled_appspec(given)
