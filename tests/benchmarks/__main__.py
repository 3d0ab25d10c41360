# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks`: run the race, print the table, and store all of it as JSON."""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
import time

from .race import race
from .report import machine, record, table
from .services import ROOT


def main() -> None:
    """Measure; that a goal is missed is printed, and is no error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=3, help="pushes of each tree by each contestant (default: %(default)s)"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how much of each tree: 0.01 for a quick look (default: all)"
    )
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "bench", help="where the JSON goes")
    settings = parser.parse_args()
    if settings.rounds < 1 or not 0 < settings.scale <= 1:
        parser.error("--rounds must be at least 1, and --scale above 0 and at most 1")
    settings.output.mkdir(parents=True, exist_ok=True)
    facts = machine()
    with tempfile.TemporaryDirectory(dir=settings.output) as folder:
        results = race(pathlib.Path(folder), settings.scale, settings.rounds, _say)
    print(table(results, facts))
    file = settings.output / time.strftime("%Y%m%d-%H%M%S.json")
    file.write_text(
        json.dumps(record(results, facts, {"scale": settings.scale, "rounds": settings.rounds}), indent=2) + "\n"
    )
    print(f"Stored in {file}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
