# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `agent` on systems that no test can boot: its addresses, command lines and files, for facts that are given as data.

The role's own variables and templates are rendered by Ansible's templating, as in a play.
"""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template

ROLE = pathlib.Path(__file__).resolve().parents[3] / "roles/agent"
BUCKET = "https://aws-codedeploy-us-east-1.s3.us-east-1.amazonaws.com"
# The file of variables that the role takes on each system.
SYSTEMS = {
    "debian": "debian",
    "ubuntu": "debian",
    "amazon2": "amazon_2",
    "amazon2023": "redhat",
    "rocky": "redhat",
    "sles": "suse",
    "windows": "windows",
}


class System(t.NamedTuple):
    """A system: the role's file of variables for it, and its architecture."""

    variables: str
    architecture: str


def system(name: str, architecture: str = "x86_64") -> System:
    """The system NAME."""
    return System(SYSTEMS[name], architecture)


PIN_1, PIN_2 = {"agent_version": "1.8.1-45"}, {"agent_version": "2.1.0-97459"}
SESSION = {
    "agent_identity": "iam_session",
    "agent_iam_session_arn": "arn:aws-cn:sts::123456789012:assumed-role/hosts/web-1",
    "agent_credentials_command": "aws_signing_helper credential-process --role-session-name web-1",
    "agent_region": "cn-north-1",
    "agent_user": "deploy",
}
USER = {
    "agent_identity": "iam_user",
    "agent_iam_user_arn": "arn:aws:iam::123456789012:user/web-1",
    "agent_access_key_id": "AKIA",
    "agent_secret_access_key": 'a"b: c',
}
CASES: dict[str, tuple[System, dict[str, t.Any]]] = {
    **{f"{name}_1": (system(name), PIN_1) for name in SYSTEMS},
    **{f"{name}_2": (system(name, "aarch64"), PIN_2) for name in SYSTEMS},
    "china": (system("debian"), {**PIN_1, **SESSION}),
    "govcloud_fips": (
        system("rocky"),
        {**PIN_1, "agent_region": "us-gov-west-1", "agent_configuration": {"use_fips_mode": True}},
    ),
    "sovereign": (system("debian"), {**PIN_1, "agent_region": "eusc-de-east-1"}),
    "mirror": (system("debian"), {**PIN_1, "agent_bucket_url": "https://mirror.example.org/codedeploy/"}),
    "package": (system("debian"), {"agent_package": "/srv/agent/codedeploy-agent_1.8.1-45_all.deb"}),
    "on_premises": (
        system("debian"),
        {
            **PIN_1,
            **USER,
            "agent_proxy": "http://user:pass@proxy:3128",
            "agent_environment": {"A": 'say "$HOME" \\ `id`', "B": "2"},
            "agent_configuration": {"max_revisions": 3, "log_dir": "/srv/log/"},
            "agent_extra_configuration": {"new_key": [1, "two"]},
            "agent_log_rotation": {"size": "10M"},
        },
    ),
}


def load(path: str) -> t.Any:
    """The YAML file PATH of the role, as Ansible loads it."""
    return DataLoader().load_from_file(str(ROLE / path), trusted_as_template=True)


class Host:
    """What the role would use on a host of CASE, which has the agent INSTALLED, a version."""

    def __init__(self, case: str, installed: str = "") -> None:
        where, options = CASES[case]
        general = "windows" if where.variables == "windows" else "linux"
        variables: dict[str, t.Any] = {}
        for file in ("defaults/main", "vars/main", f"vars/{general}", f"vars/{where.variables}"):
            variables.update(load(f"{file}.yml"))
        release = load("tasks/release.yml")[-1]
        self._variables = {
            **variables,
            **release["vars"],
            **release["ansible.builtin.set_fact"],
            "ansible_facts": {"architecture": where.architecture, "python": {"executable": "/usr/bin/python3"}},
            "ansible_managed": "Managed",
            "inventory_hostname": "web-1",
            "agent_region": "us-east-1",
            "__agent_installed_version": installed,
            **options,
        }
        self._templar = Templar(DataLoader(), self._variables)

    def value(self, name: str) -> t.Any:
        """The value of the variable NAME."""
        return self._templar.template(self._variables[name])

    def line(self, name: str) -> str:
        """The value of the variable NAME, a list of words, as a line."""
        return " ".join(self.value(name))

    def file(self, name: str) -> str:
        """What the template NAME makes."""
        text = (ROLE / "templates" / f"{name}.j2").read_text()
        return str(self._templar.template(trust_as_template(text), escape_backslashes=False))


@pytest.fixture(scope="module", autouse=True)
def _plugins() -> None:
    init_plugin_loader()


