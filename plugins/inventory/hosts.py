# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
version_added: 0.1.0
short_description: The hosts of AWS CodeDeploy as an inventory
description:
  - The on-premises instances of the account, the hosts of a deployment group, or the targets of a deployment, such as those on which the last
    one has failed.
  - The name of the inventory's file must end with C(codedeploy.yml) or C(codedeploy.yaml). Ansible goes on without an inventory that it cannot read, be it
    for its name or for its content; set C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true) where that must be a failure.
  - A host is called what CodeDeploy calls it, the name of an on-premises instance or the id of an EC2 instance, unless O(hostnames) says
    otherwise. Of an EC2 instance, its addresses are variables, so that O(compose) can set C(ansible_host).
  - Hosts that are gone are left out, that is EC2 instances that have been terminated and, unless O(registration_status) asks for them, on-premises
    instances that have been deregistered.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  plugin:
    description: What makes a file one for this plugin.
    type: str
    required: true
    choices: [slipway.codedeploy.hosts]
  regions:
    description:
      - The regions to look in. What O(application_name) or O(deployment) names must exist in each.
      - Only the one that O(region) names when this is empty. Not all that there are, since a deployment group is in one.
    type: list
    elements: str
    default: []
  application_name:
    description:
      - The hosts of a deployment group of this application, which needs O(deployment_group_name) too.
      - They are those that CodeDeploy would deploy to now, EC2 instances by tags and by Auto Scaling group, and on-premises instances.
      - All on-premises instances are meant when this and O(deployment) are left out.
    type: str
    aliases: [application]
  deployment_group_name:
    description: The deployment group, with O(application_name).
    type: str
    aliases: [deployment_group]
  deployment:
    description:
      - The targets of a deployment instead. V(last), V(last_failed) or V(last_successful) of the deployment group; or any other's id, such as
        V(d-3KX1ZQ2AB), without O(application_name) and O(deployment_group_name).
      - A rollback is a deployment of its own. After one, V(last) is the rollback, V(last_failed) what it has rolled back.
      - There are no hosts if the deployment group has had no such deployment, or CodeDeploy has not chosen the targets yet.
    type: str
  target_statuses:
    description: Only the hosts on which O(deployment) is in one of these states.
    type: list
    elements: str
    choices: [Pending, InProgress, Succeeded, Failed, Skipped, Unknown, Ready]
  registration_status:
    description:
      - Of all on-premises instances, those that are registered, or those that were. AWS keeps the names of these for a time.
      - V(Registered) when it is left out.
    type: str
    choices: [Registered, Deregistered]
  tag_filters:
    description: Of all on-premises instances, those that one of these filters matches.
    type: list
    elements: dict
    suboptions:
      key:
        description: The tag's key. Without it, a tag of any key matches that has the value.
        type: str
      value:
        description: The tag's value. Without it, any value of the key matches.
        type: str
      type:
        description: What is compared, V(KEY_ONLY), V(VALUE_ONLY) or V(KEY_AND_VALUE). When it is not given, it is derived from what else is.
        type: str
  tag_set:
    description: Of all on-premises instances, those that match one filter, as in O(tag_filters), of each of these lists.
    type: list
    elements: list
  hostnames:
    description:
      - What to call a host. The first counts that the host has, and if it has none, what CodeDeploy calls it.
      - C(tag:KEY) for the value of a tag, or V(instance_name), V(instance_id), V(private_ip_address), V(public_ip_address),
        V(private_dns_name) or V(public_dns_name).
      - It is an error if two hosts would have the same name.
    type: list
    elements: str
    default: []
