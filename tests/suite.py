# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test`: every part of the tests, two at a time, and at the end what failed and what was left out.

Nothing is left out silently: a test that cannot run on this machine says so by being skipped, tests/conftest.py writes that down, and this
prints it. With LEFT_OUT=forbidden in the environment (CI), anything left out is a failure, except in the parts that LEFT_OUT_ALLOWED names.

This is a program because `make -k -j2 -O` does only its first half: two parts at a time. It has no lanes (ordering two targets makes each need the
other when it runs alone), and neither the verdict and time of each part nor what was left out; all that would stay a program beside it.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTES = ROOT / "build" / "left-out"

# The parts of a lane run one after the other, the lanes side by side. The first two are about as long as each other, and what uses the copy for
# ansible-test shares a lane. The third one mostly waits for downloads, long before `versions` needs them.
LANES = (
    ("e2e", "unit", "emulator-test", "docs-lint", "lint", "types"),
    ("hosts-test", "sanity", "integration", "versions"),
    ("versions-environments",),
)

_printing = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """How a part ended: its make target, whether it passed, and for how many seconds it ran."""

    part: str
    passed: bool
    seconds: float

    @property
    def verdict(self) -> str:
        return "passed" if self.passed else "FAILED"


def run_part(part: str) -> Outcome:
    """Run the make target PART; say how it ended, with all that it printed if it failed."""
    begin = time.monotonic()
    environment = {**os.environ, "LEFT_OUT_NOTES": str(NOTES / part)}
    ended = subprocess.run(
        ["make", "--no-print-directory", part],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcome = Outcome(part, ended.returncode == 0, time.monotonic() - begin)
    with _printing:
        print(f"{part}: {outcome.verdict} in {outcome.seconds:.0f} s", flush=True)
        if not outcome.passed:
            print(ended.stdout.rstrip(), f"--- end of {part}", sep="\n", flush=True)
    return outcome


def run_lane(parts: tuple[str, ...]) -> list[Outcome]:
    """Run PARTS in order, each whether or not the ones before it passed."""
    return [run_part(part) for part in parts]


def left_out() -> list[str]:
    """What the parts noted as left out, a line each: which test, why, and how to get what it needs."""
    return [f"{note.name}: {line}" for note in sorted(NOTES.glob("*")) for line in note.read_text().splitlines()]


def is_forbidden(missing: list[str], environment: Mapping[str, str]) -> bool:
    """Whether ENVIRONMENT forbids that MISSING, lines of `left_out`, was left out."""
    allowed = environment.get("LEFT_OUT_ALLOWED", "").split()
    return environment.get("LEFT_OUT") == "forbidden" and any(line.partition(":")[0] not in allowed for line in missing)


def main() -> int:
    """Run all parts; the exit status is 0 if all passed, and nothing was left out where that is forbidden."""
    shutil.rmtree(NOTES, ignore_errors=True)
    NOTES.mkdir(parents=True)
    with ThreadPoolExecutor(len(LANES)) as lanes:
        outcomes = [outcome for lane in lanes.map(run_lane, LANES) for outcome in lane]
    missing = left_out()
    print("", *(f"{outcome.part:14} {outcome.verdict} {outcome.seconds:5.0f} s" for outcome in outcomes), sep="\n")
    print(f"left out: {len(missing) or 'nothing'}", *missing, sep="\n  ")
    return int(is_forbidden(missing, os.environ) or not all(outcome.passed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
