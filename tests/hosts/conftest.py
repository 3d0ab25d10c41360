# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real hosts to manage, an emulator to deploy from, and a bucket with packages of the agent."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from emulator import Emulator
from emulator.certificates import write_certificate

from .account import APPLICATION, Account
from .bases import why_no_hosts
from .bucket import Bucket, serving_bucket
from .machines import Machine, booted_machines
from .packages import build_package
from .plays import Controller

VERSIONS = ("1.8.0-12", "1.8.1-45", "2.1.0-97459")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    path = tmp_path_factory.mktemp("certificate") / "certificate.pem"
    write_certificate(path)
    return path


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """The agent's packages, by version."""
    folder = tmp_path_factory.mktemp("packages")
    return {version: build_package(version, folder) for version in VERSIONS}


@pytest.fixture(scope="session")
def bucket(
    packages: dict[str, pathlib.Path], certificate: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[Bucket]:
    with serving_bucket(tmp_path_factory.mktemp("bucket"), certificate) as serving:
        for version, package in packages.items():
            serving.publish(package, version)
        yield serving


@pytest.fixture(scope="module")
def account() -> t.Iterator[Account]:
    with Emulator() as emulator:
        place = Account(emulator)
        place.create_application()
        yield place


@pytest.fixture(scope="module")
def suites() -> dict[str, str]:
    """The module's hosts: names, and the base system of each."""
    return {"web-1": "trixie"}


@pytest.fixture(scope="module")
def machines(
    suites: dict[str, str], certificate: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[list[Machine]]:
    if reason := why_no_hosts():
        pytest.skip(f"no host can be booted, and a chroot does not do for this: {reason}")
    with booted_machines(suites, tmp_path_factory.mktemp("machines"), certificate) as booted:
        yield booted


@pytest.fixture(scope="module")
def machine(machines: list[Machine]) -> Machine:
    """The host, where there is one."""
    (only,) = machines
    return only


@pytest.fixture(scope="module")
def controller(
    machines: list[Machine], account: Account, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory
) -> Controller:
    emulator = account.emulator
    options = {
        "agent_region": emulator.environment["AWS_REGION"],
        "agent_bucket_url": bucket.url,
        "agent_configuration": {
            "deploy_control_endpoint": emulator.endpoint,
            "s3_endpoint_override": emulator.endpoint,
        },
        "agent_tags": {"app": APPLICATION},
        "agent_verify_timeout": 60,
        "agent_deployment_wait": 60,
    }
    return Controller(tmp_path_factory.mktemp("controller"), emulator.environment, machines, options)
