# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as a user gets it: the tarball, the documentation, the exports of `make env`."""

from __future__ import annotations

import pathlib
import subprocess
import tarfile

import pytest
import yaml

from .conftest import Site
from .playbooks import COLLECTIONS, playbook_environment
from .tools import MODULES, ROOT, documentation, tool

PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - slipway.codedeploy.application: {application_name: from-the-tarball}
"""


@pytest.fixture(scope="module")
def tarball() -> pathlib.Path:
    """What the README has users build."""
    subprocess.run(["make", "--silent", "tarball"], cwd=ROOT, check=True)
    (built,) = (ROOT / "build/tarball").glob("slipway-codedeploy-*.tar.gz")
    return built


def test_the_tarball_holds_what_users_need_and_nothing_foreign(tarball: pathlib.Path) -> None:
    with tarfile.open(tarball) as archive:
        names = {name for name in archive.getnames() if not archive.getmember(name).isdir()}
    known = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert names <= {"MANIFEST.json", "FILES.json", *known.stdout.splitlines()}
    assert {
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "SECURITY.md",
        "meta/runtime.yml",
        "meta/ee-requirements.txt",
        "plugins/action/deploy.py",
    } <= names
    assert {name.split("/")[0] for name in names} <= {
        "CHANGELOG.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "SECURITY.md", "changelogs", "docs", "examples", "meta",
        "playbooks", "plugins", "roles",
    }  # fmt: skip


def test_the_tarball_installs_beside_amazon_aws_and_a_playbook_uses_it(
    tarball: pathlib.Path, simulated_site: Site
) -> None:
    installed = simulated_site.folder / "installed"
    amazon = simulated_site.folder / "amazon-only" / "ansible_collections"
    amazon.mkdir(parents=True)
    (amazon / "amazon").symlink_to(COLLECTIONS / "ansible_collections/amazon")
    paths = f"{installed}:{amazon.parent}"
    environment = {
        **playbook_environment(simulated_site.emulator.environment, simulated_site.folder),
        "ANSIBLE_COLLECTIONS_PATH": paths,
    }
    tool("ansible-galaxy", "collection", "install", str(tarball), "--offline", "-p", str(installed), env=environment)
    (simulated_site.folder / "playbook.yml").write_text(PLAYBOOK)
    tool("ansible-playbook", str(simulated_site.folder / "playbook.yml"), env=environment)
    simulated_site.emulator.client("codedeploy").get_application(applicationName="from-the-tarball")


def test_make_env_lets_plain_commands_use_the_checkout(simulated_site: Site) -> None:
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(simulated_site.folder), "LC_ALL": "C.UTF-8"}
    script = f"""
        eval "$(make -s -C {ROOT} env)" && cd / &&
        ansible-doc slipway.codedeploy.deploy && aws deploy list-applications &&
        ansible localhost -m slipway.codedeploy.application -a application_name=ad-hoc &&
        python -c 'from emulator import Emulator'"""
    run = subprocess.run(
        ["sh", "-c", script],
        env={**clean, **simulated_site.emulator.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    simulated_site.emulator.client("codedeploy").get_application(applicationName="ad-hoc")


def test_deploy_works_as_an_ad_hoc_command(site: Site) -> None:
    arguments = " ".join(f"{name}={value}" for name, value in site.deploy.items())
    environment = playbook_environment(site.emulator.environment, site.folder)
    output = tool("ansible", "localhost", "-m", "slipway.codedeploy.deploy", "-a", arguments, env=environment)
    assert "Succeeded, 2 of 2 succeeded" in output
    assert site.versions() == {"good 1"}


def test_every_module_is_documented_and_in_the_action_group() -> None:
    found = documentation()
    assert len(found) == len(MODULES) > 0
    group = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]["aws"]
    members = [
        name
        for name in MODULES
        if found[f"slipway.codedeploy.{name}"]["doc"]["attributes"]["action_group"]["support"] == "full"
    ]
    assert [name for name in group if isinstance(name, str)] == members
    for name, module in found.items():
        assert {"check_mode", "diff_mode", "idempotent", "action_group"} <= set(module["doc"]["attributes"]), name
        assert any("Required IAM permissions" in note for note in module["doc"]["notes"]), name
        assert module["examples"].strip(), name
        for value, description in module["return"].items():
            assert description["returned"], f"{name}: {value}"
