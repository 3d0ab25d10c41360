# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `agent` on systems that no test can boot: its addresses, command lines and files."""

from __future__ import annotations

import pytest
import yaml

from unit.roles.rendered_role import CASES, SESSION, USER, Host, files_of_variables, load, system

BUCKET = "https://aws-codedeploy-us-east-1.s3.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("distribution", "versions", "family", "variables"),
    [
        ("Amazon", ["2"], "RedHat", "amazon_2"),
        ("Amazon", ["2023"], "RedHat", "redhat"),
        *((name, ["8", "9", "10"], "RedHat", "redhat") for name in ("RedHat", "Rocky", "OracleLinux", "CentOS")),
        ("Debian", ["11", "12", "13"], "Debian", "debian"),
        ("Ubuntu", ["18", "20", "22", "24", "26"], "Debian", "debian"),
        ("SLES", ["15"], "Suse", "suse"),
        ("Microsoft Windows Server 2022 Standard", ["10"], "Windows", "windows"),
    ],
)
def test_which_variables_a_system_has(distribution: str, versions: list[str], family: str, variables: str) -> None:
    general = "windows" if family == "Windows" else "linux"
    for version in versions:
        facts = {"distribution": distribution, "distribution_major_version": version, "os_family": family}
        assert files_of_variables(facts) == [general, variables]


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
        ("", {"agent_package": "/srv/codedeploy-agent_2.1.0-97459_amd64.deb"}, "2", False),
        ("1.8.0-12", {"agent_package": "/srv/codedeploy-agent_2.1.0-97459_amd64.deb"}, "1.8", True),
        ("", {"agent_package": "/srv/our-own.deb"}, "1.8", False),
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
ZYPPER = "zypper --non-interactive install --allow-unsigned-rpm --oldpackage"


DNF, YUM = "dnf --assumeyes", "yum --assumeyes"
RUBY, FORTH, BACK = f"{YUM} install ruby && ", f"exec {YUM} --nogpgcheck install", "exec rpm --upgrade --oldpackage"


@pytest.mark.parametrize(
    ("case", "install", "remove", "needs"),
    [
        *(
            (
                case,
                f"{APT} --option=Dpkg::Options::=--force-confold install {PLACE}/{file}",
                "apt-get --yes --option=DPkg::Lock::Timeout=300 remove codedeploy-agent",
                needs,
            )
            for case, file, needs in [
                ("debian_1", "codedeploy-agent_1.8.1-45_all.deb", ["ruby"]),
                ("ubuntu_2", "codedeploy-agent_2.1.0-97459_arm64.deb", []),
            ]
        ),
        *(
            (case, f"{DNF} --nogpgcheck install {rpm}", f"{DNF} remove codedeploy-agent", needs)
            for name in ("amazon2023", "rhel", "rocky", "oracle", "centos")
            for case, rpm, needs in [(f"{name}_1", RPM_1, ["ruby"]), (f"{name}_2", RPM_2, [])]
        ),
        ("amazon2_1", f'sh -c {RUBY}{FORTH} "$0" {RPM_1}', f"{YUM} remove codedeploy-agent", []),
        ("amazon2_2", f'sh -c {FORTH} "$0" {RPM_2}', f"{YUM} remove codedeploy-agent", []),
        ("sles_1", f"{ZYPPER} ruby {RPM_1}", "zypper --non-interactive remove codedeploy-agent", []),
        ("sles_2", f"{ZYPPER} {RPM_2}", "zypper --non-interactive remove codedeploy-agent", []),
    ],
)
def test_the_command_lines_of_each_family(case: str, install: str, remove: str, needs: list[str]) -> None:
    host = Host(case)
    assert host.line("__agent_install_command") == install
    assert host.line("__agent_remove_command") == remove
    assert host.value("__agent_prerequisites")[host.value("__agent_line")] == needs
    assert host.value("__agent_query_command")[-1] == "codedeploy-agent"


@pytest.mark.parametrize(
    ("case", "installed", "line"),
    [
        ("amazon2_1", "1.8.0-12", f'sh -c {RUBY}{FORTH} "$0" {RPM_1}'),
        ("amazon2_1", "2.1.0-97459", f'sh -c {RUBY}{BACK} "$0" {RPM_1}'),
        ("amazon2_2", "2.1.1-1", f'sh -c {BACK} "$0" {RPM_2}'),
        ("rocky_1", "2.1.0-97459", f"{DNF} --nogpgcheck install {RPM_1}"),
        ("sles_1", "2.1.0-97459", f"{ZYPPER} ruby {RPM_1}"),
    ],
)
def test_how_a_system_with_rpm_packages_goes_back(case: str, installed: str, line: str) -> None:
    assert Host(case, installed).line("__agent_install_command") == line


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


