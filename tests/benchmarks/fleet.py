# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks.fleet`: how long the emulator takes for one deployment to a fleet of simulated hosts, and how long a client
that polls it meanwhile waits for each answer. It reports; that a deployment takes long is no error."""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import tempfile
import time
import typing as t

import boto3
import urllib3

from .services import child, exports_from_lines, own_environment

CONFIGS = ("OneAtATime", "HalfAtATime", "AllAtOnce")
FINAL = ("Succeeded", "Failed", "Stopped")
PAUSE = 0.02
"""Seconds between two looks at the deployment."""

LINE = "{:14} {:>12} {:>14} {:>9} {:>9} {:>9}  {}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--hosts", type=int, default=2000, help="in one deployment (default: %(default)s)")
    parser.add_argument("--speed", default="inf", help="of the emulator's time (default: %(default)s)")
    parser.add_argument("--configs", nargs="+", choices=CONFIGS, default=CONFIGS, help="default: all")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = own_environment(pathlib.Path(folder))
        with child("emulator", "--port", "0", "--speed", settings.speed, environment=environment) as emulator:
            assert emulator.stdout
            os.environ.update(environment | exports_from_lines(iter(emulator.stdout.readline, "")))
            print(f"{settings.hosts} hosts; load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
            print(LINE.format("config", "wall time s", "emulated s", "p50 ms", "p99 ms", "max ms", "status"))
            client = _set_up(settings.hosts)
            for config in settings.configs:
                print(_race(client, config), flush=True)


def _set_up(hosts: int) -> t.Any:
    """A client, an application with a group, and the hosts that it selects."""
    body = {"hosts": hosts}
    urllib3.request("POST", f"{os.environ['AWS_ENDPOINT_URL']}/_emulator/hosts", json=body, timeout=60)
    client = boto3.client("codedeploy")
    client.create_application(applicationName="shop")
    client.create_deployment_group(
        applicationName="shop",
        deploymentGroupName="fleet",
        serviceRoleArn="arn:aws:iam::123456789012:role/codedeploy",
        onPremisesInstanceTagFilters=[{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}],
    )
    return client


def _race(client: t.Any, config: str) -> str:
    """One deployment, as a line of the table."""
    begin = time.perf_counter()
    deployment_id = client.create_deployment(
        applicationName="shop",
        deploymentGroupName="fleet",
        deploymentConfigName=f"CodeDeployDefault.{config}",
        revision={"revisionType": "S3", "s3Location": {"bucket": "bundles", "key": "one.zip", "bundleType": "zip"}},
    )["deploymentId"]
    waits: list[float] = []
    info: dict[str, t.Any] = {"status": "Created"}
    while info["status"] not in FINAL:
        time.sleep(PAUSE)
        asked = time.perf_counter()
        info = client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        waits.append(time.perf_counter() - asked)
    wall, emulated = time.perf_counter() - begin, (info["completeTime"] - info["createTime"]).total_seconds()
    p99 = sorted(waits)[int(len(waits) * 0.99)]
    answers = [f"{1000 * seconds:.1f}" for seconds in (statistics.median(waits), p99, max(waits))]
    return LINE.format(config, f"{wall:.1f}", f"{emulated:.0f}", *answers, info["status"])


if __name__ == "__main__":
    main()
