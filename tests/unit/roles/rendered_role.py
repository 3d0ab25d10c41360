# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role `agent` would use on a host, for facts that are given as data: its variables and templates, rendered by Ansible's templating."""

from __future__ import annotations

import functools
import pathlib
import typing as t

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

from ansible_collections.slipway.codedeploy.plugins.filter.agent import FilterModule

# Under one of these names a task has what it compares options or the host with.
RULES = {"__agent_rules", "__agent_problems"}
ROLE = pathlib.Path(__file__).resolve().parents[3] / "roles/agent"
# The file of variables that the role takes on each system.
SYSTEMS = {
    "debian": "debian",
    "ubuntu": "debian",
    "amazon2": "amazon_2",
    "amazon2023": "redhat",
    "rhel": "redhat",
    "rocky": "redhat",
    "oracle": "redhat",
    "centos": "redhat",
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
    "windows_session": (system("windows"), {**PIN_2, **SESSION, "agent_configuration": {"max_revisions": 3}}),
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


@functools.cache
def load(path: str) -> t.Any:
    """The YAML file PATH of the role, as Ansible loads it."""
    return DataLoader().load_from_file(str(ROLE / path), trusted_as_template=True)


@functools.cache
def load_plugins() -> None:
    """Load the filters, tests and lookups that come with Ansible, and leave Python's own way to find collections as it was, for other tests."""
    init_plugin_loader()
    Templar(DataLoader(), {}).template(
        trust_as_template("{{ lookup('ansible.builtin.env', 'HOME') | ansible.builtin.basename }}")
    )
    _AnsibleCollectionFinder._remove()


def new_templar(variables: dict[str, t.Any]) -> Templar:
    """A templar with VARIABLES, which has the role's filters without Ansible's way to find collections."""
    templar = Templar(DataLoader(), variables)
    for name, function in FilterModule().filters().items():
        templar._engine.environment.filters[f"slipway.codedeploy.{name}"] = function
    return templar


class Host:
    """What the role would use on a host of CASE, which has the agent INSTALLED, a version."""

    def __init__(self, case: str, installed: str = "") -> None:
        load_plugins()
        where, options = CASES[case]
        general = "windows" if where.variables == "windows" else "linux"
        variables: dict[str, t.Any] = {}
        for file in ("defaults/main", "vars/main", f"vars/{general}", f"vars/{where.variables}"):
            variables.update(load(f"{file}.yml"))
        self._variables = {
            **variables,
            "ansible_facts": {"architecture": where.architecture, "python": {"executable": "/usr/bin/python3"}},
            "ansible_managed": "Managed",
            "inventory_hostname": "web-1",
            "agent_region": "us-east-1",
            "__agent_installed_version": installed,
            **options,
        }
        self._templar = new_templar(self._variables)

    def value(self, name: str) -> t.Any:
        """The value of the variable NAME."""
        return self._templar.template(self._variables[name])

    def line(self, name: str) -> str:
        """The value of the variable NAME, a list of words, as a line."""
        return " ".join(self.value(name))

    def mistakes(self, verb: str, tasks: str) -> str:
        """What the check in the file TASKS says for VERB before anything is changed; empty if all is as it should be."""
        (task,) = (each for each in load(f"tasks/{tasks}.yml") if each.get("vars", {}).keys() & RULES)
        templar = new_templar({**self._variables, **task["vars"], "__agent_verb": verb})
        return str(templar.template(task["ansible.builtin.assert"]["fail_msg"]))

    def file(self, name: str) -> str:
        """What the template NAME makes."""
        text = (ROLE / "templates" / f"{name}.j2").read_text()
        return str(self._templar.template(trust_as_template(text), escape_backslashes=False))


def files_of_variables(facts: dict[str, str]) -> list[str]:
    """The names of the files of variables that the role loads on a host with FACTS."""
    load_plugins()
    (task,) = (each for each in load("tasks/system.yml") if "loop" in each)
    templar = Templar(DataLoader(), {**task["vars"], "ansible_facts": facts, "role_path": str(ROLE)})
    return [pathlib.Path(path).stem for path in templar.template(task["loop"])]
