# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as a user gets it: the tarball, the documentation and its examples, the exports of `make env`."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tarfile
import typing as t

import pytest
import yaml

from .conftest import Site
from .playbooks import COLLECTIONS, playbook_environment

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(sys.executable).parent
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - slipway.codedeploy.application: {application_name: from-the-tarball}
"""


def tool(name: str, *arguments: str, **options: t.Any) -> str:
    """What the TOOL of the set-up prints; fails with its output if it fails."""
    run = subprocess.run([TOOLS / name, *arguments], capture_output=True, text=True, check=False, **options)
    assert run.returncode == 0, f"{name}: {run.stdout}{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("tarball")
    tool("ansible-galaxy", "collection", "build", "--output-path", str(folder), str(ROOT))
    (built,) = folder.glob("slipway-codedeploy-*.tar.gz")
    return built


def test_the_tarball_holds_what_users_need_and_nothing_foreign(tarball: pathlib.Path) -> None:
    with tarfile.open(tarball) as archive:
        names = {name for name in archive.getnames() if not archive.getmember(name).isdir()}
    known = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert names <= {"MANIFEST.json", "FILES.json", *known.stdout.splitlines()}
    assert {
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "meta/runtime.yml",
        "meta/ee-requirements.txt",
        "plugins/action/deploy.py",
    } <= names
    assert {name.split("/")[0] for name in names} <= {
        "CHANGELOG.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "changelogs", "docs", "examples", "meta", "playbooks", "plugins",
    }  # fmt: skip


def test_the_tarball_installs_beside_amazon_aws_and_a_playbook_uses_it(tarball: pathlib.Path, site: Site) -> None:
    installed = site.folder / "installed"
    amazon = site.folder / "amazon-only" / "ansible_collections"
    amazon.mkdir(parents=True)
    (amazon / "amazon").symlink_to(COLLECTIONS / "ansible_collections/amazon")
    paths = f"{installed}:{amazon.parent}"
    environment = {**playbook_environment(site.emulator.environment, site.folder), "ANSIBLE_COLLECTIONS_PATH": paths}
    tool("ansible-galaxy", "collection", "install", str(tarball), "--offline", "-p", str(installed), env=environment)
    (site.folder / "playbook.yml").write_text(PLAYBOOK)
    tool("ansible-playbook", str(site.folder / "playbook.yml"), env=environment)
    site.emulator.client("codedeploy").get_application(applicationName="from-the-tarball")


def test_make_env_lets_plain_commands_use_the_checkout(site: Site) -> None:
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(site.folder), "LC_ALL": "C.UTF-8"}
    script = f"""
        eval "$(make -s -C {ROOT} env)" && cd / &&
        ansible-doc slipway.codedeploy.deploy && aws deploy list-applications &&
        ansible localhost -m slipway.codedeploy.application -a application_name=ad-hoc"""
    run = subprocess.run(
        ["sh", "-c", script], env={**clean, **site.emulator.environment}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    site.emulator.client("codedeploy").get_application(applicationName="ad-hoc")


def test_deploy_works_as_an_ad_hoc_command(site: Site) -> None:
    arguments = " ".join(f"{name}={value}" for name, value in site.deploy.items())
    environment = playbook_environment(site.emulator.environment, site.folder)
    output = tool("ansible", "localhost", "-m", "slipway.codedeploy.deploy", "-a", arguments, env=environment)
    assert "Succeeded, 2 of 2 succeeded" in output
    assert site.versions() == {"good 1"}


def documentation() -> dict[str, dict[str, t.Any]]:
    """What ansible-doc knows of each module of the collection."""
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    names = [f"slipway.codedeploy.{name}" for name in MODULES]
    return t.cast("dict[str, dict[str, t.Any]]", json.loads(tool("ansible-doc", "--json", *names, env=environment)))


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


def prepare_deployments(site: Site) -> None:
    """What the examples of `deploy` and `deployment_info` take for granted: web-app, its groups, and a bundle in S3."""
    codedeploy, s3 = site.emulator.client("codedeploy"), site.emulator.client("s3")
    codedeploy.create_application(applicationName="web-app")
    for group, host in zip(("staging", "production"), site.hosts, strict=True):
        tags = [{"Key": "stage", "Value": group}]
        codedeploy.add_tags_to_on_premises_instances(instanceNames=[host.name], tags=tags)
        codedeploy.create_deployment_group(
            applicationName="web-app",
            deploymentGroupName=group,
            serviceRoleArn="arn:aws:iam::123456789012:role/CodeDeployServiceRole",
            deploymentConfigName="CodeDeployDefault.AllAtOnce",
            onPremisesInstanceTagFilters=[{**tags[0], "Type": "KEY_AND_VALUE"}],
        )
    s3.create_bucket(Bucket="my-releases")
    source = pathlib.Path(site.deploy["source"])
    bundle = site.folder / "bundle.tgz"
    with tarfile.open(bundle, "w:gz") as archive:
        for path in source.iterdir():
            archive.add(path, path.name)
    s3.upload_file(str(bundle), "my-releases", "web-app/1.4.2.tgz")
    (site.folder / "web-app").symlink_to(source)


def prepare_staging(site: Site) -> None:
    """What the examples of `revision_info` take for granted: the bundle is on staging."""
    prepare_deployments(site)
    bundle = {"s3_location": {"bucket": "my-releases", "key": "web-app/1.4.2.tgz", "bundle_type": "tgz"}}
    names = {"application_name": "web-app", "deployment_group_name": "staging"}
    run = site.run(site.deploy_task(**names, revision=bundle, source=None, s3_bucket=None))
    assert run.status == 0, run.output


def prepare_group(site: Site) -> None:
    """What the examples of `deployment_group` take for granted."""
    site.emulator.client("codedeploy").create_application(applicationName="web-app")


def prepare_instances(site: Site) -> None:
    """The instances of the examples are not registered yet."""
    for host in site.hosts:
        site.emulator.client("codedeploy").deregister_on_premises_instance(instanceName=host.name)


def prepare_nothing(_site: Site) -> None:
    """The examples start from nothing."""


def prepare_source(site: Site) -> None:
    """The application of the examples, where a playbook finds it."""
    (site.folder / "web-app").symlink_to(site.deploy["source"])


def prepare_revisions(site: Site) -> None:
    """What the examples of `revision` take for granted beside that: scripts in the application, and a function that is deployed."""
    prepare_deployments(site)
    (pathlib.Path(site.deploy["source"]) / "scripts").mkdir()
    site.emulator.client("codedeploy").create_application(applicationName="thumbnails", computePlatform="Lambda")


PREPARATIONS = {
    "application": prepare_nothing,
    "application_info": prepare_nothing,
    "appspec_info": prepare_source,
    "deploy": prepare_deployments,
    "deployment_config": prepare_nothing,
    "deployment_config_info": prepare_nothing,
    "deployment_group": prepare_group,
    "deployment_info": prepare_deployments,
    "external_resources": prepare_nothing,
    "github_account_token": prepare_nothing,
    "github_account_token_info": prepare_nothing,
    "on_premises_instance": prepare_instances,
    "on_premises_instance_info": prepare_nothing,
    "revision": prepare_revisions,
    "revision_info": prepare_staging,
}


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_the_documentation_run(module: str, site: Site) -> None:
    PREPARATIONS[module](site)
    run = site.run(*yaml.safe_load(documentation()[f"slipway.codedeploy.{module}"]["examples"]))
    assert run.status == 0, run.output
