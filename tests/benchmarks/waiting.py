# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks.waiting`: how late a task notices that its deployment has ended, how many calls it has made until then, and how long it takes
to explain a failure. It prints a table and stores it as JSON in build/bench; that a goal is missed is no error."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import random
import statistics
import tempfile
import time
import types
import typing as t

import boto3
import urllib3

from emulator import Clock, Emulator, ManualClock
from emulator.engine.lifecycle import INSTALL_EVENTS
from emulator.hosts.outcomes import Outcome, fail, succeed
from emulator.stages.servers import ROLE, s3_revision
from emulator.stages.traffic import ROLLBACK
from unit.controller import Controller
from unit.releases import GROUP, s3_options, store_bundles

from .report import machine
from .services import ROOT, child, exports_from_lines, own_environment

LATENCY = 0.03
GOALS = {"seconds late": 3.0, "calls": 70.0, "calls/second": 0.5}
DIAGNOSIS_GOALS = {"seconds": 2.0, "calls": 60}
COLUMNS = "{:>7} {:>8} {:>9} {:>13} {:>18} {:>13}  {}"
FLEET = [{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}]
TWENTY_MINUTES = 1200.0
MOST_ROUNDS = 10
"""In how many rounds hosts are deployed to at most; it is what large fleets take."""


@dataclasses.dataclass(frozen=True)
class Wait:
    """A wait of so many SECONDS, whose end the task noticed LATE, after so many CALLS to CodeDeploy."""

    seconds: float
    late: float
    calls: int

    @property
    def figures(self) -> dict[str, float]:
        """What is held against the goals. Calls are counted by twenty minutes, if it took longer."""
        calls = self.calls * min(1.0, TWENTY_MINUTES / self.seconds)
        return {"seconds late": self.late, "calls": calls, "calls/second": self.calls / self.seconds}


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="deployments of each fleet (default: %(default)s)")
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 10, 1000], help="default: 1, 10, 1000")
    parser.add_argument("--targets", type=int, default=1000, help="of the failed deployment (default: %(default)s)")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "bench", help="where the JSON goes")
    settings = parser.parse_args()
    facts = machine()
    print(
        f"load average {facts['load_average']:.1f}, {facts['cores']} cores; deployments of 20 minutes, within a tenth"
    )
    print(COLUMNS.format("hosts", "ends", "minutes", "seconds late", "calls/20 minutes", "calls/second", "goals"))
    rows = []
    for hosts in settings.hosts:
        for fails in (False, True):
            rows.append(_row(hosts, fails, [_watch(hosts, fails, seed) for seed in range(settings.rounds)]))
            print(_line(rows[-1]), flush=True)
    seconds, calls = _diagnose(settings.targets)
    rows.append({"targets": settings.targets, "seconds": seconds, "calls": calls})
    met = seconds <= DIAGNOSIS_GOALS["seconds"] and calls <= DIAGNOSIS_GOALS["calls"]
    print(
        f"A failed deployment to {settings.targets} targets is explained in {seconds:.1f} s and {calls} calls of {1000 * LATENCY:.0f} ms "
        f"({DIAGNOSIS_GOALS['seconds']:.0f} s and {DIAGNOSIS_GOALS['calls']} calls: {'met' if met else 'MISSED'})"
    )
    print(
        f"Stored in {_store(settings.output, {'machine': facts, 'goals': {**GOALS, 'explained': DIAGNOSIS_GOALS}, 'results': rows})}"
    )


def _row(hosts: int, fails: bool, waits: list[Wait]) -> dict[str, t.Any]:
    """What WAITS have shown on average, and each of them."""
    means = {name: statistics.mean(wait.figures[name] for wait in waits) for name in GOALS}
    minutes = statistics.mean(wait.seconds for wait in waits) / 60
    ends = "rollback" if fails else "success"
    return {"hosts": hosts, "ends": ends, "minutes": minutes, **means, "waits": [dataclasses.asdict(w) for w in waits]}


def _line(row: dict[str, t.Any]) -> str:
    late, calls, rate = (row[name] for name in GOALS)
    verdicts = [f"{name} {goal:g}: {'met' if row[name] <= goal else 'MISSED'}" for name, goal in GOALS.items()]
    numbers = (f"{row['minutes']:.1f}", f"{late:.1f}", f"{calls:.0f}", f"{rate:.2f}")
    return COLUMNS.format(row["hosts"], row["ends"], *numbers, ", ".join(verdicts))


def _store(folder: pathlib.Path, record: dict[str, t.Any]) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / time.strftime("waiting-%Y%m%d-%H%M%S.json")
    file.write_text(json.dumps(record, indent=2) + "\n")
    return file


def _script(seconds: float) -> dict[str, Outcome]:
    """A host that takes so many SECONDS for its part, of which each event costs one for being taken up."""
    each = seconds / len(INSTALL_EVENTS) - 1
    return dict.fromkeys(INSTALL_EVENTS, succeed(max(0.0, each)))


