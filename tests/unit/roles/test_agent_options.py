# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role `agent` says against options, and against a host, before it changes anything: what is wrong, and what is allowed."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleUndefinedVariable
from ansible.template import trust_as_template

from unit.roles.rendered_role import CASES, ROLE, SESSION, USER, Host, load, system

VERBS = sorted(yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"])
Options = dict[str, t.Any]

MADE: Options = {"agent_identity": "iam_user", "agent_iam_user": {}}


def mistakes(options: Options, monkeypatch: pytest.MonkeyPatch, verb: str = "preflight") -> str:
    """What VERB says against OPTIONS on a host without an agent."""
    monkeypatch.setitem(CASES, "own", (system("debian"), options))
    return Host("own").mistakes(verb, "options")


@pytest.mark.parametrize("case", CASES)
def test_good_options_are_let_through(case: str) -> None:
    assert Host(case).mistakes("main", "options") == ""


@pytest.mark.parametrize(
    "options",
    [
        {"agent_region": "us-iso-east-1"},
        {"agent_package_checksum": "0123456789abcdefABCDEF" + 42 * "0"},
        {"agent_package": "http://mirror/agent.deb", "agent_package_checksum": f"sha256:{64 * 'a'}"},
        {"agent_version": "2.1.0-97459", "agent_package": "/srv/our-own.deb", "agent_channel": "2"},
        {"agent_version": "2.1.0-97459", "agent_package": "/srv/codedeploy-agent-2.1.0.97459.msi"},
        {"agent_configuration": {"log_dir": "/srv//our logs/100%/", "pid_dir": "/run/codedeploy-agent"}},
        {"agent_configuration": {"program_name": "agent-2.x"}, "agent_user": "deploy@example.org"},
        {"agent_bucket_url": ""},
        {"agent_proxy": ""},
        {"agent_proxy": "https://deploy:p%40ss@[::1]:3128/"},
        {"agent_log_rotation": {}},
        {"agent_log_rotation": {"size": 1048576, "keep": 0}},
        {"agent_deployment_wait": "0"},
        {"agent_environment": {"_A1": 1, "B": ""}},
        {"agent_instance_name": "i-0abc1234"},
        {"agent_iam_user_arn": "", "agent_tags": {}},
        {"agent_identity": "iam_user", "agent_iam_user": {}, "agent_tags": {"app": 1}},
        {
            **MADE,
            "agent_iam_user": {"path": "/a/b/", "buckets": ["our.bucket", "other/web/"]},
            "agent_instance_name": 64 * "a",
        },
        {**USER, "agent_iam_user_arn": "arn:aws-us-gov:iam::123456789012:user/AWS/CodeDeploy/web-1"},
    ],
)
def test_unusual_options_are_let_through(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistakes(options, monkeypatch) == ""


@pytest.mark.parametrize(
    ("options", "beginning", "allowed"),
    [
        ({"agent_region": ""}, "agent_region: is not set, and no instance metadata", "such as us-east-1"),
        ({"agent_version": 1.8}, "agent_version: '1.8' is not valid", "present, latest"),
        ({"agent_region": "us-east-1a"}, "agent_region: 'us-east-1a' is not the name", "something like us-east-1"),
        ({"agent_region": "us-east-1\n"}, "agent_region: 'us-east-1\\n' is not the name", "something like us-east-1"),
        ({"agent_version": "1.8"}, "agent_version: '1.8' is not valid", "present, latest, or a version"),
        (
            {"agent_version": "2.1.0-9", "agent_channel": "1.8"},
            "agent_version: version 2.1.0-9 belongs to channel 2",
            "omit agent_channel",
        ),
        (
            {"agent_version": "latest", "agent_package": "a.deb"},
            "agent_version: latest cannot be combined with agent_package",
            "or present",
        ),
        (
            {"agent_bucket_url": "http://mirror"},
            "agent_bucket_url: 'http://mirror' is not an https:// URL",
            "plain http",
        ),
        (
            {"agent_package": "http://mirror/a.deb"},
            "agent_package: a package is not fetched over plain http",
            "agent_package_checksum",
        ),
        (
            {"agent_package_checksum": "md5:d41d8cd98f00b204e9800998ecf8427e"},
            "agent_package_checksum: 'md5:d41d8cd98f00b204e9800998ecf8427e' is not a digest",
            "64 hexadecimal digits",
        ),
        ({"agent_package_checksum": 63 * "0"}, "agent_package_checksum: '000", "64 hexadecimal digits"),
        ({"agent_package_checksum": ""}, "agent_package_checksum: '' is", "64 hexadecimal digits"),
        *(
            (options, f"{name}: is not a valid proxy URL", "such as http://proxy.")
            for proxy in (
                "proxy:3128",
                "socks5://proxy",
                "http://",
                "http://a@b@proxy",
                "http://proxy:port",
                "http://x/y",
            )
            for name, options in (
                ("agent_proxy", {"agent_proxy": proxy}),
                ("agent_configuration.proxy_uri", {"agent_configuration": {"proxy_uri": proxy}}),
            )
        ),
        ({"agent_deployment_wait": -1}, "agent_deployment_wait: '-1' is not a number", "set 0 or more"),
        ({"agent_deployment_wait": "soon"}, "agent_deployment_wait: 'soon' is not a number", "set 0 or more"),
        ({"agent_credentials_renewal": 0}, "agent_credentials_renewal: '0' is not a number", "set 1 or more"),
        ({"agent_verify_timeout": -5}, "agent_verify_timeout: '-5' is not a number", "set 1 or more"),
        ({"agent_configuration": {"enable_command_port": True}}, "agent_configuration: agent 1.8.x", "agent_channel"),
        (
            {"agent_configuration": {"wait_between_runs": -1}},
            "agent_configuration.wait_between_runs: -1 is too small",
            "set 0 or more",
        ),
        ({"agent_configuration": {"max_revisions": 0}}, "agent_configuration.max_revisions: 0 is", "set 1 or"),
        (
            {"agent_region": "eu-west-1", "agent_configuration": {"use_fips_mode": True}},
            "agent_configuration.use_fips_mode: there is no FIPS endpoint in agent_region 'eu-west-1'",
            "us-gov-west-1",
        ),
        (
            {"agent_environment": {"A-B": "1", "2": "1", "C": "1"}},
            "agent_environment: 'A-B' is not a valid variable name",
            "agent_environment: '2' is",
        ),
        (
            {"agent_environment": {"C": "1", "D": "a\nb"}},
            "agent_environment: the value of 'D' has a line break",
            "may be",
        ),
        (
            {"agent_extra_configuration": {":new": 1, "key": 2}},
            "agent_extra_configuration: ':new' is not a valid key",
            "without a colon",
        ),
        *(
            (
                {"agent_configuration": {"log_dir": path}},
                f"agent_configuration.log_dir: '{path}' ",
                "of the agent alone",
            )
            for path in ("log", "/", "//var//log/", "/var/log/aws", "/usr/local/lib", "/opt", "/srv/a/../..", "/srv/./")
        ),
        ({"agent_extra_configuration": {"root_dir": "/srv/"}}, "agent_configuration.root_dir: '/srv/' may", "absolute"),
        ({**SESSION, "agent_credentials_file": "session"}, "agent_credentials_file: 'session' is not", "absolute"),
        (
            {"agent_log_rotation": {"size": "10MB"}},
            "agent_log_rotation.size: '10MB' is not",
            "optionally followed by k, M or G",
        ),
        ({"agent_log_rotation": {"keep": -1}}, "agent_log_rotation.keep: -1 is not", "0 or more"),
        (
            {"agent_identity": "iam_user"},
            "agent_identity: iam_user needs agent_iam_user_arn and agent_access_key_id and agent_secret_access_key too",
            "or agent_iam_user instead",
        ),
        (
            {"agent_identity": "iam_session", "agent_credentials_command": ""},
            "agent_identity: iam_session needs agent_iam_session_arn and agent_credentials_command too",
            "set them.",
        ),
        ({"agent_tags": {"app": "shop"}}, "agent_identity: ec2 cannot be combined with agent_tags;", "iam_session"),
        ({"agent_iam_user": {}}, "agent_identity: ec2 cannot be combined with agent_iam_user;", "remove"),
        (
            {**SESSION, "agent_identity": "ec2"},
            "agent_identity: ec2 cannot be combined with agent_iam_session_arn and agent_credentials_command;",
            "remove",
        ),
        (
            {**SESSION, "agent_iam_user": {}},
            "agent_identity: iam_session cannot be combined with agent_iam_user;",
            "remove",
        ),
        (
            {**USER, "agent_iam_user": {"buckets": ["b-1"]}},
            "agent_iam_user: the role creates the IAM user, so it cannot be combined with agent_iam_user_arn and agent_access_",
            "set one or the other",
        ),
        (
            {**USER, "agent_iam_user_arn": "arn:aws:iam::1234:user/web-1"},
            "agent_iam_user_arn: 'arn:aws:iam::1234:user/web-1' is not",
            "arn:aws:iam::123456789012:user/NAME",
        ),
        (
            {**SESSION, "agent_iam_session_arn": "arn:aws:iam::123456789012:role/hosts"},
            "agent_iam_session_arn: 'arn:aws:iam::123456789012:role/hosts' is not",
            "arn:aws:sts::123456789012:assumed-role/ROLE/SESSION",
        ),
        ({**USER, "agent_instance_name": "i-web"}, "agent_instance_name: 'i-web' ", "EC2"),
        (
            {**USER, "agent_instance_name": "web 1"},
            "agent_instance_name: 'web 1' is not a valid name",
            "1 to 100 letters",
        ),
        (
            {"agent_channel": "2", "agent_package": "https://mirror/codedeploy-agent_1.8.1-45_all.deb"},
            "agent_package: version 1.8.1-45 belongs to channel 1.8, but agent_channel is 2;",
            "omit agent_channel",
        ),
        (
            {"agent_version": "1.8.1-46", "agent_package": "/srv/codedeploy-agent-1.8.1-45.noarch.rpm"},
            "agent_version: is 1.8.1-46, but agent_package codedeploy-agent-1.8.1-45.noarch.rpm holds 1.8.1-45;",
            "make them agree",
        ),
        (
            {**MADE, "agent_instance_name": 65 * "a"},
            f"agent_instance_name: '{65 * 'a'}' has 65 characters",
            "at most 64",
        ),
        ({**MADE, "agent_iam_user": {"path": "hosts"}}, "agent_iam_user.path: 'hosts' is not", "end with /"),
        ({**MADE, "agent_iam_user": {"buckets": ["s3://b"]}}, "agent_iam_user.buckets: 's3://b' is not", "a prefix"),
        ({**USER, "agent_tags": {"app": ""}}, "agent_tags, the value of 'app': ", "1 to 256"),
        (
            {**USER, "agent_tags": {str(number): "x" for number in range(11)}},
            "agent_tags: the instance would have 11 tags",
            "10",
        ),
    ],
)
def test_a_mistake_is_told(options: Options, beginning: str, allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = mistakes(options, monkeypatch)
    assert said.startswith(beginning)
    assert allowed in said


def test_all_mistakes_are_told_at_once_and_nothing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {
        **USER,
        "agent_identity": "ec2",
        "agent_secret_access_key": "hidden-key",
        "agent_credentials_command": "broker hidden-command",
        "agent_environment": {"A": "hidden\nvalue", "B-": "hidden value"},
        "agent_proxy": "user:hidden-password@proxy",
        "agent_configuration": {"proxy_uri": "hidden"},
    }
    said = mistakes(options, monkeypatch)
    for name in (
        "agent_identity",
        "agent_secret_access_key",
        "agent_environment: 'B-' ",
        "value of 'A' ",
        "agent_proxy",
    ):
        assert name in said
    assert "hidden" not in said


def test_who_leaves_is_not_asked_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {**USER, "agent_secret_access_key": trust_as_template("{{ store_that_is_closed }}")}
    assert mistakes(options, monkeypatch, "remove") == ""
    with pytest.raises(AnsibleUndefinedVariable, match="store_that_is_closed"):
        mistakes(options, monkeypatch, "register")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_checks_the_options_that_concern_it(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "agent_deployment_wait: '-1'" in mistakes({"agent_deployment_wait": -1}, monkeypatch, verb)
    works = verb not in ("install", "unregister", "remove")
    assert bool(mistakes({"agent_identity": "iam_session"}, monkeypatch, verb)) == works
    assert bool(mistakes({"agent_iam_user": {}}, monkeypatch, verb)) == works
    assert bool(mistakes({"agent_region": ""}, monkeypatch, verb)) == (verb not in ("configure", "remove"))


FACTS = {"architecture": "x86_64", "python": {"executable": "python3"}, "getent_passwd": {}}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("found", "said", "spared"),
    [
        ({}, "", VERBS),
        ({"user": "1000"}, "so it must be root on the host. Set become", []),
        ({"systemd": "degraded"}, "", VERBS),
        ({"systemd": ""}, "needs systemd, which the host does not have.", []),
        ({"systemd": "offline"}, "treats it as an image", ["install", "configure", "remove"]),
        ({"installed": ""}, "No agent is installed", ["main", "preflight", "install", "unregister", "remove"]),
        ({"late": 300}, "The host's clock is -", ["install", "unregister", "remove"]),
        ({"late": -320}, "The host's clock is 3", ["install", "unregister", "remove"]),
        (
            {"agent_user": "deploy"},
            "agent_user: the host has no user deploy; create it first",
            ["install", "unregister", "remove"],
        ),
        ({"paths": ["log_dir: /x is a link."]}, "log_dir: /x is a link.", []),
        # Where it is not looked for there is no answer, see the tasks.
        ({"exists": True}, "codedeploy.onpremises.yml makes the host an on-premises instance", []),
    ],
)
def test_every_verb_checks_of_the_host_what_it_needs(
    found: Options, said: str, spared: list[str], verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time()) - found.get("late", 0)
    options = {
        "ansible_facts": {**FACTS, **{name: value for name, value in found.items() if name in FACTS}},
        "__agent_look": {"stdout": f"{found.get('user', 0)} {now} {found.get('systemd', 'running')}"},
        "__agent_on_premises_stat": {"stat": {"exists": "exists" in found}},
        "__agent_paths_look": {"stdout": json.dumps({"problems": found["paths"]})}
        if "paths" in found
        else {"skipped": True},
        "__agent_installed_version": found.get("installed", "1.8.1-45"),
        "ansible_check_mode": False,
        **{name: value for name, value in found.items() if name.startswith("agent_")},
    }
    monkeypatch.setitem(CASES, "own", (system("debian"), options))
    told = Host("own").mistakes(verb, "system")
    assert (said in told) != (verb in spared) if said else told == ""


@pytest.mark.parametrize(
    ("administrator", "late", "exists", "installed", "said"),
    [
        (True, 0, False, "1.8.1-45", ""),
        (False, 0, False, "1.8.1-45", "so it must be an administrator on the host. Connect as"),
        (True, 400, False, "1.8.1-45", "synchronize it with the Windows Time service."),
        (True, 0, True, "1.8.1-45", "conf.onpremises.yml makes the host an on-premises instance"),
        (True, 0, False, "", "No agent is installed"),
    ],
)
def test_a_host_that_runs_windows_is_checked_too(
    administrator: bool, late: int, exists: bool, installed: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {
        "__agent_look": {"result": {"administrator": administrator, "time": int(time.time()) - late}},
        "__agent_on_premises_stat": {"stat": {"exists": exists}},
        "__agent_installed_version": installed,
        "ansible_check_mode": False,
    }
    monkeypatch.setitem(CASES, "own", (system("windows"), options))
    told = Host("own").mistakes("configure", "system")
    assert said in told if said else told == ""


@pytest.mark.parametrize(
    "options",
    [
        {"agent_configuration": {"program_name": "../agent"}},
        {"agent_configuration": {"ongoing_deployment_tracking": "a/b"}},
        {"agent_configuration": {"proxy_uri": "http://proxy\n"}},
        {"agent_configuration": {"s3_endpoint_override": "https://s3\u2028:root_dir: /"}},
        {"agent_extra_configuration": {"log_dir": "/srv/agent\nlogs"}},
        {"agent_extra_configuration": {"new": ["a", {"b": "\x85"}]}},
        {"agent_configuration": {"root_dir": "/srv/our codedeploy"}},
        {"agent_user": "deploy\nUser=root"},
        {"agent_user": "deploy root"},
        {"agent_user": 1000},
        {"agent_extra_configuration": {"proxy_uri": "http://hidden\nx"}},
        {"agent_user": "-x"},
        {"agent_package": "https://mirror/agent.deb?signature=a"},
        {"agent_package": "/srv/codedeploy agent.deb"},
        {"agent_package": "https://mirror/a b/agent.deb"},
        {"agent_bucket_url": "https://mirror\n"},
        {"agent_credentials_command": "one\nhidden"},
        {"agent_secret_access_key": "hidden\nregion: x"},
        {"agent_log_rotation": {"keep": "1\n}"}},
        {"agent_credentials_renewal": "900\nUnit=x"},
        {"agent_credentials_file": "/etc/codedeploy-agent/conf/environment"},
        {"agent_credentials_file": "/etc/codedeploy-agent/conf/codedeploy.onpremises.yml"},
        {"agent_credentials_file": "/opt/codedeploy-agent/deployment-root/credentials"},
        *(
            {"agent_configuration": {"log_dir": f"{folder}/"}}
            for folder in (
                "/opt/codedeploy-agent",
                "/opt/codedeploy-agent/lib/x",
                "/etc/codedeploy-agent",
                "/var/cache/codedeploy-agent",
            )
        ),
    ],
)
def test_what_could_break_out_of_its_place_is_refused(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    option, value = list(options.items())[-1]
    name = f"agent_configuration.{next(iter(value))}" if "_configuration" in option else option
    identity = (
        SESSION if option.startswith("agent_credentials") else USER if option == "agent_secret_access_key" else {}
    )
    said = mistakes({**identity, **options}, monkeypatch, "main")
    assert said.startswith(name)
    assert "hidden" not in said


@pytest.mark.parametrize("path", ["log", "C:\\", "c:/programdata/Amazon", "D:\\a\\..\\b", "C:\\Program Files (x86)\\"])
def test_a_folder_of_windows_that_is_not_the_agents_is_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, refused in ((path, True), ("D:\\codedeploy", False)):
        monkeypatch.setitem(CASES, "own", (system("windows"), {"agent_configuration": {"log_dir": folder}}))
        assert ("agent_configuration.log_dir: " in Host("own").mistakes("preflight", "options")) == refused


def test_the_check_gets_every_option_of_the_role() -> None:
    """But for those that only say where on the controller, and whether to purge."""
    entries = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"].values()
    (task,) = load("tasks/options.yml")
    checked = {*task["vars"]["__agent_option_names"], *task["vars"]["__agent_secret_names"]}
    assert checked == {name for entry in entries for name in entry["options"]} - {"agent_key_directory", "agent_purge"}
