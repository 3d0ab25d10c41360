# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users rely on most, on each pair of ansible-core and amazon.aws: a failing release fails the play, above all."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from e2e.conftest import APPLICATION, BUCKET, GROUP, HOSTS, Site
from e2e.playbooks import PlaybookRun
from e2e.test_deploy import kill_while_it_waits
from e2e.tools import MODULES
from emulator.hosts.outcomes import fail, succeed

from .pairs import ROOT, Pair

EVERYTHING = pathlib.Path(__file__).with_name("everything.yml")
DOCUMENTED = {
    "module": MODULES,
    "inventory": ["hosts"],
    "filter": [path.stem for path in (ROOT / "plugins/filter").glob("*.yml")],
    "role": [path.name for path in (ROOT / "roles").iterdir()],
}
"""All that ansible-doc can tell of the collection."""

SCRIPT = fail(script="validate.sh", log="this version is rotten")


def test_a_release_is_predicted_shipped_and_then_left_alone(pair_site: Site) -> None:
    run = pair_site.run(
        {**pair_site.deploy_task("predict"), "check_mode": True, "diff": True},
        pair_site.deploy_task("ship"),
        pair_site.deploy_task("again"),
    )
    assert run.status == 0, run.output
    assert "changed: [localhost]" in run.sections["predict"]
    assert f"+    revision: s3://{BUCKET}/{APPLICATION}/" in run.sections["predict"]
    assert "Succeeded, 2 of 2 succeeded" in run.sections["ship"]
    assert "ok: [localhost]" in run.sections["again"]
    assert pair_site.written().count("codedeploy:CreateDeployment") == 1
    assert_no_deprecation_of_ours(run.output)


def test_a_release_that_fails_fails_the_play_and_names_host_event_and_script(pair_site: Site) -> None:
    """Through each way there is: the module, the module that awaits another's deployment, and the role."""
    shipped = pair_site.run(pair_site.deploy_task())
    assert shipped.status == 0, shipped.output
    pair_site.emulator.simulate("web-1", {"ValidateService": SCRIPT}, {}, {"ValidateService": SCRIPT}, {})
    pair_site.write_release("rotten")
    failed = pair_site.run(pair_site.deploy_task())
    assert_explained(failed)

    release = {
        "release_application_name": APPLICATION,
        "release_deployment_group_name": GROUP["deploymentGroupName"],
        "release_source": pair_site.deploy["source"],
        "release_s3_bucket": BUCKET,
        "release_deploy": {"wait_delay": 2, "wait_timeout": 900},
    }
    role = {"name": "Release", "vars": release, "ansible.builtin.import_role": {"name": "slipway.codedeploy.release"}}
    assert_explained(pair_site.run(role))

    codedeploy = pair_site.emulator.client("codedeploy")
    *_earlier, last, _rollback = pair_site.deployments()
    awaited = {"name": "Await", "slipway.codedeploy.deployment": {"deployment_id": last["deploymentId"]}}
    assert codedeploy.get_deployment(deploymentId=last["deploymentId"])["deploymentInfo"]["status"] == "Failed"
    assert_explained(pair_site.run(awaited))


def assert_explained(run: PlaybookRun) -> None:
    """The run failed, and says where and why, and what became of the rollback."""
    assert run.status == 2, run.output
    assert "failed=1" in run.output
    lines = [line.strip() for line in run.output.splitlines()]
    assert "web-1 failed at ValidateService in validate.sh (ScriptFailed)" in lines, run.output
    assert any(line.startswith("Rollback d-") and line.endswith("Succeeded, 2 of 2 succeeded") for line in lines), (
        run.output
    )
    assert_no_deprecation_of_ours(run.output)


# amazon.aws lists a module under its old name, too; ansible-core 2.17 warns of that when a group that extends theirs is used.
FOREIGN = ("amazon.aws.ec2_vpc_peer has been deprecated.",)


