# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a whole: its parts, started and stopped together."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

from .aws.backends import Principal, account_of, find_principal, is_region, partition_of, reset_moto
from .clock import Clock
from .faults import Faults
from .hosts.outcomes import Script
from .hosts.simulated import TAGS, simulate
from .http.control import control_answer
from .http.router import Router
from .http.server import HOST, HttpServer
from .http.services import services_by_target_prefix
from .recorder import Calls
from .service.github_account_tokens import store_github_account_token
from .state import HookFunction, State

ACCESS_KEY = "AKIAEMULATOR00000000"
# Not a word of its own: Ansible masks the secret key wherever it appears in a text.
SECRET_KEY = "x0Emu1at0rS3cretKeyOf1234567890+0000000000"
REGION = "us-east-1"


class Emulator:
    """CodeDeploy and the services around it, for as long as the ``with`` block runs.

    One at a time in a process, because moto's state belongs to the process.
    """

    def __init__(
        self, port: int = 0, clock: Clock | None = None, tls: Path | None = None, hosts: Iterable[str] = ()
    ) -> None:
        """``port`` 0 takes a free one; ``clock`` defaults to the machine's time. The clock is closed at the end.

        ``tls`` is a folder for certificates: that of the emulator's authority is in a folder of its own there, named after the
        port. Without it the emulator speaks plain HTTP. ``hosts``: names other than those of loopback in requests' Host header.
        """
        self._wanted_port = port
        self._tls = tls
        self._hosts = frozenset(name.lower() for name in hosts)
        self.clock: Clock = clock or Clock()
        self.state = State(self.clock)
        self.calls = Calls()
        self.faults = Faults(self.clock)
        self.root_keys = {ACCESS_KEY: SECRET_KEY}
        """Access keys of the account's root user, with their secrets; those of users and sessions are made in IAM and STS."""
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Empty moto and serve. Raises RuntimeError while another one runs in this process, and PortTakenError; nothing is left behind then."""
        with contextlib.ExitStack() as undo:
            undo.callback(self.clock.close)
            if not _ONE_AT_A_TIME.acquire(blocking=False):
                raise RuntimeError(
                    "an emulator is already running in this process, and moto has one state per process; use that emulator, or stop it first"
                )
            undo.callback(_ONE_AT_A_TIME.release)
            reset_moto()
            router = Router(
                self.state,
                self.calls,
                self.faults,
                self._find_principal,
                services_by_target_prefix(),
                functools.partial(control_answer, self),
                self._hosts,
            )
            self._server = HttpServer(self._wanted_port, router, self._tls)
            undo.pop_all()

    def stop(self) -> None:
        """Leave no thread, timer or socket behind."""
        self.faults.clear()
        self._server.stop()
        self.clock.close()
        _ONE_AT_A_TIME.release()

    def reset(self) -> None:
        """As if just started: no resources, no timers, no recorded calls, no faults, moto empty too."""
        self.faults.clear()
        self.state.reset()
        self.calls.clear()
        reset_moto()

    @property
    def hook_functions(self) -> dict[str, HookFunction]:
        """What stands for the Lambda functions that AppSpecs name as hooks: by the function's name its answer, "Succeeded" or
        "Failed", or a callable that is given DeploymentId and LifecycleEventHookExecutionId and returns it.

        A callable may return None and have the answer reported by PutLifecycleEventHookExecutionStatus, then or later; so must
        whoever plays a function that is in moto's Lambda only, since the emulator runs no code of functions.
        """
        return self.state.hook_functions

    def simulate(
        self,
        hosts: int | str | Iterable[str],
        *scripts: Script,
        tags: Mapping[str, str] = TAGS,
        region: str = REGION,
    ) -> list[str]:
        """Have hosts without agents take part in deployments; their names.

        ``hosts`` is a number (host-1, host-2, ...), a name, several names, or patterns of names (``i-*``: every EC2
        instance, those to come too). A name is that of an EC2 instance, an on-premises instance, or a new one that is
        registered with ``tags``. Hosts named again get new scripts.

        A script says what becomes of lifecycle events: ``{"ValidateService": fail(log="no answer")}``, see outcomes.py. All
        that it leaves out succeeds. A host plays the first script in its first deployment, the second in its second, and
        the last ever after, so that a host can fail in a deployment and be well again in the rollback.

        Raises ValueError, and ServiceError for a name that cannot be registered.
        """
        account = account_of(ACCESS_KEY)
        if not is_region(account, region):
            raise ValueError(f"region: there is no region {region!r}; use the name of one, such as {REGION}")
        with self.state.lock:
            return simulate(self.state.region(account, region), hosts, scripts or ({},), tags)

    def store_github_account_token(self, name: str, region: str = REGION) -> None:
        """Connect CodeDeploy to a GitHub account, which on AWS only the console can. Raises ServiceError for a bad name."""
        with self.state.lock:
            store_github_account_token(self.state.region(account_of(ACCESS_KEY), region), name)

    @property
    def endpoint(self) -> str:
        return f"{'https' if self._tls else 'http'}://{HOST}:{self._server.port}"

    @property
    def ca_file(self) -> Path | None:
        """The certificate that clients must trust; None without TLS."""
        return self._server.ca_file

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that point boto3, the AWS CLI and Ansible's AWS modules here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            **({"AWS_CA_BUNDLE": str(self.ca_file)} if self.ca_file else {}),
        }

    def client(self, service: str) -> Any:
        """The boto3 client of the emulator for a service; it never retries, so that a test sees the first answer."""
        with _SESSION_LOCK:
            if service not in self._clients:
                config = Config(retries={"total_max_attempts": 1})
                verify = str(self.ca_file) if self.ca_file else None
                client = _session().client(service, endpoint_url=self.endpoint, config=config, verify=verify)
                self._clients[service] = client
            return self._clients[service]

    def _find_principal(self, region: str, access_key: str) -> Principal | None:
        if access_key not in self.root_keys:
            return find_principal(region, access_key)
        account = account_of(access_key)
        return Principal(f"arn:{partition_of(region)}:iam::{account}:root", account, self.root_keys[access_key])


_ONE_AT_A_TIME = threading.Lock()  # held by the emulator that runs
_SESSION_LOCK = threading.Lock()


@functools.cache
def _session() -> boto3.session.Session:
    """Shared by all emulators of the process: a new session would read botocore's models again."""
    return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
