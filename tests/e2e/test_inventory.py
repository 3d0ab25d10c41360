# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as a user has it: two files in a folder, and Ansible makes one inventory of them."""

from __future__ import annotations

import json
import subprocess

from .conftest import BUCKET, GROUP, HOSTS, Site
from .playbooks import playbook_environment
from .tools import TOOLS, tool

ALL = """\
plugin: slipway.codedeploy.hosts
keyed_groups:
  - key: codedeploy_tags
    prefix: tag
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: {folder}/cache
"""

TARGETS = """\
plugin: slipway.codedeploy.hosts
deployment: "{{ lookup('ansible.builtin.env', 'DEPLOYMENT_ID') }}"
groups:
  shipped: codedeploy_target_status == 'Succeeded'
"""


def test_files_of_one_folder_are_one_inventory(simulated_site: Site) -> None:
    emulator, folder = simulated_site.emulator, simulated_site.folder / "inventory"
    folder.mkdir()
    (folder / "all.codedeploy.yml").write_text(ALL.format(folder=simulated_site.folder))
    (folder / "targets.codedeploy.yaml").write_text(TARGETS)
    location = {"bucket": BUCKET, "key": "one.zip", "bundleType": "zip"}
    answer = emulator.client("codedeploy").create_deployment(
        **GROUP, revision={"revisionType": "S3", "s3Location": location}
    )
    environment = {
        **playbook_environment(emulator.environment, simulated_site.folder),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "DEPLOYMENT_ID": answer["deploymentId"],
    }
    (simulated_site.folder / "ansible.cfg").touch()
    output = tool("ansible-inventory", "--list", "--inventory", str(folder), env=environment)
    told = json.loads(output, object_hook=lambda found: found.get("__ansible_unsafe", found))
    assert told["tag_app_shop"]["hosts"] == told["shipped"]["hosts"] == list(HOSTS)
    variables = told["_meta"]["hostvars"]["web-1"]
    assert variables["codedeploy_deployment_id"] == answer["deploymentId"]
    assert variables["codedeploy_tags"] == {"app": "shop"}
    assert list((simulated_site.folder / "cache").iterdir())


HOSTILE = """\
plugin: slipway.codedeploy.hosts
hostnames: ["tag:Name"]
keyed_groups:
  - key: codedeploy_tags.role
    separator: ""
compose:
  ansible_host: codedeploy_tags.address | default(codedeploy_instance_name)
"""


def test_names_that_mean_harm(simulated_site: Site) -> None:
    emulator, folder = simulated_site.emulator, simulated_site.folder
    pwned = folder / "pwned"
    template = f"{{{{ lookup('pipe', 'touch {pwned}') }}}}"
    for name, text in {
        "option": f"-oProxyCommand=touch {pwned}",
        "own": "localhost",
        "group": "all",
        "lines": "web-9\nansible_connection=local",
        "template": template,
        "escapes": "\x1b]0;owned\x07\x9b2J\u202e",
        "good": "web-3",
    }.items():
        emulator.simulate(name, tags={"Name": text, "role": text, "address": text})
    (folder / "hostile.codedeploy.yml").write_text(HOSTILE)
    environment = {
        **playbook_environment(emulator.environment, folder),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "never",
    }
    run = subprocess.run(
        [TOOLS / "ansible-inventory", "--list", "--inventory", str(folder / "hostile.codedeploy.yml")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(run.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))
    variables = told["_meta"]["hostvars"]
    addresses = {name: variables[name].get("ansible_host") for name in variables if name not in HOSTS}
    # `own` is not reached by the address that it asks for, but by its name.
    assert addresses == {
        "escapes": "escapes",
        "group": "all",
        "lines": "lines",
        "option": "option",
        "own": None,
        "template": "template",
        "web-3": "web-3",
    }
    assert variables["template"]["codedeploy_tags"]["Name"] == template
    assert "localhost" not in told and "hosts" not in told["all"]
    assert told["web_3"] == {"hosts": ["web-3"]}
    assert not pwned.exists()
    assert "hostnames: tag:Name of 'own' in us-east-1 cannot name a host: 'localhost' is the controller" in run.stderr
    assert not [each for each in run.stderr if not each.isprintable() and each != "\n"]
