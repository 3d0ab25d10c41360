# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairs of ansible-core and amazon.aws, and the Python interpreters of this machine that they can run on."""

from __future__ import annotations

import functools
import os
import pathlib
import subprocess
import sys
import typing as t
from dataclasses import dataclass

import yaml

from e2e.playbooks import Installation

ROOT = pathlib.Path(__file__).resolve().parents[2]
MATRIX = ROOT / "requirements/versions.yml"
BUILD = ROOT / "build/versions"
# Other tests silence what newcomers should not have to read past; here each warning counts.
SETTINGS = {"ANSIBLE_DEPRECATION_WARNINGS": "True"}

# A shim of a version manager answers to every name; only what is asked tells which Python it is, if any.
QUESTION = "import sys, venv; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Pair:
    """An ansible-core and an amazon.aws, as requirements/versions.yml explains."""

    ansible_core: str
    amazon_aws: str
    wheel: str
    python: tuple[str, ...]
    required: bool
    unit_tests: bool

    @property
    def name(self) -> str:
        return f"ansible-core {self.ansible_core}, amazon.aws {self.amazon_aws}"

    @property
    def collections(self) -> pathlib.Path:
        """The folder of collections: this amazon.aws, and the checkout."""
        return BUILD / f"amazon.aws-{self.amazon_aws}"

    @property
    def interpreter(self) -> tuple[str, pathlib.Path] | None:
        """The version and the path of the Python to use; None if this machine has none that fits."""
        found = ((version, _interpreter(version)) for version in self.python)
        return next(((version, path) for version, path in found if path), None)

    @property
    def environment(self) -> pathlib.Path:
        """The folder of the pair's virtual environment."""
        version, _path = self.interpreter or (self.python[0], None)
        return BUILD / f"ansible-core-{self.ansible_core}-python{version}"

    @property
    def installation(self) -> Installation:
        return Installation(self.environment / "bin", self.collections, SETTINGS)


def all_pairs() -> list[Pair]:
    """The pairs, oldest first."""
    rows: list[dict[str, t.Any]] = yaml.safe_load(MATRIX.read_text())
    return [Pair(**{**row, "python": tuple(row["python"])}) for row in rows]


def advice(pair: Pair) -> str:
    """Say how to get PAIR tested."""
    return f"install Python {' or '.join(pair.python)}, on PATH or by pyenv or uv"


@functools.cache
def _interpreter(version: str) -> pathlib.Path | None:
    """The real interpreter of a Python VERSION such as 3.12; None if there is none."""
    candidates = [folder / f"python{version}" for folder in _folders()]
    return next((path for path in candidates if path.exists() and _version_of(path) == version), None)


def _folders() -> list[pathlib.Path]:
    """Where interpreters may lie: beside the one that runs this, on PATH, and where pyenv and uv put them."""
    home = pathlib.Path.home()
    managed = [
        *pathlib.Path(os.environ.get("PYENV_ROOT", home / ".pyenv")).glob("versions/*/bin"),
        *pathlib.Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python")).glob("*/bin"),
    ]
    on_path = [pathlib.Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return [pathlib.Path(sys.base_prefix) / "bin", *on_path, *sorted(managed)]


def _version_of(path: pathlib.Path) -> str | None:
    """The version of the Python at PATH, as it says; None if it is no Python, or cannot make environments."""
    try:
        asked = subprocess.run([path, "-c", QUESTION], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