notes:
  - "The variables of an on-premises instance are C(codedeploy_instance_name), C(codedeploy_instance_arn), C(codedeploy_iam_user_arn) or
    C(codedeploy_iam_session_arn), C(codedeploy_registration_status), C(codedeploy_register_time), and, if it has been deregistered,
    C(codedeploy_deregister_time). C(codedeploy_tags) has its tags by key; where a key has several values, they are a list."
  - "The variables of an EC2 instance are C(codedeploy_instance_id), C(codedeploy_instance_type), C(codedeploy_instance_state),
    C(codedeploy_availability_zone), C(codedeploy_tags), and those of C(codedeploy_private_ip_address), C(codedeploy_public_ip_address),
    C(codedeploy_private_dns_name), C(codedeploy_public_dns_name) and C(codedeploy_platform) that it has."
  - "With O(deployment) there are also C(codedeploy_deployment_id), C(codedeploy_target_status), C(codedeploy_last_updated_at), of a blue/green
    deployment C(codedeploy_instance_label), and where a lifecycle event has failed, its name in C(codedeploy_failed_lifecycle_event), and in
    C(codedeploy_diagnostics) its C(error_code), C(script_name), C(message) and C(log_tail). Every host has C(codedeploy_region)."
  - To have all that P(amazon.aws.aws_ec2#inventory) tells of an EC2 instance as well, put a file of that plugin beside this one and let it name its
    hosts C(instance-id). Hosts with the same name are one host.
  - The values come from AWS and from the hosts, so that they are never taken for templates.
  - "Required IAM permissions: C(codedeploy:BatchGetOnPremisesInstances) for hosts that are on-premises instances, and C(ec2:DescribeInstances) for those
    that are EC2 instances. To find on-premises instances, C(codedeploy:ListOnPremisesInstances). With O(application_name)
    C(codedeploy:GetDeploymentGroup), for Auto Scaling groups also C(autoscaling:DescribeAutoScalingGroups), and C(codedeploy:GetApplication), which makes
    the error for a missing one precise. With O(deployment) C(codedeploy:GetDeployment), C(codedeploy:ListDeploymentTargets) and
    C(codedeploy:BatchGetDeploymentTargets), with V(last_failed) also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments)."
  - O(application_name), O(deployment_group_name) and O(deployment) may be templates, as may the options that say how to reach AWS.
  - With O(cache), what AWS has answered is kept, so that no call is made until it is too old, other hosts are selected, or C(--flush-cache) is given.
seealso:
  - module: slipway.codedeploy.on_premises_instance_info
  - module: slipway.codedeploy.deployment_info
  - plugin: amazon.aws.aws_ec2
    plugin_type: inventory
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
# All registered on-premises instances, in groups by their tags, such as tag_stage_production.
plugin: slipway.codedeploy.hosts
region: eu-central-1
keyed_groups:
  - key: codedeploy_tags
    prefix: tag

---

# Those of web-app in production. What is asked of AWS is kept for an hour.
plugin: slipway.codedeploy.hosts
region: eu-central-1
tag_set:
  - - key: application
      value: web-app
  - - key: stage
      value: production
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/codedeploy-inventory
cache_timeout: 3600

---

# The hosts that production has, EC2 instances reached by their private addresses and called by their names.
plugin: slipway.codedeploy.hosts
region: eu-central-1
application_name: web-app
deployment_group_name: production
hostnames: ["tag:Name"]
compose:
  ansible_host: codedeploy_private_ip_address | default(codedeploy_instance_name)

---

# The hosts on which the last deployment of production that failed has failed, in groups by where it did, such as at_ValidateService:
#   ansible -i failed.codedeploy.yml at_ValidateService -m ansible.builtin.command -a 'journalctl -u web-app -n 50'
plugin: slipway.codedeploy.hosts
region: eu-central-1
application_name: web-app
deployment_group_name: production
deployment: last_failed
target_statuses: [Failed]
keyed_groups:
  - key: codedeploy_failed_lifecycle_event
    prefix: at

---

# The targets of the deployment that a pipeline has made, and in the group `done` those that are.
plugin: slipway.codedeploy.hosts
region: eu-central-1
deployment: "{{ lookup('ansible.builtin.env', 'DEPLOYMENT_ID') }}"
groups:
  done: codedeploy_target_status == 'Succeeded'
