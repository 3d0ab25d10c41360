# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that the role `agent` runs on a host."""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import pathlib
import pwd
import time
import types
import typing as t

import pytest

FILES = pathlib.Path(__file__).resolve().parents[3] / "roles/agent/files"
NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
ANSWER = {
    "AccessKeyId": "AKIA",
    "SecretAccessKey": "hidden",
    "SessionToken": "token",
    "Expiration": "2026-11-22T13:00:00Z",
}
ME = pwd.getpwuid(os.getuid()).pw_name


def program(name: str) -> types.ModuleType:
    """The program NAME, as a module."""
    specification = importlib.util.spec_from_file_location(name, FILES / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


renewal, polls, services = program("renew_credentials"), program("last_poll"), program("service_state")
fetching = program("fetch")


@pytest.mark.parametrize("answer", [ANSWER, {"Version": 1, **ANSWER}, {"Credentials": ANSWER, "AssumedRoleUser": {}}])
def test_the_answers_that_are_understood(answer: dict[str, t.Any]) -> None:
    assert renewal.credentials_from_answer(json.dumps(answer)) == ANSWER


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hidden", "did not print a JSON object"),
        ('["hidden"]', "did not print a JSON object"),
        ('{"AccessKeyId": "hidden"}', "has no SecretAccessKey"),
        (json.dumps({**ANSWER, "SessionToken": "hidden\nregion = x"}), "SessionToken .* line break"),
        (json.dumps({**ANSWER, "SecretAccessKey": ""}), "SecretAccessKey .* empty"),
    ],
)
def test_an_answer_that_is_not_understood_is_not_shown(text: str, message: str) -> None:
    with pytest.raises(renewal.RenewalError, match=message) as error:
        renewal.credentials_from_answer(text)
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize(
    ("expiration", "seconds"),
    [("2026-11-22T13:00:00Z", 3600), ("2026-11-22T13:00:00+01:00", 0), ("2026-11-22T12:10:00", 600)],
)
def test_how_long_credentials_live(expiration: str, seconds: float) -> None:
    assert renewal.seconds_left(expiration, NOW) == seconds


def test_credentials_that_end_too_early() -> None:
    assert renewal.check_lifetime(3600, 900) == ""
    assert "expire in 2000 s, but the agent may use them for 2700 s" in renewal.check_lifetime(2000, 900)
    with pytest.raises(renewal.RenewalError, match="have expired"):
        renewal.check_lifetime(0, 900)
    with pytest.raises(renewal.RenewalError, match="tomorrow"):
        renewal.seconds_left("tomorrow", NOW)


def command(folder: pathlib.Path, text: str) -> str:
    path = folder / "command"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def test_the_file_is_replaced_or_stays_as_it_was(tmp_path: pathlib.Path) -> None:
    credentials = tmp_path / "credentials"
    answer = {**ANSWER, "Expiration": "2126-11-22T13:00:00Z"}
    assert renewal.renew(str(credentials), command(tmp_path, f"echo '{json.dumps(answer)}'"), ME, 900) == ""
    written = credentials.read_text()
    assert written == "[default]\naws_access_key_id = AKIA\naws_secret_access_key = hidden\naws_session_token = token\n"
    assert credentials.stat().st_mode & 0o777 == 0o600
    for text in ("exit 3", "echo nonsense", f"echo '{json.dumps({**ANSWER, 'Expiration': '2001-01-01T00:00:00Z'})}'"):
        with pytest.raises(renewal.RenewalError):
            renewal.renew(str(credentials), command(tmp_path, text), ME, 900)
    assert credentials.read_text() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["command", "credentials"]


HOST = "arn:aws:iam::123456789012:user/web-1"
OLD_LINE = f'INFO  [codedeploy-agent(7)]: [Aws::CodeDeployCommand::Client 200 0.05 0 retries] poll_host_command(host_identifier:"{HOST}")'
OLD_REFUSED = OLD_LINE.replace("Client 200", "Client 400") + " Aws::CodeDeployCommand::Errors::AccessDeniedException"
NEW_BEGUN = f"INFO Starting host command poll loop host_identifier={HOST} poll_interval_ms=30000 max_concurrent=16"
NEW_REFUSED = "ERROR Error polling for host commands: AccessDeniedException"


