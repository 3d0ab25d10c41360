# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever clients do, the emulator answers or closes, goes on, and what it remembers stays whole."""

from __future__ import annotations

import json
import random
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Emulator, ManualClock
from emulator.http.protocol import LARGEST_REQUEST

from .signed_requests import signed_headers
from .stage import ROLE

TARGET = "CodeDeploy_20141006.CreateApplication"
BODY = b'{"applicationName": "intruder"}'
PATIENCE = 60.0
HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=ManualClock()) as running:
        yield running


@pytest.fixture(autouse=True)
def whole(server: Emulator) -> Iterator[None]:
    """After every test here the emulator serves, and has nothing but what ``shop`` was given."""
    client = server.client("codedeploy")
    server.reset()
    client.create_application(applicationName="shop")
    yield
    assert client.list_applications()["applications"] == ["shop"]
    assert client.get_application(applicationName="shop")["application"]["applicationName"] == "shop"


def connect(server: Emulator) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.endpoint.rpartition(":")[2])), timeout=PATIENCE)


def everything_from(connection: socket.socket) -> bytes:
    """What comes until the server closes. Raises TimeoutError if it never does."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionError:
        pass
    return received


def request_text(server: Emulator, body: bytes, length: int | None = None) -> bytes:
    headers = signed_headers(server.endpoint, TARGET, body)
    lines = [f"{name}: {value}" for name, value in {**headers, "Host": server.endpoint.partition("//")[2]}.items()]
    lines += [f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(["POST / HTTP/1.1", *lines]).encode() + body


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(server: Emulator, sent: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        everything_from(connection)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 1), abrupt=st.booleans())
def test_a_client_that_hangs_up(server: Emulator, cut: float, abrupt: bool) -> None:
    text = request_text(server, BODY, len(BODY) + 1)
    with connect(server) as connection:
        connection.sendall(text[: int(cut * len(text))])
        if abrupt:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            connection.shutdown(socket.SHUT_WR)
            everything_from(connection)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["Authorization", "X-Amz-Date", "X-Amz-Target", "X-Amz-Security-Token", "Host"]),
        HEADER_TEXT,
        min_size=1,
    )
)
def test_spoilt_headers(server: Emulator, spoilt: dict[str, str]) -> None:
    headers = {**signed_headers(server.endpoint, TARGET, BODY), **spoilt}
    answer = urllib3.request("POST", server.endpoint, body=BODY, headers=headers, retries=False)
    assert 400 <= answer.status < 500 or "X-Amz-Target" in spoilt


@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), letter=st.sampled_from("0123456789abcdef"))
def test_spoilt_signatures(server: Emulator, position: float, letter: str) -> None:
    headers = signed_headers(server.endpoint, TARGET, BODY)
    start, signature = headers["Authorization"].rsplit("=", 1)
    place = int(position * len(signature))
    if signature[place] == letter:
        return
    spoilt = f"{start}={signature[:place]}{letter}{signature[place + 1 :]}"
    answer = urllib3.request("POST", server.endpoint, body=BODY, headers={**headers, "Authorization": spoilt})
    assert (answer.status, answer.json()["__type"]) == (403, "InvalidSignatureException")


@pytest.mark.parametrize("size", [LARGEST_REQUEST + 1, 20 * LARGEST_REQUEST])
def test_huge_bodies(server: Emulator, size: int) -> None:
    body = b'{"applicationName": "' + b"x" * size + b'"}'
    answer = urllib3.request("POST", server.endpoint, body=body, headers=signed_headers(server.endpoint, TARGET, body))
    assert (answer.status, answer.json()["__type"]) == (413, "RequestEntityTooLargeException")


def test_a_length_that_is_a_lie(server: Emulator) -> None:
    """The signature fits what has come, but there was to be more of it."""
    for length in (len(BODY) + 1, 10**15, -1):
        with connect(server) as connection:
            connection.sendall(request_text(server, BODY, length))
            connection.shutdown(socket.SHUT_WR)
            everything_from(connection)


@pytest.mark.parametrize(
    "body", [b"[" * 500_000, b'{"a":' * 100_000, b'"' + b"\\u0000" * 100_000 + b'"', b"1" * 100_000]
)
def test_json_that_is_hard_to_read(server: Emulator, body: bytes) -> None:
    answer = urllib3.request("POST", server.endpoint, body=body, headers=signed_headers(server.endpoint, TARGET, body))
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")


def churn(server: Emulator, seed: int) -> list[str]:
    """Fifty calls on few names, so that writers meet; the errors they are answered with."""
    client, chance, errors = server.client("codedeploy"), random.Random(seed), []
    for _time in range(50):
        name = {"applicationName": f"app-{chance.randrange(2)}"}
        group = {**name, "deploymentGroupName": "web"}
        call, members = chance.choice(
            [
                (client.create_application, name),
                (client.delete_application, name),
                (client.create_deployment_group, {**group, "serviceRoleArn": ROLE}),
                (client.delete_deployment_group, group),
                (client.get_deployment_group, group),
                (client.list_deployment_groups, name),
            ]
        )
        try:
            call(**members)
        except ClientError as error:
            errors.append(error.response["Error"]["Code"])
    return errors


def test_concurrent_writers(server: Emulator) -> None:
    client = server.client("codedeploy")
    with ThreadPoolExecutor(8) as threads:
        errors = {error for found in threads.map(lambda seed: churn(server, seed), range(8)) for error in found}
    assert errors <= {
        "ApplicationAlreadyExistsException",
        "ApplicationDoesNotExistException",
        "DeploymentGroupAlreadyExistsException",
        "DeploymentGroupDoesNotExistException",
    }
    for application in client.list_applications()["applications"][1:]:
        for name in client.list_deployment_groups(applicationName=application)["deploymentGroups"]:
            client.get_deployment_group(applicationName=application, deploymentGroupName=name)
    for number in range(2):
        client.delete_application(applicationName=f"app-{number}")


def test_one_of_many_creations_wins(server: Emulator) -> None:
    client = server.client("codedeploy")

    def create(_number: int) -> bool:
        try:
            client.create_application(applicationName="prize")
        except client.exceptions.ApplicationAlreadyExistsException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(create, range(32))) == 1
    client.delete_application(applicationName="prize")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["health", "calls", "clock", "faults", "hosts", "github-account-tokens"]), JSON)
def test_control_paths(server: Emulator, name: str, value: Any) -> None:
    answer = urllib3.request("POST", f"{server.endpoint}/_emulator/{name}", body=json.dumps(value).encode())
    assert answer.status in (200, 400, 405), answer.data
    server.faults.clear()
