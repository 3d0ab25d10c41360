# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make hostile`: run every part, or those that are named, and say what came of its variants."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Callable

from hostile import answers


def tested(name: str) -> Callable[[], bool]:
    """What runs the tests of the file NAME, and returns whether they pass."""
    command = [sys.executable, "-m", "pytest", "-q", str(pathlib.Path(__file__).with_name(name))]
    return lambda: subprocess.run(command, check=False).returncode == 0


PARTS: dict[str, Callable[[], bool]] = {
    "answers": answers.main,
    "trees": tested("test_trees.py"),
    "archives": tested("test_archives.py"),
}
"""By name, what tries all variants of a part, prints what it found, and returns whether all is well."""


def main(names: list[str]) -> int:
    """Run the parts NAMES, all if there are none; 0 if all is well, 2 if there is no part of a name."""
    if unknown := set(names) - set(PARTS):
        print(f"no such part: {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    fine = {name: PARTS[name]() for name in names or PARTS}
    return int(not all(fine.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
