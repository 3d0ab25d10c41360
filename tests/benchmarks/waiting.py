# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks.waiting`: how late a task notices that its deployment has ended, how many calls it has made until then, and how long it takes
to explain a failure. It reports; that a goal is missed is no error."""

from __future__ import annotations

import argparse
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
from emulator.hosts.outcomes import Script, succeed
from emulator.tests.stage import ROLE, s3_revision
from unit.controller import Controller
from unit.releases import GROUP, s3_options, store_bundles

from .services import child, exports_from_lines, own_environment

LATENCY = 0.03
LATE_GOAL, CALLS_GOAL, RATE_GOAL = 3.0, 70, 0.5
DIAGNOSIS_SECONDS_GOAL, DIAGNOSIS_CALLS_GOAL = 2.0, 60
WAIT = "{:>7} {:>12} {:>14} {:>12} {:>14}  {}"
FLEET = [{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}]


class Wait(t.NamedTuple):
    """A deployment of so many SECONDS, whose end the task noticed LATE, after so many CALLS."""

    seconds: float
    late: float
    calls: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="deployments of each fleet (default: %(default)s)")
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 4, 10, 100], help="default: 1, 4, 10, 100")
    parser.add_argument("--targets", type=int, default=1000, help="of the failed deployment (default: %(default)s)")
    settings = parser.parse_args()
    print(
        f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; deployments of 20 minutes, give or take a tenth"
    )
    print(WAIT.format("hosts", "minutes", "seconds late", "calls", "calls/second", "goals"))
    for hosts in settings.hosts:
        print(_wait_row(hosts, [_watch(hosts, number) for number in range(settings.rounds)]), flush=True)
    seconds, calls = _diagnose(settings.targets)
    met = seconds <= DIAGNOSIS_SECONDS_GOAL and calls <= DIAGNOSIS_CALLS_GOAL
    print(
        f"A failed deployment to {settings.targets} targets is explained in {seconds:.1f} s and {calls} calls of {1000 * LATENCY:.0f} ms "
        f"({DIAGNOSIS_SECONDS_GOAL:.0f} s and {DIAGNOSIS_CALLS_GOAL} calls: {'met' if met else 'MISSED'})"
    )


def _wait_row(hosts: int, waits: list[Wait]) -> str:
    late, calls = (statistics.mean(values) for values in ([w.late for w in waits], [w.calls for w in waits]))
    rate = max(wait.calls / wait.seconds for wait in waits)
    verdicts = {
        f"{LATE_GOAL:.0f} s late": late <= LATE_GOAL,
        f"{CALLS_GOAL} calls": calls <= CALLS_GOAL,
        f"{RATE_GOAL} calls/second": rate < RATE_GOAL,
    }
    goals = ", ".join(f"{goal}: {'met' if met else 'MISSED'}" for goal, met in verdicts.items())
    minutes = statistics.mean(wait.seconds for wait in waits) / 60
    return WAIT.format(hosts, f"{minutes:.1f}", f"{late:.1f}", f"{calls:.0f}", f"{rate:.2f}", goals)


def _script(seconds: float) -> Script:
    """A host that takes so many SECONDS for its part, of which each event costs one for being taken up."""
    each = seconds / len(INSTALL_EVENTS) - 1
    return dict.fromkeys(INSTALL_EVENTS, succeed(max(0.0, each)))


def _create_group(codedeploy: t.Any) -> None:
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_deployment_group(**GROUP, serviceRoleArn=ROLE, onPremisesInstanceTagFilters=FLEET)


def _watch(hosts: int, seed: int) -> Wait:
    """The second deployment of a group, whose hosts go one after the other, in ten rounds at most. The first one took 20 minutes."""
    rounds = min(hosts, 10)
    seconds = 1200 * random.Random(seed).uniform(0.9, 1.1)
    healthy = {"type": "HOST_COUNT", "value": hosts - hosts // rounds}
    with Emulator(clock=ManualClock()) as emulator:
        store_bundles(emulator)
        emulator.simulate(hosts, _script(1200 / rounds), _script(seconds / rounds))
        codedeploy = emulator.client("codedeploy")
        _create_group(codedeploy)
        codedeploy.create_deployment_config(deploymentConfigName="Rounds", minimumHealthyHosts=healthy)
        codedeploy.create_deployment(**GROUP, revision=s3_revision(), deploymentConfigName="Rounds")
        emulator.clock.advance(7200)
        emulator.calls.clear()
        run = Controller(emulator).run("deploy", **s3_options("two.zip"), deployment_config_name="Rounds")
        end = emulator.clock.now()
        calls = len(emulator.calls.of("codedeploy"))
        info = codedeploy.get_deployment(deploymentId=run.result["deployment_id"])["deploymentInfo"]
        began, ended = info["createTime"].timestamp(), info["completeTime"].timestamp()
        return Wait(ended - began, end - ended, calls)


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
