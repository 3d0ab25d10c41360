# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration files, the host's identity and its credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.hosts.agent.config import ConfigError, agent_version, load_config
from emulator.hosts.agent.identity import CredentialsError, FileCredentials, find_identity
from emulator.tests.agent.host import ENVIRONMENT, INSTANCE

SHIPPED = """\
---
:log_aws_wire: false
:log_dir: '/var/log/aws/codedeploy-agent/'
:pid_dir: '/opt/codedeploy-agent/state/.pid/'
:program_name: codedeploy-agent
:root_dir: '/opt/codedeploy-agent/deployment-root'
:verbose: false
:wait_between_runs: 1
:proxy_uri:
:max_revisions: 5
:deploy_control_endpoint: http://127.0.0.1:4566/
"""
USER = {
    "region": "eu-west-1",
    "iam_user_arn": "arn:aws:iam::123456789012:user/web-1",
    "aws_access_key_id": "AKIDUSER",
    "aws_secret_access_key": "the secret of a user",
}
SESSION = {"region": "eu-west-1", "iam_session_arn": "arn:aws:sts::123456789012:assumed-role/hosts/web-1"}


def write(directory: Path, text: str, name: str = "conf.yml") -> Path:
    file = directory / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_file_with_an_endpoint_is_enough(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SHIPPED))
    assert config.root_dir == Path("/opt/codedeploy-agent/deployment-root")
    assert (config.wait_between_runs, config.max_revisions, config.proxy_uri) == (1, 5, None)
    assert config.deploy_control_endpoint == "http://127.0.0.1:4566"
    assert config.on_premises_config_file == Path("/etc/codedeploy-agent/conf/codedeploy.onpremises.yml")
    assert config.host_root == Path("/")


def test_a_fractional_interval_and_unknown_keys_are_accepted(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, SHIPPED.replace("runs: 1", "runs: 0.25") + ":some_new_key: [1]\n:children: 1\n")
    )
    assert config.wait_between_runs == 0.25


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SHIPPED.replace(":root_dir", ":elsewhere"), ":root_dir: must be set"),
        (SHIPPED.replace(":deploy_control_endpoint", ":elsewhere"), ":deploy_control_endpoint: must be set"),
        (SHIPPED.replace("max_revisions: 5", "max_revisions: 0"), ":max_revisions: is 0; .* at least 1"),
        (SHIPPED.replace("runs: 1", "runs: soon"), ":wait_between_runs: is 'soon'; .* seconds"),
        (SHIPPED.replace("verbose: false", "verbose: loud"), ":verbose: is 'loud'; .* true or false"),
        (SHIPPED.replace("http://127.0.0.1:4566/", "127.0.0.1"), ":deploy_control_endpoint: is '127.0.0.1'; .* http"),
        (SHIPPED + ":children: 2\n", ":children: is 2; only 1"),
        ("- a\n", "expected a mapping"),
        (":a: 'open\n", "not valid YAML: line"),
    ],
)
def test_a_wrong_file_gets_one_clear_line(text: str, message: str, tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yml"):
        load_config(tmp_path / "absent.yml")


def test_the_version_comes_from_the_file_beside_the_root_directory(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SHIPPED.replace("/opt/codedeploy-agent/deployment-root", f"{tmp_path}/root")))
    assert agent_version(config) == "UNKNOWN_VERSION"
    write(tmp_path, "agent_version: OFFICIAL_1.8.1-6_deb\n", ".version")
    assert agent_version(config) == "OFFICIAL_1.8.1-6_deb"


def onpremises(directory: Path, **settings: str) -> Path:
    return write(directory, "---\n" + "".join(f"{key}: {value}\n" for key, value in settings.items()))


def test_an_iam_user_speaks_for_the_host_and_its_keys_reach_the_hooks(tmp_path: Path) -> None:
    identity = find_identity(onpremises(tmp_path, **USER), {"HOME": "/", "AWS_ACCESS_KEY_ID": "dropped"})
    assert (identity.host_identifier, identity.region) == (USER["iam_user_arn"], "eu-west-1")
    assert identity.credentials().access_key == "AKIDUSER"
    assert identity.environment == {
        "HOME": "/",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY": "AKIDUSER",
        "AWS_SECRET_KEY": "the secret of a user",
        "AWS_HOST_IDENTIFIER": USER["iam_user_arn"],
    }


def write_credentials(file: Path, number: int) -> None:
    file.write_text(
        f"[default]\naws_access_key_id = ASIA{number}\naws_secret_access_key = %secret\naws_session_token = t{number}\n",
        encoding="utf-8",
    )


def test_a_session_keeps_its_keys_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    write_credentials(file, 1)
    identity = find_identity(onpremises(tmp_path, **SESSION, aws_credentials_file=str(file)), {})
    credentials = identity.credentials()
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("ASIA1", "%secret", "t1")
    assert identity.environment == {
        "AWS_REGION": "eu-west-1",
        "AWS_HOST_IDENTIFIER": SESSION["iam_session_arn"],
        "AWS_CREDENTIALS_FILE": str(file),
    }


def test_a_sessions_file_is_read_again_after_half_an_hour(tmp_path: Path) -> None:
    now = 1000.0
    file = tmp_path / "credentials"
    write_credentials(file, 1)
    credentials = FileCredentials(file, lambda: now)
    seen = [credentials().access_key]
    write_credentials(file, 2)
    for later in (29 * 60, 60):
        now += later
        seen.append(credentials().access_key)
    assert seen == ["ASIA1", "ASIA1", "ASIA2"]


@pytest.mark.parametrize("text", [None, "[default]\naws_access_key_id = A\n", "[other]\n", "TOPSECRET without a form"])
def test_a_credentials_file_that_cannot_be_used_is_named_without_its_content(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(CredentialsError, match=str(file)) as caught:
        FileCredentials(file)()
    assert "TOPSECRET" not in str(caught.value)


def test_an_ec2_instance_is_told_by_the_environment(tmp_path: Path) -> None:
    identity = find_identity(tmp_path / "absent.yml", ENVIRONMENT)
    assert (identity.host_identifier, identity.region) == (INSTANCE, "us-east-1")
    assert identity.credentials().access_key == "AKIDEXAMPLE"


def test_an_on_premises_file_without_an_arn_is_ignored(tmp_path: Path) -> None:
    assert find_identity(onpremises(tmp_path, region="eu-west-1"), ENVIRONMENT).region == "us-east-1"


@pytest.mark.parametrize("missing", ["region", "aws_access_key_id", "aws_secret_access_key"])
def test_a_user_needs_all_its_keys(missing: str, tmp_path: Path) -> None:
    settings = {key: value for key, value in USER.items() if key != missing}
    with pytest.raises(ConfigError, match=f"'{missing}' key is required when 'iam_user_arn' is provided") as caught:
        find_identity(onpremises(tmp_path, **settings), {})
    assert "the secret of a user" not in str(caught.value)


def test_a_session_needs_its_file_and_both_arns_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'aws_credentials_file' key is required when 'iam_session_arn'"):
        find_identity(onpremises(tmp_path, **SESSION), {})
    with pytest.raises(ConfigError, match="both"):
        find_identity(onpremises(tmp_path, **USER, iam_session_arn="x"), {})


def test_a_host_without_any_identity_is_told_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="AWS_HOST_IDENTIFIER, AWS_REGION, AWS_ACCESS_KEY, AWS_SECRET_KEY"):
        find_identity(tmp_path / "absent.yml", {})