@pytest.mark.parametrize(
    ("lines", "seen", "state", "host"),
    [
        ([], 0, "silent", ""),
        ([OLD_LINE], 0, "polled", HOST),
        ([OLD_LINE], 1, "silent", HOST),
        ([OLD_LINE, OLD_REFUSED], 1, "failed", HOST),
        ([OLD_REFUSED, OLD_LINE], 0, "polled", HOST),
        ([NEW_REFUSED, NEW_BEGUN], 2, "begun", HOST),
        ([NEW_BEGUN, NEW_REFUSED], 1, "failed", HOST),
        ([NEW_BEGUN, "INFO something else"], 0, "begun", HOST),
        ([NEW_BEGUN, OLD_REFUSED], 2, "silent", HOST),
        ([OLD_REFUSED, NEW_BEGUN], 2, "begun", HOST),
    ],
)
def test_what_the_log_tells(lines: list[str], seen: int, state: str, host: str) -> None:
    found = polls.last_poll(lines, seen)
    assert (found["state"], found["host"]) == (state, host)


def test_a_log_that_is_not_there_or_no_file_of_its_own_is_silent(tmp_path: pathlib.Path) -> None:
    (tmp_path / "real").write_text(OLD_LINE)
    (tmp_path / "link").symlink_to("real")
    os.mkfifo(tmp_path / "pipe")
    assert polls.watch(str(tmp_path / "real"), 0, 0)["host"] == HOST
    for name in ("no.log", "link", "pipe"):
        assert polls.watch(str(tmp_path / name), 0, 0) == {"state": "silent", "host": "", "line": ""}


SHOWN = {"LoadState": "loaded", "ActiveState": "active", "NeedDaemonReload": "no"}


@pytest.mark.parametrize(
    ("properties", "seconds_later", "changed", "reload"),
    [
        ({}, -60, True, False),
        ({}, 60, False, False),
        ({"NeedDaemonReload": "yes"}, 60, False, True),
        ({"ActiveState": "activating"}, -60, True, False),
        ({"ActiveState": "failed"}, -60, False, False),
        ({"ActiveState": "inactive"}, -60, False, False),
    ],
)
def test_what_a_service_has_not_read_yet(
    properties: dict[str, str], seconds_later: int, changed: bool, reload: bool, tmp_path: pathlib.Path
) -> None:
    file, none = tmp_path / "file", str(tmp_path / "none")
    file.write_text("1")
    os.utime(file, (0, 0))  # a package's files have the times of its making
    started = time.clock_gettime(time.CLOCK_MONOTONIC) + seconds_later
    shown = {**SHOWN, "ActiveEnterTimestampMonotonic": str(int(started * 1e6)), **properties}
    assert services.state(shown, [str(file), none]) == {
        "loaded": True,
        "reload": reload,
        "active": shown["ActiveState"] == "active",
        "present": [str(file)],
        "changed": [str(file)] if changed else [],
    }


def test_a_service_that_systemd_does_not_know_needs_nothing(tmp_path: pathlib.Path) -> None:
    shown = {**SHOWN, "LoadState": "not-found", "ActiveState": "inactive", "ActiveEnterTimestampMonotonic": "0"}
    found = services.state(shown, [str(tmp_path / "none")])
    assert found == {"loaded": False, "reload": False, "active": False, "present": [], "changed": []}


def test_what_is_fetched_goes_to_a_file_or_to_the_output(
    tmp_path: pathlib.Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "there").write_bytes(b"content")
    url = (tmp_path / "there").as_uri()
    fetching.main(url, str(tmp_path / "here"), "")
    assert (tmp_path / "here").read_bytes() == b"content"
    fetching.main(url, "", "")
    assert capfdbinary.readouterr().out == b"content"


@pytest.mark.parametrize("url", ["file:///none", "nonsense", "http://127.0.0.1:1/none"])
def test_what_cannot_be_fetched_is_said_without_the_proxys_password(url: str) -> None:
    with pytest.raises(SystemExit) as end:
        fetching.main(url, "", "http://user:hidden@127.0.0.1:1")
    assert str(end.value).startswith(url)
    assert "hidden" not in str(end.value)
