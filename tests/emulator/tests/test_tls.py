# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: clients that trust the emulator's authority are served, nobody else is, and no key stays behind."""

from __future__ import annotations

import contextlib
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import urllib3
from botocore.exceptions import ConnectionClosedError, SSLError

from emulator import Emulator, Fault, ManualClock
from emulator.certificates import server_context, write_certificate
from emulator.emulator import ACCESS_KEY, SECRET_KEY
from emulator.stages.scripted_host import ScriptedHost
from emulator.stages.servers import Stage


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    with Emulator(clock=ManualClock(), tls=tmp_path / "authority") as running:
        yield running


def address(emulator: Emulator) -> tuple[str, int]:
    return "127.0.0.1", int(emulator.endpoint.rpartition(":")[2])


def test_clients_that_trust_it(emulator: Emulator) -> None:
    assert emulator.endpoint.startswith("https://127.0.0.1:")
    assert emulator.environment["AWS_CA_BUNDLE"] == str(emulator.ca_file)
    assert emulator.client("codedeploy").list_applications()["applications"] == []
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="bundles")
    s3.put_object(Bucket="bundles", Key="k", Body=b"x" * 3_000_000)
    assert len(s3.get_object(Bucket="bundles", Key="k")["Body"].read()) == 3_000_000


def test_the_name_localhost(emulator: Emulator) -> None:
    context = ssl.create_default_context(cafile=emulator.ca_file)
    with (
        socket.create_connection(address(emulator)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        assert tls.version() in ("TLSv1.2", "TLSv1.3")


def test_those_who_do_not(emulator: Emulator) -> None:
    client = boto3.client(
        "codedeploy",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    with pytest.raises(SSLError):
        client.list_applications()


def test_who_does_not_speak_tls_keeps_nobody_waiting(emulator: Emulator) -> None:
    with socket.create_connection(address(emulator)) as silent, socket.create_connection(address(emulator)) as rude:
        rude.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert emulator.client("codedeploy").list_applications()["applications"] == []
        silent.sendall(b"\x16")


def test_a_reset(emulator: Emulator) -> None:
    emulator.faults.add(Fault("reset_after", count=1))
    with pytest.raises(ConnectionClosedError):
        emulator.client("codedeploy").create_application(applicationName="shop")
    assert emulator.client("codedeploy").list_applications()["applications"] == ["shop"]


def test_a_host_over_tls(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(emulator)
    stage.set_up("h1")
    trusting = urllib3.PoolManager(ca_certs=str(emulator.ca_file))
    monkeypatch.setattr(urllib3, "request", trusting.request)
    assert isinstance(stage.hosts["h1"], ScriptedHost)
    assert stage.status(stage.deploy()) == "Succeeded"


def test_only_the_certificate_stays(emulator: Emulator) -> None:
    assert emulator.ca_file is not None
    folder = emulator.ca_file.parent
    assert [path.name for path in folder.iterdir()] == ["ca.pem"]
    assert b"PRIVATE" not in (folder / "ca.pem").read_bytes()


def test_the_key_is_its_owners_while_it_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def load(_context: ssl.SSLContext, file: str) -> None:
        seen.append((Path(file), stat.S_IMODE(Path(file).stat().st_mode)))
        raise ssl.SSLError("as if it could not be loaded")

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load)
    with pytest.raises(ssl.SSLError):
        server_context(tmp_path)
    ((file, mode),) = seen
    assert (mode, file.exists()) == (0o600, False)
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"]


def test_one_file_for_a_server_in_another_process_and_its_clients(tmp_path: Path) -> None:
    file = tmp_path / "certificate.pem"
    write_certificate(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    authority = file.read_text().rpartition("-----BEGIN CERTIFICATE-----")
    for trusting in (
        ssl.create_default_context(cafile=file),
        ssl.create_default_context(cadata="".join(authority[1:])),
    ):
        trusting.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python 3.13 and later ask for
        shake_hands(serving, trusting)


def shake_hands(serving: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    """Raises SSLCertVerificationError if the client does not trust the server."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()


def test_the_end_is_complete(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Emulator(clock=ManualClock(), tls=tmp_path) as emulator:
        emulator.client("codedeploy").list_applications()
        idle = socket.create_connection(address(emulator))
    idle.close()
    assert set(threading.enumerate()) <= before


@contextlib.contextmanager
def program(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The emulator as `make emulator TLS=1` starts it."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--tls", str(folder), "--allow-host", "bridge.test"]
    path = str(Path(__file__).parents[2])
    with subprocess.Popen(command, env={"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.terminate()
        running.communicate(timeout=60)
        assert running.returncode == 0


def health(running: subprocess.Popen[str], host: str) -> int:
    """The status for those who have exported what the program prints, and call it HOST."""
    assert running.stdout is not None
    exports = dict(running.stdout.readline().removeprefix("export ").strip().split("=", 1) for _time in range(6))
    trusting = urllib3.PoolManager(ca_certs=exports["AWS_CA_BUNDLE"])
    headers = {"Host": host}
    return trusting.request("GET", f"{exports['AWS_ENDPOINT_URL']}/_emulator/health", headers=headers).status


def test_two_programs_share_a_folder(tmp_path: Path) -> None:
    with program(tmp_path) as first, program(tmp_path) as second:
        assert (health(second, "bridge.test"), health(first, "evil.test")) == (200, 403)