"""

import functools
import hashlib
import typing as t

from ansible.errors import AnsibleParserError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase

from ..module_utils._connections import Clients
from ..module_utils._errors import CodeDeployError, Connect, aws_call
from ..module_utils._url_secrets import without_secrets
from ..module_utils._validation import InvalidOption
from ..plugin_utils._host_records import GROUP, ON_PREMISES, check_options, find_records
from ..plugin_utils._hosts import Record, hosts_from_records

OPTIONS = (*GROUP, *ON_PREMISES, "deployment", "target_statuses", "hostnames")


class InventoryModule(Clients, AWSInventoryBase):
    """The hosts of CodeDeploy."""

    NAME = "slipway.codedeploy.hosts"
    INVENTORY_FILE_SUFFIXES = ("codedeploy.yml", "codedeploy.yaml")
    EXTRA: t.ClassVar[dict[str, str]] = {"region": "regions"}

    class TemplatedOptions(AWSInventoryBase.TemplatedOptions):
        """What in a file may be a template, beside options of amazon.aws."""

        TEMPLATABLE_OPTIONS = (*AWSInventoryBase.TemplatedOptions.TEMPLATABLE_OPTIONS, *GROUP, "deployment")

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Put the hosts that the file PATH selects into INVENTORY. Raises AnsibleParserError, before the first of them, if that cannot be."""
        try:
            aws_call("assume the role")(super().parse)(inventory, loader, path, cache=cache)
            options = {name: self._value(name) for name in OPTIONS}
            check_options(options)
            is_cached, records = self.get_cached_result(path, cache)
            if not is_cached:
                records = self._find_records(options)
            hosts = hosts_from_records(records, options["hostnames"])
        except (InvalidOption, CodeDeployError) as error:
            # Ansible would add the cause's text, as it is.
            raise AnsibleParserError(without_secrets(str(error))) from None
        self.update_cached_result(path, cache, records)
        for name, variables in hosts.items():
            self._add_host(name, wrap_var(variables))

    def _read_config_data(self, path: str) -> dict[str, t.Any]:
        """What Ansible does, and refuse what is no option: one that was misspelt would select all hosts."""
        config: dict[str, t.Any] = super()._read_config_data(path)
        definitions = self.option_definitions.items()
        names = {alias: name for name, option in definitions for alias in (name, *option.get("aliases", []))}
        if unknown := sorted(set(config) - set(names)):
            raise InvalidOption(
                f"{', '.join(unknown)}: no such option; ansible-doc -t inventory {self.NAME} tells which there are"
            )
        self._given = {names[alias] for alias in config}
        return config

    def warn(self, message: str) -> None:
        """Warn the user."""
        super().warn(without_secrets(message))

    def _do_fail(self, message: str) -> t.NoReturn:
        raise AnsibleParserError(without_secrets(message))

    def _connection_options(self) -> t.Any:
        return self.get_options()

    def _value(self, name: str) -> t.Any:
        """The value of the option NAME. One that selects hosts must not be given and come to nothing, as a template may: all hosts would be selected."""
        value = self.get_option(name)
        if name in self._given and name != "hostnames" and value in (None, "", []):
            raise InvalidOption(f"{name}: is given and empty")
        return value

    def get_cache_key(self, path: str) -> str:
        """Another key for another selection, which a template may make without a change of the file."""
        selection = repr([self.get_option(name) for name in (*OPTIONS, "regions", "region")])
        return f"{super().get_cache_key(path)}_{hashlib.sha256(selection.encode()).hexdigest()[:12]}"

    def _find_records(self, options: dict[str, t.Any]) -> list[Record]:
        """What AWS tells of the hosts in all regions."""
        regions = dict.fromkeys(self.get_option("regions") or [self.region])
        return [record for region in regions for record in find_records(self._connect(region), options)]

    def _connect(self, region: str | None) -> Connect:
        """How to get a client of a service in REGION; None is the region of the profile."""
        return functools.cache(lambda service: self.client(service, region=region))

    def _add_host(self, name: str, variables: dict[str, t.Any]) -> None:
        """Put the host NAME with its VARIABLES, and what is constructed of them, into the inventory."""
        self.inventory.add_host(name)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