def test_the_files_of_a_host_that_runs_windows() -> None:
    host, home = Host("windows_session"), "C:\\ProgramData\\Amazon\\CodeDeploy"
    assert host.value("__agent_configuration_file") == f"{home}\\conf.yml"
    assert host.value("__agent_on_premises_file") == f"{home}\\conf.onpremises.yml"
    assert host.value("__agent_tracking_folder") == f"{home}\\ongoing-deployment"
    assert host.value("__agent_package_path") == f"{home}\\package\\codedeploy-agent-2.1.0-97459.msi"
    configuration = yaml.safe_load(host.file("codedeployagent.yml"))
    assert (configuration[":root_dir"], configuration[":max_revisions"]) == (home, 3)
    assert yaml.safe_load(host.file("on-premises.yml"))["aws_credentials_file"] == f"{home}\\credentials"
    script = host.file("renew-credentials.ps1")
    assert f"$file = '{home}\\credentials'\n" in script
    assert f"& '{home}\\credentials-command.ps1' | Out-String | ConvertFrom-Json" in script
    assert "{{" not in script
    assert host.file("credentials-command.ps1").endswith(f"{SESSION['agent_credentials_command']}\n")


@pytest.mark.parametrize(("told", "version"), [("1.8.1.45", "1.8.1-45"), ("2.1.0-97459", "2.1.0-97459"), ("", "")])
def test_the_version_that_windows_tells(told: str, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    look = load("vars/windows.yml")["__agent_installed_version"]
    answer = {"__agent_installed_version": look, "__agent_query": {"result": {"version": told}}}
    monkeypatch.setitem(CASES, "own", (system("windows"), answer))
    assert Host("own").value("__agent_installed_version") == version


def test_the_environment_is_read_as_it_was_given() -> None:
    lines = Host("on_premises").file("environment").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ['A="say \\"\\$HOME\\" \\\\ \\`id\\`"', 'B="2"']


def test_the_units_of_a_session() -> None:
    china = Host("china")
    assert "Wants=codedeploy-agent-credentials.service\n" in china.file("drop-in.conf")
    assert "User=deploy\n" in china.file("drop-in.conf")
    assert '"--owner" "deploy" "--again-in" "900" "/etc/codedeploy-agent/conf/credentials" ' in china.file(
        "renewal.service"
    )
    assert "OnUnitActiveSec=900\n" in china.file("renewal.timer")
    assert "User=" not in Host("debian_1").file("drop-in.conf")


def test_the_limits_of_the_logs() -> None:
    text = Host("on_premises").file("logrotate")
    assert '"/srv/log/*.log" {' in text
    assert "su " not in text
    assert "size 10M" in text
    assert "rotate 7" in text


def test_logs_of_a_user_are_rotated_as_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root would write where the user may have put a link meanwhile."""
    seen = {"stdout": '{"problems": [], "foreign": true, "group": "staff"}'}
    options = {"agent_user": "deploy", "agent_log_rotation": {}, "__agent_paths_look": seen}
    monkeypatch.setitem(CASES, "own", (system("debian"), options))
    assert '"/var/log/aws/codedeploy-agent/*.log" {\n    su deploy staff\n' in Host("own").file("logrotate")


def test_what_is_special_in_a_path_reaches_no_file_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/srv/codedeploy 100%n/id"
    options = {**SESSION, "agent_credentials_file": path, "agent_configuration": {"log_dir": "/srv/our logs/%n/"}}
    monkeypatch.setitem(CASES, "own", (system("debian"), {**options, "agent_log_rotation": {}, "agent_user": "root"}))
    host = Host("own")
    assert '"/srv/codedeploy 100%%n/id" "/etc/codedeploy-agent/conf/credentials-command"\n' in host.file(
        "renewal.service"
    )
    assert '"/srv/our logs/%n/*.log" {' in host.file("logrotate")
    assert yaml.safe_load(host.file("on-premises.yml"))["aws_credentials_file"] == path
    drive = "D:\\O'Brien's $(x)\\codedeploy"
    monkeypatch.setitem(CASES, "own", (system("windows"), {**SESSION, "agent_credentials_file": drive}))
    assert "$file = 'D:\\O''Brien''s $(x)\\codedeploy'\n" in Host("own").file("renew-credentials.ps1")
