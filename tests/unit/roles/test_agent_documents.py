# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of the role `agent`: its options, their defaults, its entry points and its Molecule scenario are as they are told in every place."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import typing as t

import pytest
import yaml

from e2e.playbooks import ANSIBLE_PLAYBOOK, COLLECTIONS
from e2e.tools import ROOT, tool
from unit.roles.rendered_role import ROLE, SYSTEMS, load

SPECIFIED = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]
OPTIONS = {name: option for entry in SPECIFIED.values() for name, option in entry["options"].items()}
SCENARIO = ROOT / "extensions/molecule/default"


def task_files() -> t.Iterator[tuple[str, list[dict[str, t.Any]]]]:
    """Each file of tasks and all its tasks, those in blocks too."""
    for path in sorted((ROLE / "tasks").rglob("*.yml")):
        yield str(path.relative_to(ROLE)), list(flat(yaml.safe_load(path.read_text())))


def flat(tasks: list[dict[str, t.Any]]) -> t.Iterator[dict[str, t.Any]]:
    for task in tasks:
        if "block" in task:
            for part in ("block", "rescue", "always"):
                yield from flat(task.get(part, []))
        else:
            yield task


def test_every_default_is_documented_and_true() -> None:
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    documented = {name: option["default"] for name, option in OPTIONS.items() if "default" in option}
    assert documented == {name: value for name, value in defaults.items() if "{{" not in str(value)}
    assert set(defaults) <= set(OPTIONS)


def test_the_readme_has_every_variable_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(agent_\w+)` \| (.*?) ?\| ", (ROLE / "README.md").read_text(), re.M))
    assert set(rows) == set(OPTIONS)
    for name, option in OPTIONS.items():
        if "default" in option:
            assert yaml.safe_load(rows[name].strip("`")) == option["default"], name


def test_every_option_that_a_task_reads_is_one_of_an_entry_point() -> None:
    texts = [path.read_text() for folder in ("tasks", "vars", "templates") for path in (ROLE / folder).rglob("*.*")]
    read = set(re.findall(r"(?<![\w.])agent_[a-z_]+", "\n".join(re.sub(r"#.*|\w+-\w+", "", text) for text in texts)))
    assert read == set(OPTIONS)


def test_every_entry_point_is_a_file_and_both_platforms_have_the_same_ones() -> None:
    folders = ("", "linux", "windows")
    names = {folder: {path.stem for path in (ROLE / "tasks" / folder).glob("*.yml")} for folder in folders}
    assert set(SPECIFIED) <= names[""]
    assert names["linux"] - {"end_renewal"} == names["windows"] - {"restrict"}


def test_both_platforms_and_all_families_set_the_same_variables() -> None:
    """But for what only one kind of system has, of which the tasks of the other know nothing."""
    families = {name: set(load(f"vars/{name}.yml")) for name in {"linux", *SYSTEMS.values()}}
    own = {"__agent_clear_command"}  # only dpkg leaves a package half installed
    linux = [families[name] - own for name in ("debian", "redhat", "suse")]
    assert linux[0] == linux[1] == linux[2] <= families["amazon_2"]
    for platform, other in (("linux", "windows"), ("windows", "linux")):
        alone = families[platform] - families[other]
        texts = [path.read_text() for path in (ROLE / "tasks" / other).glob("*.yml")]
        assert not [name for name in alone for text in texts if re.search(rf"\b{name}\b", text)]


def test_ansible_doc_tells_of_every_entry_point() -> None:
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    name = "slipway.codedeploy.agent"
    told = json.loads(tool("ansible-doc", "-t", "role", "--json", name, env=environment))[name]["entry_points"]
    assert {entry: set(point["options"]) for entry, point in told.items()} == {
        entry: set(point["options"]) for entry, point in SPECIFIED.items()
    }
    assert all(option["description"] for point in told.values() for option in point["options"].values())


# The options of the modules that the role uses on Windows, as ansible.windows 3.3.0 and community.windows 3.1.0 document them.
WINDOWS_MODULES = {
    "ansible.windows.win_copy": {"src", "dest", "content"},
    "ansible.windows.win_file": {"path", "state"},
    "ansible.windows.win_find": {"paths", "age"},
    "ansible.windows.win_get_url": {"url", "dest", "force", "proxy_url"},
    "ansible.windows.win_package": {"path", "product_id", "state"},
    "ansible.windows.win_powershell": {"script", "parameters", "creates"},
    "ansible.windows.win_regedit": {"path", "name", "data", "type", "state"},
    "ansible.windows.win_service": {"name", "state", "start_mode"},
    "ansible.windows.win_service_info": {"name"},
    "ansible.windows.win_stat": {"path", "get_checksum", "checksum_algorithm"},
    "ansible.windows.win_template": {"src", "dest"},
    "ansible.windows.win_uri": {"url", "return_content", "timeout", "proxy_url"},
    "community.windows.win_scheduled_task": {
        "name",
        "description",
        "username",
        "run_level",
        "actions",
        "triggers",
        "state",
    },
}


def test_the_tasks_for_windows_use_modules_of_windows_and_options_that_they_have() -> None:
    everywhere = {"ansible.builtin.assert", "ansible.builtin.include_tasks"}
    used = set()
    for name, tasks in task_files():
        for task in tasks:
            (module,) = {word for word in task if "." in word}
            if name.startswith("tasks/windows/") and module not in everywhere:
                used.add(module)
                assert set(task[module]) <= WINDOWS_MODULES[module], f"{name}: {task['name']}"
            elif not name.startswith("tasks/windows/"):
                assert ".windows." not in module, name
    assert used == set(WINDOWS_MODULES)
    assert used == set(yaml.safe_load((ROOT / ".ansible-lint").read_text())["mock_modules"])


@pytest.mark.parametrize("name", ["create", "destroy", "converge", "verify"])
def test_the_playbooks_of_the_molecule_scenario_are_playbooks(name: str, tmp_path: pathlib.Path) -> None:
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(tmp_path),
        "ANSIBLE_LOCALHOST_WARNING": "False",
    }
    command = [str(ANSIBLE_PLAYBOOK), "--syntax-check", "--inventory", "host,", str(SCENARIO / f"{name}.yml")]
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_molecule_scenario_needs_no_plug_in_and_ends_where_it_began() -> None:
    scenario = yaml.safe_load((SCENARIO / "molecule.yml").read_text())
    sequence = scenario["scenario"]["test_sequence"]
    assert scenario["driver"] == {"name": "default"}
    assert [platform["name"] for platform in scenario["platforms"]] == ["host"]
    assert (sequence[0], sequence[-1]) == ("destroy", "destroy")
    assert {"converge", "idempotence", "verify"} < set(sequence)