@pytest.mark.parametrize(
    ("case", "source"),
    [
        ("debian_1", f"{BUCKET}/releases/codedeploy-agent_1.8.1-45_all.deb"),
        ("ubuntu_2", f"{BUCKET}/releases/codedeploy-agent_2.1.0-97459_arm64.deb"),
        ("rocky_1", f"{BUCKET}/releases/codedeploy-agent-1.8.1-45.noarch.rpm"),
        ("amazon2023_2", f"{BUCKET}/releases/codedeploy-agent-2.1.0-97459.aarch64.rpm"),
        ("sles_1", f"{BUCKET}/releases/codedeploy-agent-1.8.1-45.noarch.rpm"),
        (
            "china",
            "https://aws-codedeploy-cn-north-1.s3.cn-north-1.amazonaws.com.cn/releases/codedeploy-agent_1.8.1-45_all.deb",
        ),
        (
            "govcloud_fips",
            "https://aws-codedeploy-us-gov-west-1.s3-fips.us-gov-west-1.amazonaws.com/releases/codedeploy-agent-1.8.1-45.noarch.rpm",
        ),
        (
            "sovereign",
            "https://aws-codedeploy-eusc-de-east-1.s3.eusc-de-east-1.amazonaws.eu/releases/codedeploy-agent_1.8.1-45_all.deb",
        ),
        ("mirror", "https://mirror.example.org/codedeploy/releases/codedeploy-agent_1.8.1-45_all.deb"),
        ("windows_1", f"{BUCKET}/releases/codedeploy-agent-1.8.1.45.msi"),
        ("windows_2", f"{BUCKET}/releases/codedeploy-agent-2.1.0-97459.msi"),
        ("package", "/srv/agent/codedeploy-agent_1.8.1-45_all.deb"),
    ],
)
def test_where_the_package_comes_from(case: str, source: str) -> None:
    assert Host(case).value("__agent_package_source") == source


@pytest.mark.parametrize(
    ("installed", "options", "line", "kept"),
    [
        ("", {}, "1.8", False),
        ("1.8.0-12", {}, "1.8", True),
        ("2.1.0-97459", {}, "2", True),
        ("1.8.0-12", {"agent_channel": "2"}, "2", False),
        ("", {"agent_channel": "2"}, "2", False),
        ("2.1.0-97459", {"agent_version": "latest"}, "2", False),
        ("2.1.0-97459", {"agent_version": "1.8.1-45"}, "1.8", False),
    ],
)
def test_which_line_a_host_gets(
    installed: str, options: dict[str, str], line: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CASES, "own", (system("debian"), options))
    host = Host("own", installed)
    assert (host.value("__agent_line"), host.value("__agent_keep")) == (line, kept)


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ('{"deb": "releases/codedeploy-agent_1.6.0-49_all.deb"}', "1.6.0-49"),
        ('{"rpm": "releases/codedeploy-agent-1.6.0-49.noarch.rpm"}', ""),
        ("<html>no such key</html>", ""),
    ],
)
def test_what_the_bucket_says(answer: str, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CASES, "own", (system("debian"), {"__agent_latest_answer": {"content": answer}}))
    host = Host("own")
    key = host.value("__agent_release_key")
    assert bool(key) == bool(version)
    if version:
        assert host.value("__agent_wanted_version") == version


@pytest.mark.parametrize(
    ("case", "latest", "key"),
    [
        ("debian_1", "latest", "deb"),
        ("debian_2", "latestv2", "deb_aarch64"),
        ("amazon2_1", "latest", "rpm"),
        ("rocky_2", "latestv2", "rpm_aarch64"),
        ("sles_2", "latestv2", "rpm_aarch64"),
    ],
)
def test_how_the_latest_version_is_found(case: str, latest: str, key: str) -> None:
    host = Host(case)
    assert host.value("__agent_latest_url") == f"{BUCKET}/{latest}/LATEST_VERSION"
    assert host.value("__agent_latest_key")[host.value("__agent_line")] == key


PLACE = "/var/cache/codedeploy-agent"
RPM_1, RPM_2 = f"{PLACE}/codedeploy-agent-1.8.1-45.noarch.rpm", f"{PLACE}/codedeploy-agent-2.1.0-97459.aarch64.rpm"
APT = "apt-get --yes --allow-downgrades --option=DPkg::Lock::Timeout=300 --option=Dpkg::Options::=--force-confdef"
ZYPPER = "zypper --non-interactive --no-gpg-checks install --allow-unsigned-rpm --oldpackage --force"


