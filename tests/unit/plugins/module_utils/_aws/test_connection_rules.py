# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of the way to AWS before the first call: the option or variable, what is wrong, and what to do."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.connection_rules import (
    check_ca_bundle,
    check_credentials,
    check_endpoint,
    check_profile,
    check_region,
    insecurity,
    origin,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

ROLE = {"role_arn": "arn:aws:iam::111122223333:role/x"}
PROFILES: dict[str, dict[str, t.Any]] = {
    "plain": {},
    "role": {**ROLE, "source_profile": "plain"},
    "mfa": {**ROLE, "mfa_serial": "arn:aws:iam::111122223333:mfa/me", "source_profile": "plain"},
    "over-mfa": {**ROLE, "source_profile": "mfa"},
    "serial-only": {"mfa_serial": "arn:aws:iam::111122223333:mfa/me"},
    "circle": {**ROLE, "source_profile": "circle"},
}


def problem(check: t.Callable[[], None]) -> str:
    """What CHECK says, "" if nothing is wrong."""
    try:
        check()
    except InvalidOption as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("params", "environment", "said"),
    [
        ({"profile": "p"}, {}, ""),
        ({"profile": "p", "access_key": "", "secret_key": ""}, {}, ""),
        ({"access_key": "A", "secret_key": "s"}, {"AWS_PROFILE": "p"}, ""),
        (
            {"profile": "p", "access_key": "A", "secret_key": "s"},
            {},
            "profile: cannot be combined with access_key, secret_key;",
        ),
        (
            {"profile": "p", "access_key": "A", "secret_key": "s", "session_token": "t"},
            {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_KEY": "s", "AWS_SESSION_TOKEN": "t"},
            "profile: cannot be combined with AWS_ACCESS_KEY_ID, AWS_SECRET_KEY, AWS_SESSION_TOKEN; remove or unset",
        ),
        (
            {"profile": "p", "access_key": "A", "secret_key": "s"},
            {"AWS_DEFAULT_PROFILE": "p"},
            "AWS_DEFAULT_PROFILE: cannot be combined with access_key, secret_key;",
        ),
    ],
)
def test_a_profile_and_keys(params: dict[str, str], environment: dict[str, str], said: str) -> None:
    assert problem(lambda: check_credentials(params, environment)).startswith(said)
    assert bool(said) is bool(problem(lambda: check_credentials(params, environment)))


@pytest.mark.parametrize(
    ("region", "environment", "said"),
    [
        ("eu-central-1", {}, ""),
        ("eusc-de-east-1", {"AWS_REGION": ""}, ""),
        ("", {"AWS_REGION": ""}, "AWS_REGION: is empty; set it to a region like eu-central-1, or unset it"),
        (None, {"AWS_DEFAULT_REGION": ""}, "AWS_DEFAULT_REGION: is empty; set it"),
        (None, {}, "region: is missing; set it, AWS_REGION, or the region of the profile"),
        ("eu central", {}, "region: 'eu central' is not a valid region; use something like eu-central-1"),
        ("EU-CENTRAL-1", {"AWS_REGION": "EU-CENTRAL-1"}, "AWS_REGION: 'EU-CENTRAL-1' is not a valid region;"),
        ("eu-central-1\n", {}, "region: 'eu-central-1\\n' is not a valid region;"),
        ("eu.evil.example/", {}, "region: 'eu.evil.example/' is not a valid region;"),
    ],
)
def test_regions(region: str | None, environment: dict[str, str], said: str) -> None:
    found = problem(lambda: check_region(region, origin("region", region, environment), environment))
    assert found.startswith(said) and bool(found) is bool(said), found


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, ""),
        ("https://host", ""),
        ("http://[::1]:4566/x", ""),
        ("localhost:4566", "'localhost:4566' is not a valid endpoint URL; use something like https://host:port"),
        ("https://", "'https://' is not"),
        ("ftp://host", "'ftp://host' is not"),
        ("https://host:port", "'https://host:port' is not"),
        ("https://me:geheim@host:port", "'https://***@host:port' is not"),
    ],
)
def test_endpoints(url: str | None, said: str) -> None:
    found = problem(lambda: check_endpoint(url, "endpoint_url"))
    assert found.startswith(f"endpoint_url: {said}" if said else "") and bool(found) is bool(said), found


def test_files_of_authorities(tmp_path: pathlib.Path) -> None:
    good, empty = tmp_path / "good.pem", tmp_path / "empty.pem"
    good.write_text("# ours\n-----BEGIN CERTIFICATE-----\n")
    empty.write_text("")
    said = {
        path: problem(lambda path=path: check_ca_bundle(str(path), "aws_ca_bundle"))  # type: ignore[misc]
        for path in (good, empty, tmp_path / "none.pem", tmp_path)
    }
    assert said == {
        good: "",
        empty: f"aws_ca_bundle: '{empty}' contains no certificates in PEM format; use a file that does",
        tmp_path
        / "none.pem": f"aws_ca_bundle: the file '{tmp_path}/none.pem' does not exist; correct the path, or remove or unset it",
        tmp_path: f"aws_ca_bundle: '{tmp_path}' cannot be read (Is a directory); use a readable file",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, ""),
        ("plain", ""),
        ("role", ""),
        ("serial-only", ""),
        ("circle", ""),
        (
            "mfa",
            "profile: the profile 'mfa' requires an MFA code, which a task cannot enter; get temporary credentials",
        ),
        ("over-mfa", "profile: the profile 'mfa' requires an MFA code"),
        (
            "nobody",
            "profile: there is no profile 'nobody' in the AWS configuration of this host; use one of",
        ),
    ],
)
def test_profiles(name: str | None, said: str) -> None:
    found = problem(lambda: check_profile(name, "profile", PROFILES))
    assert found.startswith(said) and bool(found) is bool(said), found


def test_the_default_profile_may_ask_for_a_code_too() -> None:
    assert "requires an MFA code" in problem(lambda: check_profile(None, "profile", {"default": PROFILES["mfa"]}))
    said = problem(lambda: check_profile("nobody", "s3_connection.profile", {}))
    assert said.startswith("s3_connection.profile: there is no profile 'nobody'") and said.endswith("it has none")


@pytest.mark.parametrize(
    ("url", "validate", "said"),
    [
        ("https://codedeploy.eu-central-1.amazonaws.com", True, None),
        ("https://codedeploy.eu-central-1.amazonaws.com", False, "validate_certs: is false"),
        ("http://127.8.8.8:4566", True, None),
        ("http://[::1]:4566", False, None),
        ("http://localhost", True, None),
        ("http://codedeploy.localhost:4566", True, None),
        ("http://localhost.example.org", True, "endpoint_url: http://localhost.example.org is plain HTTP"),
        ("http://me:geheim@10.0.0.1:4566", False, "endpoint_url: http://***@10.0.0.1:4566 is plain HTTP"),
    ],
)
def test_what_others_can_read(url: str, validate: bool, said: str | None) -> None:
    found = insecurity(url, validate)
    assert found == said if said is None else (found or "").startswith(said)
