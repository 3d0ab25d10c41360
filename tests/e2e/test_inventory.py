# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as a user has it: two files in a folder, and Ansible makes one inventory of them."""

from __future__ import annotations

import json

from .conftest import BUCKET, GROUP, HOSTS, Site
from .playbooks import playbook_environment
from .tools import tool

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