def _create_group(codedeploy: t.Any) -> None:
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_deployment_group(
        **GROUP, serviceRoleArn=ROLE, onPremisesInstanceTagFilters=FLEET, autoRollbackConfiguration=ROLLBACK
    )


def _watch(hosts: int, fails: bool, seed: int) -> Wait:
    """The second deployment of a group, whose hosts go one after the other, in ten rounds at most. The first one took 20 minutes.

    If it FAILS, it does so in some round at some event, and what is awaited is the end of its rollback.
    """
    chance = random.Random(seed)
    rounds = min(hosts, MOST_ROUNDS)
    usual, now = (_script(TWENTY_MINUTES * share / rounds) for share in (1, chance.uniform(0.9, 1.1)))
    with Emulator(clock=ManualClock()) as emulator:
        store_bundles(emulator)
        emulator.simulate(hosts, usual, now, usual)
        if fails:
            at_once, ill = (
                hosts // rounds,
                chance.randrange(max(1, rounds - 1)),
            )  # the last round's failures fail nothing
            names = [f"host-{ill * at_once + number}" for number in range(1, at_once + 1)]
            event = chance.choice(INSTALL_EVENTS)
            emulator.simulate(names, usual, {**now, event: fail(now[event].report_after or 0)}, usual)
        _deploy_first(emulator, hosts, rounds)
        run = Controller(emulator).run("deploy", **s3_options("two.zip"), deployment_config_name="Rounds")
        began, ended = _span(emulator.client("codedeploy"), run.result, fails)
        return Wait(ended - began, emulator.clock.now() - ended, len(emulator.calls.of("codedeploy")))


def _deploy_first(emulator: Emulator, hosts: int, rounds: int) -> None:
    """The group's first deployment, which goes well; the record of calls is empty afterwards."""
    codedeploy = emulator.client("codedeploy")
    _create_group(codedeploy)
    healthy = {"type": "HOST_COUNT", "value": hosts - hosts // rounds}
    codedeploy.create_deployment_config(deploymentConfigName="Rounds", minimumHealthyHosts=healthy)
    codedeploy.create_deployment(**GROUP, revision=s3_revision(), deploymentConfigName="Rounds")
    emulator.clock.advance(6 * TWENTY_MINUTES)
    emulator.calls.clear()


def _span(codedeploy: t.Any, result: dict[str, t.Any], fails: bool) -> tuple[float, float]:
    """When the deployment began, and when it, or its rollback, ended."""
    assert bool(result.get("failed")) is fails, result
    ids = [result["deployment_id"], *([result["diagnosis"]["rollback"]["deployment_id"]] if fails else [])]
    first, last = (codedeploy.get_deployment(deploymentId=ids[end])["deploymentInfo"] for end in (0, -1))
    return first["createTime"].timestamp(), last["completeTime"].timestamp()


def _diagnose(targets: int) -> tuple[float, int]:
    """Seconds and calls until a deployment that has failed on all TARGETS is explained; the emulator is a process of its own, the modules are not."""
    with tempfile.TemporaryDirectory() as folder:
        environment = own_environment(pathlib.Path(folder))
        with child("emulator", "--port", "0", "--speed", "inf", environment=environment) as emulator:
            assert emulator.stdout
            exports = exports_from_lines(iter(emulator.stdout.readline, ""))
            os.environ.update(exports)
            control = f"{exports['AWS_ENDPOINT_URL']}/_emulator"
            script = {"ValidateService": {"fail": {"log": "[stderr] 503\n" * 20}}}
            urllib3.request("POST", f"{control}/hosts", json={"hosts": targets, "scripts": [script]}, timeout=60)
            deployment_id = _fail(boto3.client("codedeploy"))
            urllib3.request("POST", f"{control}/faults", json={"kind": "latency", "seconds": LATENCY})
            urllib3.request("DELETE", f"{control}/calls")
            controller = Controller(t.cast("Emulator", types.SimpleNamespace(clock=Clock(), environment=exports)))
            begin = time.perf_counter()
            run = controller.run("deployment", deployment_id=deployment_id)
            seconds = time.perf_counter() - begin
            counted = sum(cause["count"] for cause in run.result["diagnosis"]["more_failures"])
            assert counted + len(run.result["diagnosis"]["targets"]) == targets
            return seconds, len(urllib3.request("GET", f"{control}/calls").json())


def _fail(codedeploy: t.Any) -> str:
    """The id of a deployment that has failed everywhere."""
    _create_group(codedeploy)
    created = codedeploy.create_deployment(
        **GROUP, revision=s3_revision(), deploymentConfigName="CodeDeployDefault.AllAtOnce"
    )
    while True:
        info = codedeploy.get_deployment(deploymentId=created["deploymentId"])["deploymentInfo"]
        if info["status"] == "Failed":
            return str(created["deploymentId"])
        time.sleep(0.2)


if __name__ == "__main__":
    main()
