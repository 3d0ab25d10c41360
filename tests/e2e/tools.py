# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the set-up, and what ansible-doc tells of the collection."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess
import sys
import typing as t

from .playbooks import COLLECTIONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(sys.executable).parent
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))


def tool(name: str, *arguments: str, **options: t.Any) -> str:
    """What the TOOL of the set-up prints; fails with its output if it fails."""
    run = subprocess.run([TOOLS / name, *arguments], capture_output=True, text=True, check=False, **options)
    assert run.returncode == 0, f"{name}: {run.stdout}{run.stderr}"
    return run.stdout


@functools.cache
def documentation() -> dict[str, dict[str, t.Any]]:
    """What ansible-doc knows of each module of the collection."""
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    names = [f"slipway.codedeploy.{name}" for name in MODULES]
    return t.cast("dict[str, dict[str, t.Any]]", json.loads(tool("ansible-doc", "--json", *names, env=environment)))
