# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to AWS as a module's user sees it: mistakes are named, secrets are not shown, and what others can read is warned of once."""

from __future__ import annotations

import pathlib
import types
import typing as t

import botocore.endpoint
import pytest
from botocore.exceptions import EndpointConnectionError

from ansible_collections.slipway.codedeploy.plugins.module_utils import _run
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.time_limits import (
    CONNECT_TIMEOUT,
    FIRST_ATTEMPTS,
    READ_TIMEOUT,
    UPLOAD_CONNECT_TIMEOUT,
    UPLOAD_READ_TIMEOUT,
    is_final,
    upload_config,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._run import connections
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from emulator import Emulator
from unit.controller import module_arguments, module_result

Options = dict[str, t.Any]

MFA = """\
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/x
mfa_serial = arn:aws:iam::111122223333:mfa/me
source_profile = plain
region = eu-west-1

[profile role]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = plain
region = us-east-1

[profile plain]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = not-a-secret
region = eu-west-1
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    """A host with the profiles of MFA, and nothing else; botocore does not sleep between attempts."""
    for variable in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION", "DEFAULT_REGION", "CA_BUNDLE"):
        monkeypatch.delenv(f"AWS_{variable}", raising=False)
    (tmp_path / "config").write_text(MFA)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def reached(emulator: Emulator) -> Options:
    """The options that lead to the emulator."""
    variables = emulator.environment
    keys = {"access_key": variables["AWS_ACCESS_KEY_ID"], "secret_key": variables["AWS_SECRET_ACCESS_KEY"]}
    return {**keys, "region": "us-east-1", "endpoint_url": emulator.endpoint}


KEYS = {"access_key": "AKIAEXAMPLE", "secret_key": "not-a-secret"}
REGION = {"region": "eu-central-1"}


@pytest.mark.parametrize(
    ("variables", "options", "message"),
    [
        ({}, {"profile": "mfa"}, "profile: the profile 'mfa' requires an MFA code, which a task cannot enter;"),
        ({"AWS_PROFILE": "mfa"}, {}, "AWS_PROFILE: the profile 'mfa' requires an MFA code, which a task cannot enter;"),
        (
            {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"},
            {"profile": "plain"},
            "profile: cannot be combined with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; remove or unset one of them",
        ),
        ({"AWS_REGION": ""}, KEYS, "AWS_REGION: is empty; set it to a region like eu-central-1, or unset it"),
        ({"AWS_REGION": ""}, {**KEYS, "endpoint_url": "http://127.0.0.1:1"}, "AWS_REGION: is empty;"),
        ({}, KEYS, "region: is missing; set it, AWS_REGION, or the region of the profile"),
        (
            {},
            {**KEYS, **REGION, "aws_ca_bundle": "/none/ca.pem"},
            "aws_ca_bundle: the file '/none/ca.pem' does not exist;",
        ),
        (
            {"AWS_CA_BUNDLE": "/none/ca.pem"},
            {**KEYS, **REGION},
            "AWS_CA_BUNDLE: the file '/none/ca.pem' does not exist;",
        ),
        ({}, {**REGION, "profile": "nobody"}, "profile: there is no profile 'nobody' in the AWS configuration"),
        ({}, REGION, "Failed to list the applications (set profile or AWS_PROFILE, or access_key and secret_key"),
        (
            {},
            {**KEYS, **REGION, "endpoint_url": "localhost:4566"},
            "endpoint_url: 'localhost:4566' is not a valid endpoint URL",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_mistakes_on_the_way_are_named(
    variables: Options, options: Options, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = module_result("application_info", options)
    assert result["failed"] and result["msg"].startswith(message), result["msg"]
    assert "\n" not in result["msg"]


def with_password(reached: Options) -> Options:
    return {**reached, "endpoint_url": reached["endpoint_url"].replace("://", "://me:geheim@")}


def test_a_password_in_the_endpoint_is_not_shown_where_the_task_fails(reached: Options) -> None:
    options = {**with_password(reached), "endpoint_url": "http://me:geheim@127.0.0.1:1"}
    result = module_result("application_info", options)
    assert 'Could not connect to the endpoint URL: "http://***@127.0.0.1:1/"' in result["msg"]
    assert "geheim" not in str(result)


def test_nor_where_it_succeeds(reached: Options) -> None:
    result = module_result("application_info", with_password(reached))
    assert result["applications"] == []
    assert result["invocation"]["module_args"]["endpoint_url"].startswith("http")
    assert "geheim" not in str(result)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the modules warn of."""
    given: list[str] = []
    monkeypatch.setattr(_run.ansible_warnings, "warn", given.append)
    return given


def test_plain_http_to_another_machine_is_warned_of_once(warnings: list[str]) -> None:
    module = module_for({**KEYS, **REGION, "endpoint_url": "http://me:geheim@codedeploy.invalid"})
    for service in ("codedeploy", "sts", "s3", "s3"):
        module.client(service)
    assert warnings == [
        "endpoint_url: http://***@codedeploy.invalid is plain HTTP, so others on the network can read and change the traffic; use https"
    ]


def test_certificates_that_are_not_checked_are_warned_of_once(warnings: list[str]) -> None:
    module = module_for({**KEYS, **REGION, "validate_certs": False})
    for service in ("codedeploy", "sts", "s3"):
        module.client(service)
    assert [text.partition(":")[0] for text in warnings] == ["validate_certs"]


def test_what_is_safe_is_not_warned_of(warnings: list[str]) -> None:
    module_for({**KEYS, **REGION, "endpoint_url": "http://127.0.0.1:4566"}).client("codedeploy")
    module_for({**KEYS, **REGION}).client("codedeploy")
    assert warnings == []


def module_for(options: Options) -> t.Any:
    """The module that the collection's modules are, with OPTIONS."""
    with module_arguments(options):
        return _run.CodeDeployModule(argument_spec={"s3_connection": {"type": "dict"}})


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        ({"profile": "nobody"}, "s3_connection.profile: there is no profile 'nobody'"),
        ({"profile": "mfa"}, "s3_connection.profile: the profile 'mfa' requires an MFA code"),
        ({"region": "eu central"}, "s3_connection.region: 'eu central' is not a valid region"),
        ({"endpoint_url": "s3:9000"}, "s3_connection.endpoint_url: 's3:9000' is not a valid endpoint URL"),
    ],
)
def test_mistakes_on_the_way_to_s3_are_named(connection: Options, message: str) -> None:
    connect = connections(module_for({**KEYS, **REGION, "s3_connection": connection}))
    with pytest.raises(InvalidOption) as caught:
        connect("s3")
    assert str(caught.value).startswith(message)


