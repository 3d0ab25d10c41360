# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles for the stand-in agent's tests, well-formed and hostile."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import Literal

TarMode = Literal["w", "w:gz"]
APPSPEC = "version: 0.0\nos: linux\n"


def script(text: str) -> str:
    """A shell script of these lines."""
    return f"#!/bin/sh\n{text}\n"


def appspec_with_hooks(**hooks: str) -> str:
    """An AppSpec in which each event runs one script: event name to the script's YAML flow mapping, or its location."""
    lines = [f"  {event}:\n    - {_flow(value)}\n" for event, value in hooks.items()]
    return APPSPEC + ("hooks:\n" + "".join(lines) if lines else "")


def _flow(value: str) -> str:
    return value if value.startswith("{") else f"{{location: {value}}}"


def tar_bundle(files: Mapping[str, str], mode: TarMode = "w") -> bytes:
    """A tar of text files; names ending in .sh are executable. `mode` w:gz makes it a tgz."""
    return tar_of([(_tar_file(name), content.encode()) for name, content in files.items()], mode)


def _tar_file(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode = 0o755 if name.endswith(".sh") else 0o640
    info.mtime = 1_700_000_000
    return info


def tar_link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A link as an entry of a tar; `kind` tarfile.LNKTYPE makes it a hard one."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def tar_of(entries: Iterable[tuple[tarfile.TarInfo, bytes]], mode: TarMode = "w") -> bytes:
    """A tar of these entries, whatever they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_bundle(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> bytes:
    """A zip of text files and of symbolic links, made as on Linux."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, target)
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (0o100755 if name.endswith(".sh") else 0o100640) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def bundle_of(bundle_type: str, files: Mapping[str, str]) -> bytes:
    """The files as a bundle of type tar, tgz or zip."""
    return zip_bundle(files) if bundle_type == "zip" else tar_bundle(files, "w:gz" if bundle_type == "tgz" else "w")
