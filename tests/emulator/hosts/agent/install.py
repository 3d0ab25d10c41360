# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install: takes away what the group's previous revision installed, then installs the new one (observed with host agent 1.8.1)."""

from __future__ import annotations

import json
from pathlib import Path

from .appspec import AppSpec
from .containment import confined_entry
from .instructions import CONTEXT_MARK, InstallError, run_tool
from .layout import Layout
from .plan import plan_installation
from .psych import text_from


def install(
    appspec: AppSpec, archive: Path, group: str, layout: Layout, host_root: Path, file_exists_behavior: str
) -> None:
    """Installs the revision in `archive`; raises InstallError, OutsideError or OSError, with what was made so far in the cleanup file."""
    cleanup_file = layout.cleanup_file(group)
    cleanup_file.parent.mkdir(parents=True, exist_ok=True)
    _remove_previous(cleanup_file, host_root)
    instructions = plan_installation(appspec, archive, host_root, file_exists_behavior)
    steps = {"instructions": [instruction.as_dict() for instruction in instructions]}
    layout.install_file(group).write_text(json.dumps(steps, default=text_from), encoding="utf-8")
    with cleanup_file.open("w", encoding="utf-8", errors="surrogateescape", buffering=1) as cleanup:
        for instruction in instructions:
            instruction.carry_out(host_root, lambda line: print(line, file=cleanup))


def _remove_previous(cleanup_file: Path, host_root: Path) -> None:
    if not cleanup_file.exists():
        return
    # A last line without its end was being written when the agent died; it may be half a path.
    text = cleanup_file.read_text(encoding="utf-8", errors="surrogateescape").rpartition("\n")[0]
    for line in reversed(text.split("\n") if text else []):
        if line.startswith(CONTEXT_MARK):
            _remove_context(line[len(CONTEXT_MARK) :])
        else:
            _remove(confined_entry(host_root, Path(line)))
    cleanup_file.unlink()


def _remove_context(file: str) -> None:
    try:
        run_tool("context", ["semanage", "fcontext", "-d", file])
    except InstallError:
        # The rule may be gone already; the real agent does not look at the result either.
        return


def _remove(path: Path) -> None:
    """Removes a file, a link or an empty directory; one that holds something else stays."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir() and not any(path.iterdir()):
        path.rmdir()