def test_an_upload_takes_its_time() -> None:
    connect = connections(module_for({**KEYS, **REGION, "s3_connection": {}}))
    config, other = connect("s3", config=upload_config()).meta.config, connect("s3").meta.config
    assert (config.connect_timeout, config.read_timeout) == (UPLOAD_CONNECT_TIMEOUT, UPLOAD_READ_TIMEOUT)
    assert (other.connect_timeout, other.read_timeout) == (CONNECT_TIMEOUT, READ_TIMEOUT)


def test_the_time_limits_are_the_users_if_they_are_given() -> None:
    module = module_for({**KEYS, **REGION, "aws_config": {"read_timeout": 99}})
    for settings in ({}, {"config": upload_config()}):
        assert module.client("s3", **settings).meta.config.read_timeout == 99
    assert module.client("codedeploy").meta.config.connect_timeout == CONNECT_TIMEOUT


def test_a_role_is_assumed_within_the_time_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=slept.append))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    result = module_result("application_info", {"profile": "role"})
    assert result["msg"].startswith("Failed to get the credentials of the profile (no response: check the region,")
    assert "http://127.0.0.1:1" in result["msg"]
    assert len(slept) == FIRST_ATTEMPTS - 1


def test_a_role_is_assumed_once_for_all_clients(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", emulator.endpoint)
    module = module_for({"profile": "role", "endpoint_url": emulator.endpoint})
    module.client("sts").get_caller_identity()
    module.client("codedeploy")
    assert [call.operation for call in emulator.calls] == ["AssumeRole", "GetCallerIdentity"]


def test_an_address_that_never_answered_is_given_up_though_another_has(reached: Options) -> None:
    module = module_for(reached)
    module.client("codedeploy").list_applications()
    with pytest.raises(EndpointConnectionError) as caught:
        module.client("codedeploy", endpoint="http://127.0.0.1:1").list_applications()
    assert is_final(caught.value)
