# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conversion of an AppSpec that a user gives as a mapping, a string or a file to the text that CodeDeploy or the host agent gets.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import typing as t

from .._bundle.files import read_regular
from .._validation import InvalidOption
from .yaml_source import MAX_BYTES

Member = dict[str, str]


def text_from_mapping(appspec: t.Mapping[str, t.Any]) -> str:
    """Return the mapping APPSPEC as JSON, which is also YAML; the same content always gives the same text."""
    return json.dumps(appspec, sort_keys=True, ensure_ascii=False, indent=2) + "\n"


def bundled_appspec(appspec: t.Any) -> bytes | None:
    """Return the content of appspec.yml that the option `appspec` (a mapping, or the path of a file) asks for; None if it is not set."""
    if appspec is None:
        return None
    if isinstance(appspec, t.Mapping):
        return text_from_mapping(appspec).encode()
    if not isinstance(appspec, str):
        raise InvalidOption(f"appspec: {appspec!r} is neither a mapping nor the path of a file; give one of them")
    return _read("appspec", appspec)


def content_member(option: str, given: t.Mapping[str, t.Any]) -> Member:
    """Return the member `app_spec_content` or `string` of a location, for which OPTION gives content, path or sha256: a content and its digest.

    Raise InvalidOption if the content cannot be read, or has another digest.
    """
    content = given.get("content")
    if isinstance(content, t.Mapping):
        content = text_from_mapping(content)
    elif given.get("path"):
        content = _decoded(option, _read(f"{option}.path", given["path"]))
    if content is None:
        return {"sha256": given["sha256"]}
    if not isinstance(content, str):
        raise InvalidOption(f"{option}.content: {content!r} is neither a mapping nor a string")
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    if given.get("sha256") not in (None, sha256):
        raise InvalidOption(
            f"{option}.sha256: {given['sha256']!r} does not match the content, whose digest is {sha256!r}"
        )
    return {"content": content, "sha256": sha256}


def _read(option: str, path: str) -> bytes:
    try:
        content = read_regular(pathlib.Path(path).expanduser(), MAX_BYTES + 1)
    except OSError as error:
        raise InvalidOption(f"{option}: {path!r} cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise InvalidOption(
            f"{option}: {path!r} has more than {MAX_BYTES // 1024} KiB, so it is not an AppSpec; use another file"
        )
    return content


def _decoded(option: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidOption(f"{option}.path: the file is not UTF-8: {error}") from error
