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
from contextlib import suppress
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Emulator, ManualClock
from emulator.http import server as http_server
from emulator.http.protocol import LARGEST_REQUEST
from emulator.stages.servers import ROLE
from emulator.stages.signed_requests import signed_headers

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


PAGE = {"Content-Type": "text/plain"}
REFUSED_PAGES = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:3000"},
    {"Origin": "https://OWN"},
    {"Origin": "http://OWN.evil.test"},
    {"Host": "evil.test", "Origin": "http://evil.test"},
    {"Host": "evil.test:4566"},
    {"Host": "localhost.evil.test"},
    {"Host": "127.0.0.1.evil.test"},
    {"Host": "evil.test@127.0.0.1"},
    {"Host": "127.0.0.1:80:evil.test"},
    {"Host": "notlocalhost"},
    {"Host": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
SERVED_PAGES = [
    {},
    {"Origin": "http://OWN"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://OWN", "Sec-Fetch-Site": "same-origin"},
    {"Host": "LOCALHOST"},
    {"Host": "localhost:4566"},
    {"Host": "[::1]:4566"},
    {"Host": "bundles.localhost"},
    {"Host": "bundles.s3.us-east-1.localhost:80"},
]
PATHS = [
    ("GET", "/_emulator/health"),
    ("GET", "/moto-api/data.json"),
    ("GET", "/bundles"),
    ("PUT", "/bundles/key"),
    ("POST", "/_emulator/reset"),
    ("POST", "/moto-api/reset"),
    ("POST", "/"),
    ("OPTIONS", "/bundles/key"),
    ("GET", "/?Action=CreateUser&UserName=mallory&Version=2010-05-08"),
]


def status_for(server: Emulator, method: str, path: str, sent: dict[str, str]) -> int:
    own = server.endpoint.partition("//")[2]
    headers = {**PAGE, **{name: value.replace("OWN", own) for name, value in sent.items()}}
    answer = urllib3.request(method, server.endpoint + path, headers=headers, retries=False)
    assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []
    return answer.status


@pytest.mark.parametrize("sent", REFUSED_PAGES, ids=str)
def test_pages_of_other_origins_are_refused(server: Emulator, sent: dict[str, str]) -> None:
    assert {status_for(server, method, path, sent) for method, path in PATHS} == {403}


@pytest.mark.parametrize("sent", SERVED_PAGES, ids=str)
def test_who_comes_by_a_name_of_loopback_is_served(server: Emulator, sent: dict[str, str]) -> None:
    assert status_for(server, "GET", "/_emulator/health", sent) == 200
    assert status_for(server, "GET", "/bundles", sent) != 403


def test_a_page_cannot_use_a_good_signature_either(server: Emulator) -> None:
    headers = {**signed_headers(server.endpoint, TARGET, BODY), "Origin": "https://evil.test"}
    answer = urllib3.request("POST", server.endpoint, body=BODY, headers=headers)
    assert (answer.status, answer.json()["__type"]) == (403, "AccessDeniedException")


def test_two_host_headers(server: Emulator) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n")
        assert everything_from(connection).startswith(b"HTTP/1.1 403 ")


def test_an_address_in_the_request_line_counts_as_host(server: Emulator) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET http://evil.test/_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert everything_from(connection).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "path", ["/", "/moto-api/config", "/moto-api/seed", "/latest/meta-data/", "/bucket/key?uploads"]
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_large_bodies_without_a_signature(server: Emulator, path: str, kind: str) -> None:
    body, headers = b"x" * (LARGEST_REQUEST + 1), {"Content-Type": kind}
    assert urllib3.request("POST", server.endpoint + path, body=body, headers=headers).status == 413


JSON_REQUESTS = [
    ("ecs", "", {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"}),
    ("ecs", "", {"Content-Type": "application/x-amz-json-1.1"}),
    ("lambda", "/2015-03-31/functions", {"Content-Type": "application/json"}),
]


@pytest.mark.parametrize(("service", "path", "own"), JSON_REQUESTS)
@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"a":' * 150 + b"1" + b"}" * 150, b'{"a": NaN}', b"{", b'"\xff"'])
def test_json_for_other_services(server: Emulator, service: str, path: str, own: dict[str, str], body: bytes) -> None:
    scope = f"AKIA/20260101/us-east-1/{service}/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0", **own}
    answer = urllib3.request("POST", server.endpoint + path, body=body, headers=headers)
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize("path", ["/", "/bucket", "/moto-api/config", "/moto-api/seed"])
def test_deep_json_without_a_signature(server: Emulator, path: str) -> None:
    answer = urllib3.request("POST", server.endpoint + path, body=b"[" * 500_000)
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")


def test_an_object_may_be_deep_json(server: Emulator) -> None:
    s3, content = server.client("s3"), b"[" * 500_000
    s3.create_bucket(Bucket="deep")
    s3.put_object(Bucket="deep", Key="k", Body=content)
    assert s3.get_object(Bucket="deep", Key="k")["Body"].read() == content


@pytest.mark.parametrize("service", ["ecs", "sns", "logs", "codedeploy", "iam"])
def test_large_bodies_for_services_without_a_use_for_them(server: Emulator, service: str) -> None:
    scope = f"AKIA/20260101/us-east-1/{service}/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    body = b"x" * (LARGEST_REQUEST + 1)
    for kind in ("application/x-www-form-urlencoded", "application/x-amz-json-1.1"):
        answer = urllib3.request("POST", server.endpoint, body=body, headers={**headers, "Content-Type": kind})
        assert answer.status == 413


def test_a_large_body_of_a_control_call(server: Emulator) -> None:
    chunks = (b"[" * 65536 for _time in range(2 * LARGEST_REQUEST // 65536))
    for body in (b"[]," * LARGEST_REQUEST, chunks):
        answer = urllib3.request("POST", f"{server.endpoint}/_emulator/clock", body=body, retries=False)
        assert (answer.status, answer.json()) == (400, {"error": "The body has more than 1048576 bytes."})


def test_a_small_body_in_chunks(server: Emulator) -> None:
    parts = iter([b'{"advance"', b": 1}"])
    answer = urllib3.request("POST", f"{server.endpoint}/_emulator/clock", body=parts)
    assert answer.status == 200


def test_objects_may_be_large(server: Emulator) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket="large")
    s3.put_object(Bucket="large", Key="k", Body=b"x" * 3 * LARGEST_REQUEST)
    url = s3.generate_presigned_url("put_object", {"Bucket": "large", "Key": "presigned"})
    assert urllib3.request("PUT", url, body=b"x" * 3 * LARGEST_REQUEST).status == 200
    sizes = {item["Key"]: item["Size"] for item in s3.list_objects_v2(Bucket="large")["Contents"]}
    assert sizes == {"k": 3 * LARGEST_REQUEST, "presigned": 3 * LARGEST_REQUEST}


@pytest.mark.parametrize("length", [b"1" * 30, b"-1", b"0x10", b"5, 6"])
def test_a_strange_length_of_a_control_call(server: Emulator, length: bytes) -> None:
    with connect(server) as connection:
        head = b"POST /_emulator/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length
        connection.sendall(head + b"\r\n\r\n{}")
        connection.shutdown(socket.SHUT_WR)
        assert everything_from(connection)[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 413")


@pytest.mark.parametrize("header", [b"X-A: 1\r\n" * 1000, b"X-A: " + b"1" * 100_000 + b"\r\n"], ids=["many", "long"])
def test_too_many_headers(server: Emulator, header: bytes) -> None:
    with connect(server) as connection:
        with suppress(OSError):  # it may have closed before all was sent
            connection.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n")
        assert everything_from(connection)[:12] in (b"", b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc", b"POST / HTTP/1.1\r\nHost: localhost\r\n", b"BODY"]
)
def test_who_falls_silent_is_left(server: Emulator, begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server._QuietHandler, "timeout", 0.2)
    with connect(server) as connection:
        connection.sendall(request_text(server, BODY, len(BODY) + 1) if begun == b"BODY" else begun)
        everything_from(connection)


@pytest.mark.parametrize("depth", [101, 500, 900, 990])
def test_what_was_refused_for_its_depth_is_not_in_the_record(server: Emulator, depth: int) -> None:
    body = b'{"applicationName": ' + b"[" * depth + b"]" * depth + b"}"
    answer = urllib3.request("POST", server.endpoint, body=body, headers=signed_headers(server.endpoint, TARGET, body))
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")
    assert urllib3.request("GET", f"{server.endpoint}/_emulator/calls").json()[-1]["parameters"] == {}


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-9223372036854775809", "1e400", "NaN", "Infinity", "1" * 5000])
def test_numbers_beyond_their_type(server: Emulator, number: str) -> None:
    body = b'{"applicationName": "shop", "deploymentConfigName": "c", "minimumHealthyHosts": {"type": "HOST_COUNT", "value": %b}}'
    config, listing = body % number.encode(), b'{"createTimeRange": {"start": %b}}' % number.encode()
    for operation, text in (("CreateDeploymentConfig", config), ("ListDeployments", listing)):
        if operation == "ListDeployments" and number.startswith("-"):
            continue  # a time long ago
        headers = signed_headers(server.endpoint, f"CodeDeploy_20141006.{operation}", text)
        answer = urllib3.request("POST", server.endpoint, body=text, headers=headers)
        assert (answer.status, answer.json()["__type"]) == (400, "SerializationException"), answer.data


HUGE = "1" + "0" * 400
BAD_CONTROL_CALLS = [
    *((name, body) for name in ("clock", "faults", "hosts", "github-account-tokens") for body in ("", "{}")),
    *(
        (name, body)
        for name in ("clock", "faults", "hosts", "hook-functions", "github-account-tokens")
        for body in ("{", "null", "[]", "1", '"x"', "NaN", "\udcff", "[" * 500, "[" * 100_000, '{"bogus": 1}', "{}{}")
    ),
    ("clock", '{"advance": HUGE}'.replace("HUGE", HUGE)),
    ("clock", '{"advance": 1e400}'),
    ("clock", '{"advance": 1e300}'),
    ("clock", '{"advance": -0.1}'),
    ("clock", '{"advance": null}'),
    ("clock", '{"advance": [1]}'),
    ("clock", '{"advance": 1, "bogus": 2}'),
    ("clock", '{"advance": 1, "speed": 0}'),
    ("clock", '{"speed": HUGE}'.replace("HUGE", HUGE)),
    ("clock", '{"speed": -1}'),
    ("clock", '{"speed": "fast"}'),
    ("clock", '{"speed": Infinity}'),
    ("faults", '{"kind": "flood"}'),
    ("faults", '{"kind": ["latency"]}'),
    ("faults", '{"kind": "latency", "bogus": 1}'),
    ("faults", '{"kind": "latency", "action": 5}'),
    ("faults", '{"kind": "latency", "action": "no colon"}'),
    ("faults", '{"kind": "latency", "seconds": HUGE}'.replace("HUGE", HUGE)),
    ("faults", '{"kind": "latency", "seconds": -1}'),
    ("faults", '{"kind": "time_passes", "seconds": 1e300}'),
    ("faults", '{"kind": "throttling", "rate": 1.5}'),
    ("faults", '{"kind": "throttling", "rate": NaN}'),
    ("faults", '{"kind": "throttling", "rate": HUGE}'.replace("HUGE", HUGE)),
    ("faults", '{"kind": "throttling", "count": 0.5}'),
    ("faults", '{"kind": "throttling", "count": true}'),
    ("faults", '{"kind": "throttling", "skip": -1}'),
    ("faults", '{"kind": "throttling", "seed": null}'),
    ("hosts", '{"hosts": 0}'),
    ("hosts", '{"hosts": -1}'),
    ("hosts", '{"hosts": 1.5}'),
    ("hosts", '{"hosts": true}'),
    ("hosts", '{"hosts": HUGE}'.replace("HUGE", HUGE)),
    ("hosts", '{"hosts": [1]}'),
    ("hosts", '{"hosts": ""}'),
    ("hosts", '{"hosts": "a b"}'),
    ("hosts", '{"hosts": "\\ud800"}'),
    ("hosts", '{"hosts": "i-nowhere"}'),
    ("hosts", json.dumps({"hosts": ["a"] * 10_001})),
    ("hosts", '{"hosts": 1, "region": 5}'),
    ("hosts", '{"hosts": 1, "region": "nowhere"}'),
    ("hosts", '{"hosts": 1, "tags": {"a": 1}}'),
    ("hosts", '{"hosts": 1, "tags": []}'),
    ("hosts", '{"hosts": 1, "scripts": {}}'),
    ("hosts", '{"hosts": 1, "scripts": [1]}'),
    ("hosts", '{"hosts": 1, "scripts": [{"Coffee": "hang"}]}'),
    ("hosts", '{"hosts": 1, "scripts": [{"Install": "vanish"}]}'),
    ("hosts", '{"hosts": 1, "scripts": [{"Install": {"fail": 1}}]}'),
    ("hosts", '{"hosts": 1, "scripts": [{"Install": {"fail": {"seconds": HUGE}}}]}'.replace("HUGE", HUGE)),
    ("hosts", '{"hosts": 1, "scripts": [{"Install": {"fail": {"seconds": 1e300}}}]}'),
    ("hosts", '{"hosts": 1, "scripts": [{"Install": {"fail": {"bogus": "x"}}}]}'),
    ("hook-functions", '{"check": "Maybe"}'),
    ("hook-functions", '{"check": ["Succeeded"]}'),
    ("github-account-tokens", '{"tokenName": 5}'),
    ("github-account-tokens", '{"tokenName": ""}'),
    ("github-account-tokens", '{"tokenName": "\\ud800"}'),
    ("github-account-tokens", '{"tokenName": "a", "bogus": 1}'),
]


@pytest.mark.parametrize(("name", "body"), BAD_CONTROL_CALLS, ids=lambda text: text[:60])
def test_bad_control_calls(server: Emulator, name: str, body: str) -> None:
    sent = body.encode(errors="surrogateescape")
    answer = urllib3.request("POST", f"{server.endpoint}/_emulator/{name}", body=sent)
    assert answer.status == 400, answer.data
    error = answer.json()["error"]
    assert " " in error
    assert len(error) < 1000
    assert server.faults.as_json() == []


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["health", "calls", "clock", "faults", "hosts", "hook-functions", "github-account-tokens"]), JSON
)
def test_control_paths(server: Emulator, name: str, value: Any) -> None:
    answer = urllib3.request("POST", f"{server.endpoint}/_emulator/{name}", body=json.dumps(value).encode())
    assert answer.status in (200, 400, 405), answer.data
    server.faults.clear()
