# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What does not answer: how long a call goes on, and what a user reads. Real sockets, whose time limits are a fraction of a second here."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import re
import socket
import time
import types
import typing as t
from unittest import mock

import botocore.endpoint
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import connections, time_limits
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.time_limits import (
    CONNECT_TIMEOUT,
    FIRST_ATTEMPTS,
    FIRST_CONTACT,
    OUTAGE,
    READ_TIMEOUT,
    UPLOAD_CONNECT_TIMEOUT,
    UPLOAD_READ_TIMEOUT,
)
from ansible_collections.slipway.codedeploy.plugins.plugin_utils import _following
from emulator import Emulator
from unit.controller import module_result

PAGE = pathlib.Path(__file__).resolve().parents[5] / "docs/network.md"
MOST_ADDRESSES = 8
"""What a name of AWS resolves to at most: S3's do."""

Options = dict[str, t.Any]
Place = t.Callable[[], t.ContextManager[int]]


@contextlib.contextmanager
def closed_port() -> t.Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


@contextlib.contextmanager
def mute_port() -> t.Iterator[int]:
    """A port on which connections are made, and nothing is answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]


@contextlib.contextmanager
def black_hole() -> t.Iterator[int]:
    """A port that takes no connection and refuses none, as its backlog is full."""
    with contextlib.ExitStack() as waiting:
        server = waiting.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _each in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the code under test wanted to sleep; it does not, and its time limits are short."""
    seconds: list[float] = []
    for module in (cloud, botocore.endpoint):
        monkeypatch.setattr(module, "time", types.SimpleNamespace(sleep=seconds.append, monotonic=time.monotonic))
    monkeypatch.setattr(connections, "TIMEOUTS", {"connect_timeout": 0.15, "read_timeout": 0.15})
    for variable in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(variable, raising=False)
    return seconds


def ask(**options: t.Any) -> Options:
    """What the module that lists applications answers."""
    keys = {"access_key": "AKIAEXAMPLE", "secret_key": "not-a-secret", "region": "eu-central-1"}
    return module_result("application_info", {**keys, **options})


@pytest.mark.parametrize("place", [closed_port, mute_port, black_hole])
@pytest.mark.usefixtures("slept")
def test_a_first_call_that_nobody_answers_ends_soon(place: Place, slept: list[float]) -> None:
    with place() as port:
        result = ask(endpoint_url=f"http://127.0.0.1:{port}")
    assert result["failed"]
    assert "check the region, endpoint_url, the proxy (HTTPS_PROXY, NO_PROXY) and the network" in result["msg"]
    assert f"http://127.0.0.1:{port}" in result["msg"]
    assert len(slept) == FIRST_ATTEMPTS - 1


@pytest.mark.usefixtures("slept")
def test_a_name_that_does_not_exist_ends_soon(slept: list[float]) -> None:
    result = ask(endpoint_url="https://codedeploy.eu-centrl-1.invalid")
    assert 'Could not connect to the endpoint URL: "https://codedeploy.eu-centrl-1.invalid/"' in result["msg"]
    assert "check the region" in result["msg"]
    assert len(slept) == FIRST_ATTEMPTS - 1