@pytest.mark.parametrize(
    ("case", "install", "downgrade", "remove", "needs"),
    [
        *(
            (
                case,
                *2 * [f"{APT} --option=Dpkg::Options::=--force-confold install {PLACE}/{file}"],
                "apt-get --yes --option=DPkg::Lock::Timeout=300 remove codedeploy-agent",
                needs,
            )
            for case, file, needs in [
                ("debian_1", "codedeploy-agent_1.8.1-45_all.deb", ["ruby"]),
                ("ubuntu_2", "codedeploy-agent_2.1.0-97459_arm64.deb", []),
            ]
        ),
        (
            "rocky_1",
            f"dnf --assumeyes --nogpgcheck install {RPM_1}",
            f"dnf --assumeyes --nogpgcheck downgrade {RPM_1}",
            "dnf --assumeyes remove codedeploy-agent",
            ["ruby"],
        ),
        (
            "amazon2023_2",
            f"dnf --assumeyes --nogpgcheck install {RPM_2}",
            f"dnf --assumeyes --nogpgcheck downgrade {RPM_2}",
            "dnf --assumeyes remove codedeploy-agent",
            [],
        ),
        (
            "amazon2_1",
            f"yum --assumeyes --nogpgcheck install ruby {RPM_1}",
            f"yum --assumeyes --nogpgcheck downgrade {RPM_1}",
            "yum --assumeyes remove codedeploy-agent",
            [],
        ),
        (
            "amazon2_2",
            f"yum --assumeyes --nogpgcheck install {RPM_2}",
            f"yum --assumeyes --nogpgcheck downgrade {RPM_2}",
            "yum --assumeyes remove codedeploy-agent",
            [],
        ),
        ("sles_1", *2 * [f"{ZYPPER} {RPM_1}"], "zypper --non-interactive remove codedeploy-agent", ["ruby"]),
    ],
)
def test_the_command_lines_of_each_family(
    case: str, install: str, downgrade: str, remove: str, needs: list[str]
) -> None:
    host = Host(case)
    assert host.line("__agent_install_command") == install
    assert host.line("__agent_downgrade_command") == downgrade
    assert host.line("__agent_remove_command") == remove
    assert host.value("__agent_prerequisites")[host.value("__agent_line")] == needs
    assert host.value("__agent_query_command")[-1] == "codedeploy-agent"


def test_the_agents_configuration_is_the_shipped_one_with_the_options_on_top() -> None:
    shipped = yaml.safe_load(Host("debian_1").file("codedeployagent.yml"))
    assert shipped[":max_revisions"] == 5
    assert shipped[":log_dir"] == "/var/log/aws/codedeploy-agent/"
    own = yaml.safe_load(Host("on_premises").file("codedeployagent.yml"))
    changes = {
        ":max_revisions": 3,
        ":log_dir": "/srv/log/",
        ":new_key": [1, "two"],
        ":proxy_uri": "http://user:pass@proxy:3128",
    }
    assert own == {**shipped, **changes}


def test_the_identity_of_an_on_premises_host() -> None:
    assert yaml.safe_load(Host("on_premises").file("on-premises.yml")) == {
        "region": "us-east-1",
        "iam_user_arn": USER["agent_iam_user_arn"],
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": 'a"b: c',
    }
    assert yaml.safe_load(Host("china").file("on-premises.yml")) == {
        "region": "cn-north-1",
        "iam_session_arn": SESSION["agent_iam_session_arn"],
        "aws_credentials_file": "/etc/codedeploy-agent/conf/credentials",
    }


def test_the_environment_is_read_as_it_was_given() -> None:
    lines = Host("on_premises").file("environment").splitlines()
    assert lines[1:] == ['A="say \\"\\$HOME\\" \\\\ \\`id\\`"', 'B="2"']


def test_the_units_of_a_session() -> None:
    china = Host("china")
    assert "Wants=codedeploy-agent-credentials.service\n" in china.file("drop-in.conf")
    assert "User=deploy\n" in china.file("drop-in.conf")
    assert "--owner deploy --again-in 900 /etc/codedeploy-agent/conf/credentials " in china.file("renewal.service")
    assert "OnUnitActiveSec=900\n" in china.file("renewal.timer")
    assert "User=" not in Host("debian_1").file("drop-in.conf")


def test_the_limits_of_the_logs() -> None:
    text = Host("on_premises").file("logrotate")
    assert "/srv/log/*.log {" in text
    assert "size 10M" in text
    assert "rotate 7" in text


def test_every_option_is_documented_and_every_default_is_true() -> None:
    specified = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]
    options = {name: option for entry in specified.values() for name, option in entry["options"].items()}
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert documented == {name: value for name, value in defaults.items() if "{{" not in str(value)}
    assert set(specified) == {
        "main",
        *(path.stem for path in (ROLE / "tasks/linux").glob("*.yml") if (ROLE / "tasks" / path.name).exists()),
    }
    assert {path.name for path in (ROLE / "tasks/linux").glob("*.yml")} - {"end_renewal.yml"} <= {
        path.name for path in (ROLE / "tasks/windows").glob("*.yml")
    }
