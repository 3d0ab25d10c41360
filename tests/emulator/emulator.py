# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a whole: its parts, started and stopped together."""

from __future__ import annotations

import functools
import threading
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

from .clock import Clock, RealClock
from .control import control_answer
from .moto_backends import reset_moto
from .recorder import Calls
from .server import HOST, HttpServer, PortTakenError, Router
from .services import services_by_target_prefix
from .state import State

ACCESS_KEY = "AKIAEMULATOR00000000"
# Not a word of its own: Ansible masks the secret key wherever it appears in a text.
SECRET_KEY = "x0Emu1at0rS3cretKeyOf1234567890+0000000000"
REGION = "us-east-1"


class Emulator:
    """CodeDeploy and the services around it, for as long as the ``with`` block runs.

    One at a time in a process: moto's state, which each start empties, belongs to the process.
    """

    def __init__(self, port: int = 0, clock: Clock | None = None) -> None:
        """``port`` 0 takes a free one; ``clock`` defaults to real time. The clock is closed at the end."""
        self._wanted_port = port
        self.clock: Clock = clock or RealClock()
        self.state = State(self.clock)
        self.calls = Calls()

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Empty moto and serve. Raises PortTakenError, and leaves nothing behind then."""
        reset_moto()
        router = Router(self.state, self.calls, services_by_target_prefix(), functools.partial(control_answer, self))
        try:
            self._server = HttpServer(self._wanted_port, router)
        except PortTakenError:
            self.clock.close()
            raise

    def stop(self) -> None:
        """Leave no thread, timer or socket behind."""
        self._server.stop()
        self.clock.close()

    def reset(self) -> None:
        """As if just started: no resources, no timers, no recorded calls, moto empty too."""
        self.state.reset()
        self.calls.clear()
        reset_moto()

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self._server.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that point boto3, the AWS CLI and Ansible's AWS modules here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator; it never retries, so that a test sees the first answer."""
        config = Config(retries={"total_max_attempts": 1})
        with _SESSION_LOCK:
            return _session().client(service, endpoint_url=self.endpoint, config=config)


_SESSION_LOCK = threading.Lock()


@functools.cache
def _session() -> boto3.session.Session:
    """Shared by all emulators of the process: a new session would read botocore's models again."""
    return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
