# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the race has shown: against which goals, on which machine, as a table and as JSON."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import importlib.util
import os
import pathlib
import platform
import time
import zlib
from typing import Any

from .race import ACCELERATED, ACCELERATOR, AGAIN, CLI, MODULE, Result
from .trees import TREES

# At least so many times faster than `aws deploy push`, by tree and contestant.
RATIOS = {
    ("files", MODULE): 1.8,
    ("files", ACCELERATED): 2.5,
    ("text", MODULE): 3.5,
    ("text", ACCELERATED): 7.0,
    ("random", MODULE): 9.0,
    ("random", ACCELERATED): 9.0,
}
# At most so many seconds inside the module when nothing has changed.
UNCHANGED_SECONDS = {"files": 0.5, "random": 1.2}
# At most so many bytes of memory.
MEMORY = 200 << 20

COLUMNS = "{:28} {:18} {:>7} {:>6} {:>6} {:>6} {:>9} {:>8} {:>7}  {}"


def machine() -> dict[str, Any]:
    """What a reader has to know of the machine and its software to compare numbers."""
    packages = ("awscli", "boto3", "ansible-core", ACCELERATOR)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "load_average": os.getloadavg()[0],
        **{name: importlib.metadata.version(name) for name in packages if _is_installed(name)},
    }


def _is_installed(package: str) -> bool:
    return any(True for _found in importlib.metadata.Distribution.discover(name=package))


def _processor() -> str:
    information = pathlib.Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def ratio(result: Result, results: list[Result]) -> float:
    """How many times faster than `aws deploy push` the RESULT's contestant is on the same tree."""
    (cli,) = [other for other in results if (other.tree, other.contestant) == (result.tree, CLI)]
    return cli.seconds / result.seconds


def goals(result: Result, results: list[Result]) -> list[tuple[str, bool]]:
    """The goals that RESULT is held against, each with whether it is met."""
    if result.contestant == CLI:
        return []
    found = [("200 MiB", result.memory <= MEMORY)]
    if wanted := RATIOS.get((result.tree, result.contestant)):
        found.append((f"{wanted}x", ratio(result, results) >= wanted))
    if result.contestant == AGAIN and result.tree in UNCHANGED_SECONDS and result.inside is not None:
        wanted = UNCHANGED_SECONDS[result.tree]
        found.append((f"{wanted} s inside", result.inside <= wanted))
    return found


def _row(result: Result, results: list[Result]) -> str:
    descriptions = {tree.name: tree.description for tree in TREES}
    verdicts = [f"{goal}: {'met' if met else 'MISSED'}" for goal, met in goals(result, results)]
    return COLUMNS.format(
        descriptions[result.tree],
        result.contestant,
        f"{result.seconds:.2f}",
        f"{result.cpu:.2f}",
        "-" if result.inside is None else f"{result.inside:.2f}",
        f"{ratio(result, results):.1f}x",
        f"{result.bundle / 1e6:.1f}",
        f"{result.memory / 2**20:.0f}",
        f"{result.written / 1e6:.1f}",
        ", ".join(verdicts),
    ).rstrip()


def table(results: list[Result], facts: dict[str, Any]) -> str:
    """The results for people."""
    rows = [_row(result, results) for result in results]
    heads = ("tree", "contestant", "seconds", "cpu", "inside", "ratio", "bundle MB", "peak MiB", "disk MB", "goals")
    about = [f"{name}: {value}" for name, value in facts.items()]
    return "\n".join(
        [
            *about,
            "",
            "Medians of whole processes, Python's start and imports included; `inside` is the module alone. Ansible's own cost is in neither.",
            "No file could be written by the module's processes, so there is no temporary file.",
            COLUMNS.format(*heads),
            *rows,
            *(
                []
                if importlib.util.find_spec(ACCELERATOR)
                else [f"Not measured: {ACCELERATOR}, which is not installed (pip install {ACCELERATOR})."]
            ),
        ]
    )


def record(results: list[Result], facts: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The results for machines: every run, and the goals."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "settings": settings,
        "machine": facts,
        "results": [
            {
                **dataclasses.asdict(result),
                "seconds": result.seconds,
                "ratio": ratio(result, results),
                "goals": dict(goals(result, results)),
            }
            for result in results
        ],
    }