def deprecations(output: str) -> list[str]:
    """What is in OUTPUT from each deprecation warning on, in one line, but for the warnings that are known to be of others."""
    _before, *found = (" ".join(part.split()) for part in output.split("[DEPRECATION WARNING]:"))
    return [text for text in found if not text.startswith(FOREIGN)]


def assert_no_deprecation_of_ours(output: str) -> None:
    """No deprecation warning comes from this collection, or from how it uses others."""
    assert deprecations(output) == [], output


# A module of a playbook's own, which is about to be removed.
OLD = """\
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({})
module.deprecate("This is old.", version="99.0.0", collection_name="slipway.codedeploy")
module.exit_json()
"""


def test_a_deprecation_would_be_seen(pair_site: Site) -> None:
    (pair_site.folder / "library").mkdir()
    (pair_site.folder / "library/old.py").write_text(OLD)
    (found,) = deprecations(pair_site.run({"old": None}).output)
    assert found.startswith("This is old.")


def test_the_deployment_of_a_killed_run_is_taken_up(still_pair_site: Site) -> None:
    still_pair_site.emulator.simulate("web-1", {"Install": succeed(150)})
    kill_while_it_waits(still_pair_site, still_pair_site.start(still_pair_site.deploy_task()))
    (deployment,) = still_pair_site.deployments()
    still_pair_site.let_time_pass(60)
    run = still_pair_site.run(still_pair_site.deploy_task())
    assert run.status == 0, run.output
    assert f"{deployment['deploymentId']} Succeeded, 2 of 2 succeeded" in run.output
    assert len(still_pair_site.deployments()) == 1


INVENTORY = """\
plugin: slipway.codedeploy.hosts
keyed_groups:
  - key: codedeploy_tags
    prefix: tag
"""


def command(site: Site, name: str, *arguments: str) -> str:
    """What the command NAME of the pair prints; it must end well, and warn of no deprecation of ours."""
    ended = subprocess.run(
        [site.installation.tools / name, *arguments],
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_no_deprecation_of_ours(ended.stderr)
    return ended.stdout


def test_every_module_filter_and_argument_spec_works(pair_site: Site) -> None:
    play = yaml.safe_load(EVERYTHING.read_text())
    used = {name.rpartition(".")[2] for task in play[0]["tasks"] for name in task if name.startswith("slipway.")}
    assert used == set(MODULES)
    play[0]["vars"] |= {"source": pair_site.deploy["source"], "bucket": BUCKET}
    playbook = pair_site.folder / "everything.yml"
    playbook.write_text(yaml.safe_dump(play, sort_keys=False))
    run = pair_site.run_file(playbook)
    assert run.status == 0, run.output
    assert_no_deprecation_of_ours(run.output)


def test_hosts_are_found_and_everything_is_documented(pair_site: Site) -> None:
    (pair_site.folder / "ansible.cfg").touch()
    inventory = pair_site.folder / "fleet.codedeploy.yml"
    inventory.write_text(INVENTORY)
    told = json.loads(command(pair_site, "ansible-inventory", "--list", "--inventory", str(inventory)))
    assert told["tag_app_shop"]["hosts"] == list(HOSTS)
    for kind, names in DOCUMENTED.items():
        documents = command(
            pair_site, "ansible-doc", "--json", "-t", kind, *[f"slipway.codedeploy.{name}" for name in names]
        )
        assert len(json.loads(documents)) == len(names)


@pytest.mark.parametrize("tests", ["action", "filter", "inventory", "modules", "plugin_utils"])
def test_the_unit_tests_of_what_meets_ansible_pass(tests: str, unit_pair: Pair, tmp_path: pathlib.Path) -> None:
    collections = str(unit_pair.collections)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "ANSIBLE_COLLECTIONS_PATH": collections}
    environment.pop("LEFT_OUT_NOTES", None)
    settings = [
        "-p",
        "no:cacheprovider",
        "-o",
        f"pythonpath=tests {collections}",
        "--basetemp",
        str(tmp_path / "pytest"),
    ]
    command = [unit_pair.installation.tools / "python", "-m", "pytest", "-q", *settings, f"tests/unit/plugins/{tests}"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
