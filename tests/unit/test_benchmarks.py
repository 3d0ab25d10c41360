# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks run and report. How fast anything is, is for `make bench` to say."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

from benchmarks.race import AGAIN, CLI, MODULE, Result, Run, modules
from benchmarks.report import goals, ratio, table
from benchmarks.trees import TREES


def result(tree: str, contestant: str, *seconds: float, inside: float | None = None, memory: int = 0) -> Result:
    return Result(tree, contestant, tuple(Run(each, each, inside, 0) for each in seconds), memory, 0)


def test_a_small_race_is_run_reported_and_stored(tmp_path: pathlib.Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--scale", "0.001", "--rounds", "1", "--output", str(tmp_path)],
        cwd=pathlib.Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    (file,) = tmp_path.iterdir()
    stored = json.loads(file.read_text())
    names = [CLI, *modules(), AGAIN]
    assert [(each["tree"], each["contestant"]) for each in stored["results"]] == [
        (tree.name, name) for tree in TREES for name in names
    ]
    for each in stored["results"]:
        (run,) = each["runs"]
        assert run["seconds"] > 0 < each["memory"]
        assert (each["bundle"] > 0) is (each["contestant"] != AGAIN)
        assert (run["inside"] is None) is (each["contestant"] == CLI)
    assert stored["machine"]["cores"] > 0
    assert all(tree.description in ended.stdout for tree in TREES)


def test_a_small_fleet_is_deployed_to_and_reported() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.fleet", "--hosts", "5", "--configs", "AllAtOnce"],
        cwd=pathlib.Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    config, _wall, emulated, *answers, status = ended.stdout.splitlines()[-1].split()
    assert (config, status) == ("AllAtOnce", "Succeeded")
    assert all(float(number) > 0 for number in (emulated, *answers))


def test_a_short_wait_and_a_small_failure_are_measured_reported_and_stored(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "benchmarks.waiting", "--rounds", "1", "--hosts", "1", "--targets", "30"]
    ended = subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=pathlib.Path(__file__).resolve().parents[1],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    *_heads, success, rollback, diagnosis, _file = ended.stdout.splitlines()
    for line, ends in ((success, "success"), (rollback, "rollback")):
        assert line.split()[:2] == ["1", ends]
        assert all(float(number) > 0 for number in line.split()[2:6])
    assert re.match(r"A failed deployment to 30 targets is explained in \d+\.\d s and \d+ calls", diagnosis)
    (file,) = tmp_path.iterdir()
    *waits, explained = json.loads(file.read_text())["results"]
    assert [(each["hosts"], each["ends"], len(each["waits"])) for each in waits] == [
        (1, "success", 1),
        (1, "rollback", 1),
    ]
    assert explained["targets"] == 30


def test_medians_are_compared_and_goals_judged() -> None:
    cli, ours = result("files", CLI, 9, 3.6, 1), result("files", MODULE, 2, 1, 9, inside=0.5, memory=201 << 20)
    again = result("files", AGAIN, 1, inside=0.4)
    results = [cli, ours, again]
    assert ratio(ours, results) == 1.8
    assert goals(cli, results) == []
    assert goals(ours, results) == [("200 MiB", False), ("1.8x", True)]
    assert goals(again, results) == [("200 MiB", True), ("0.5 s inside", True)]
    assert "200 MiB: MISSED, 1.8x: met" in table(results, {"cores": 2})


def test_a_tree_is_the_same_every_time_and_scales(tmp_path: pathlib.Path) -> None:
    for tree in TREES:
        small, again = (tree.write(tmp_path / name, 0.001) for name in ("one", "two"))
        files = sorted(path.relative_to(small) for path in small.rglob("*") if path.is_file())
        assert len(files) == 1 + (10 if tree.name == "files" else tree.files)
        assert all((small / path).read_bytes() == (again / path).read_bytes() for path in files)
        contents = [(small / path).read_bytes() for path in files]
        assert len(set(contents)) == len(contents)
