# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The race: each contestant pushes each tree in turn, round after round, so that what else the machine does hits all alike."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .memory import peak_memory
from .services import APPLICATION, BUCKET, Environment, aws_command, running_services
from .trees import TREES

CLI = "aws deploy push"
MODULE = "slipway"
ACCELERATED = "slipway with isal"
AGAIN = "unchanged"
ACCELERATOR = "isal"


@dataclass(frozen=True)
class Run:
    """One process: wall-clock SECONDS from start to end, of which the CPU worked on it so many (which other work on the machine distorts
    less), seconds INSIDE the module, and bytes WRITTEN to files."""

    seconds: float
    cpu: float
    inside: float | None
    written: int


@dataclass(frozen=True)
class Result:
    """A contestant's runs on a tree, the bytes of MEMORY that it took in a run apart, and those of the BUNDLE that it stored."""

    tree: str
    contestant: str
    runs: tuple[Run, ...]
    memory: int
    bundle: int

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)

    @property
    def inside(self) -> float | None:
        """Median seconds inside the module; None for a contestant that is no module."""
        inside = [run.inside for run in self.runs if run.inside is not None]
        return statistics.median(inside) if inside else None

    @property
    def written(self) -> int:
        return max(run.written for run in self.runs)


# What a contestant runs, given the tree's root and a prefix for keys.
Command = Callable[[pathlib.Path, str], list[str]]


def _cli_command(root: pathlib.Path, prefix: str) -> list[str]:
    place = f"s3://{BUCKET}/{prefix}/bundle.zip"
    return [
        aws_command(),
        "deploy",
        "push",
        "--application-name",
        APPLICATION,
        "--s3-location",
        place,
        "--source",
        str(root),
    ]


def _module_command(root: pathlib.Path, prefix: str, *arguments: str) -> list[str]:
    options = {"application_name": APPLICATION, "source": str(root), "s3_bucket": BUCKET, "s3_prefix": prefix}
    return [sys.executable, "-m", "benchmarks.push", *arguments, json.dumps(options)]


def _standard_command(root: pathlib.Path, prefix: str) -> list[str]:
    return _module_command(root, prefix, "--without", ACCELERATOR)


def modules() -> dict[str, Command]:
    """The contestants that are ours, by name: with the standard library alone, and with the accelerator where it is installed."""
    accelerated = {ACCELERATED: _module_command} if importlib.util.find_spec(ACCELERATOR) else {}
    return {MODULE: _standard_command, **accelerated}


def run_command(command: list[str], environment: Environment) -> tuple[Run, str]:
    """The run, and what it printed. Raises CalledProcessError if it fails."""
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        output = process.stdout.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(seconds, cpu, None, usage.ru_oublock * 512), output


def run_module(command: list[str], environment: Environment, changed: bool) -> Run:
    """The run of the module, which must report CHANGED: else something was measured that was not meant."""
    run, output = run_command(command, environment)
    told = json.loads(output)
    if told["changed"] is not changed:
        raise ValueError(f"the module said changed={told['changed']} where {changed} was due: {' '.join(command)}")
    return dataclasses.replace(run, inside=told["seconds"])


def commands(root: pathlib.Path, prefix: str) -> list[tuple[str, list[str]]]:
    """By which each contestant pushes the tree ROOT, each to a place of its own below PREFIX; at the end once more what ours pushed last."""
    ours = [(name, command(root, f"{prefix}/{name}")) for name, command in modules().items()]
    return [(CLI, _cli_command(root, f"{prefix}/{CLI}")), *ours, (AGAIN, ours[-1][1])]


def one_round(root: pathlib.Path, prefix: str, environment: Environment) -> Iterator[tuple[str, Run]]:
    """One run of each contestant."""
    for name, command in commands(root, prefix):
        if name == CLI:
            yield name, run_command(command, environment)[0]
        else:
            yield name, run_module(command, environment, changed=name != AGAIN)


def race(folder: pathlib.Path, scale: float, rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Push every tree ROUNDS times by every contestant, the trees being SCALE times their size; FOLDER takes all files."""
    runs: dict[tuple[str, str], list[Run]] = {}
    memory: dict[tuple[str, str], int] = {}
    with running_services(folder) as services:
        for tree in TREES:
            root = tree.write(folder, scale)
            for number in range(1, rounds + 1):
                for name, run in one_round(root, f"{tree.name}/{number}", services.environment):
                    runs.setdefault((tree.name, name), []).append(run)
                    say(f"{tree.name}, round {number} of {rounds}: {name} {run.seconds:.2f} s")
            for name, command in commands(root, f"{tree.name}/memory"):
                memory[tree.name, name] = peak_memory(command, services.environment)
            shutil.rmtree(root)
    return [
        Result(tree, name, tuple(found), memory[tree, name], _bundle(services.sizes, tree, name))
        for (tree, name), found in runs.items()
    ]


def _bundle(sizes: dict[str, int], tree: str, name: str) -> int:
    """The bytes of the bundle that NAME stored of TREE; 0 for the run that stores none."""
    place = f"/{BUCKET}/{tree}/1/{urllib.parse.quote(name)}/"
    return sum(size for path, size in sizes.items() if path.startswith(place))