def test_a_proxy_that_does_not_answer_is_named_without_its_password(
    slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_port() as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:geheim@127.0.0.1:{port}")
        result = ask()
    assert re.search(rf"check HTTPS_PROXY.*http://\*\*\*@127\.0\.0\.1:{port}", result["msg"])
    assert "geheim" not in str(result)
    assert len(slept) == FIRST_ATTEMPTS - 1


@pytest.mark.usefixtures("slept")
def test_a_slow_first_failure_is_the_last(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(0, FIRST_CONTACT)
    monkeypatch.setattr(time_limits, "time", types.SimpleNamespace(monotonic=lambda: float(next(ticks))))
    with closed_port() as port:
        assert ask(endpoint_url=f"http://127.0.0.1:{port}")["failed"]
    assert slept == []


def test_the_number_of_attempts_is_the_users_if_it_is_given(slept: list[float]) -> None:
    with closed_port() as port:
        config = {"retries": {"total_max_attempts": 5}}
        assert ask(endpoint_url=f"http://127.0.0.1:{port}", aws_config=config)["failed"]
    assert len(slept) == 4


def outage(emulator: Emulator, seconds: float) -> tuple[Options, float]:
    """The answer of a client whose service is gone for so many SECONDS after its first answer, and when it came; time is what is slept."""
    now = [0.0]
    clock = types.SimpleNamespace(sleep=lambda length: now.__setitem__(0, now[0] + length), monotonic=lambda: now[0])

    def gone(request: t.Any, **_event: t.Any) -> None:
        if 0 < now[0] < seconds:
            raise botocore.exceptions.EndpointConnectionError(endpoint_url=request.url)
        now[0] = now[0] or 0.001

    def watch(patience: t.Any, events: t.Any) -> None:
        real(patience, events)
        events.register("before-send.codedeploy", gone)

    real = time_limits.Patience.watch
    patches = [mock.patch.object(module, "time", clock) for module in (cloud, botocore.endpoint, time_limits)]
    with contextlib.ExitStack() as stack:
        for patch in (*patches, mock.patch.object(time_limits.Patience, "watch", watch)):
            stack.enter_context(patch)
        stack.enter_context(mock.patch("random.random", lambda: 1.0))
        stack.enter_context(mock.patch("random.uniform", lambda _least, most: most))
        emulator.client("codedeploy").create_application(applicationName="web")
        variables = emulator.environment
        keys = {"access_key": variables["AWS_ACCESS_KEY_ID"], "secret_key": variables["AWS_SECRET_ACCESS_KEY"]}
        return ask(**keys, endpoint_url=emulator.endpoint, region="us-east-1", include_tags=False), now[0]


def test_a_service_that_was_there_is_waited_for(emulator: Emulator) -> None:
    result, _seconds = outage(emulator, 50)
    assert [each["application_name"] for each in result["applications"]] == ["web"]


def test_a_service_that_was_there_is_not_waited_for_without_end(emulator: Emulator) -> None:
    result, seconds = outage(emulator, 1e9)
    assert "Could not connect" in result["msg"]
    assert OUTAGE <= seconds <= OUTAGE + 20


# The longest sleeps of botocore between attempts, and of the collection between calls (botocore's _retry.json; _errors.py).
BOTOCORE_SLEEPS = (1, 2, 4, 8)
CALL_SLEEPS = (1, 2, 4, 8, 16, 20, 20)


@pytest.mark.parametrize(
    ("seconds", "most"),
    [
        # No connection to a name, whatever it resolves to: none follows an attempt that took FIRST_CONTACT.
        (FIRST_CONTACT + BOTOCORE_SLEEPS[1] + CONNECT_TIMEOUT, 30),
        (MOST_ADDRESSES * CONNECT_TIMEOUT, 30),
        # A connection, and no answer.
        (FIRST_CONTACT + BOTOCORE_SLEEPS[1] + CONNECT_TIMEOUT + READ_TIMEOUT, 30),
        # Silence of a service that has answered before.
        (OUTAGE + max(CALL_SLEEPS) + CONNECT_TIMEOUT + READ_TIMEOUT, 120),
    ],
)
def test_the_limits_add_up(seconds: float, most: float) -> None:
    assert seconds <= most


def test_the_page_states_the_limits() -> None:
    told = dict(re.findall(r"^\| ([^|]+?) \| ([\d.]+) ?s? \|", PAGE.read_text(), re.M))
    assert {name: float(value) for name, value in told.items()} == {
        "to connect to an address": CONNECT_TIMEOUT,
        "without a byte of a response": READ_TIMEOUT,
        "attempts of a first call": FIRST_ATTEMPTS,
        "no further attempt of a first call after": FIRST_CONTACT,
        "a first call without a response, in all": FIRST_CONTACT + BOTOCORE_SLEEPS[1] + CONNECT_TIMEOUT + READ_TIMEOUT,
        "no further attempt of a later call after": OUTAGE,
        "a later call without a response, in all": OUTAGE + max(CALL_SLEEPS) + CONNECT_TIMEOUT + READ_TIMEOUT,
        "sleeps while AWS throttles or is busy, in all": 8 * sum(BOTOCORE_SLEEPS) + sum(CALL_SLEEPS),
        "to connect for an upload, or to stall in it": UPLOAD_CONNECT_TIMEOUT,
        "without a byte of a response to an upload": UPLOAD_READ_TIMEOUT,
        "polls of a deployment that fail, in all": _following.OUTAGE,
        "polls of a deployment that AWS rejects, in all": _following.REFUSAL,
    }
