# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
version_added: 0.1.0
short_description: AWS CodeDeploy inventory source
description:
  - Reads the on-premises instances of the account, the hosts of a deployment group, or the targets of a deployment, such as those on which the last
    one failed.
  - The name of the inventory file must end with C(codedeploy.yml) or C(codedeploy.yaml). Ansible continues without an inventory that it cannot
    read, because of its name or its content. Set C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true) to make that an error.
  - A host is named as CodeDeploy names it, by the name of an on-premises instance or the ID of an EC2 instance, unless O(hostnames) says otherwise.
    The addresses of an EC2 instance are variables, so that O(compose) can set C(ansible_host).
  - Hosts that no longer exist are left out, which are terminated EC2 instances and, unless O(registration_status) selects them, deregistered
    on-premises instances.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  plugin:
    description: Marks the file as a configuration of this plugin.
    type: str
    required: true
    choices: [slipway.codedeploy.hosts]
  regions:
    description:
      - The regions to read. What O(application_name) or O(deployment) names must exist in each of them.
      - When empty, only the region of O(region) is read. There is no value for all regions, since a deployment group exists in one.
    type: list
    elements: str
    default: []
  application_name:
    description:
      - The application of a deployment group whose hosts to read. Requires O(deployment_group_name).
      - The hosts are those that CodeDeploy would deploy to now, EC2 instances selected by tags and by Auto Scaling group, and on-premises
        instances.
      - When this and O(deployment) are omitted, all on-premises instances are read.
    type: str
    aliases: [application]
  deployment_group_name:
    description: The deployment group whose hosts to read, together with O(application_name).
    type: str
    aliases: [deployment_group]
  deployment:
    description:
      - Read the targets of a deployment instead. Either V(last), V(last_failed) or V(last_successful) of the deployment group; or the ID of any
        deployment, such as V(d-3KX1ZQ2AB), without O(application_name) and O(deployment_group_name).
      - A rollback is a deployment of its own. After one, V(last) is the rollback, and V(last_failed) the deployment that it rolled back.
      - There are no hosts if the deployment group has had no such deployment, or CodeDeploy has not chosen the targets yet.
    type: str
  target_statuses:
    description: Only return hosts on which O(deployment) has one of these statuses.
    type: list
    elements: str
    choices: [Pending, InProgress, Succeeded, Failed, Skipped, Unknown, Ready]
  registration_status:
    description:
      - Of all on-premises instances, only return those that are registered, or only those that were deregistered, whose names AWS keeps for some
        time.
      - V(Registered) when omitted.
    type: str
    choices: [Registered, Deregistered]
  tag_filters:
    description: Of all on-premises instances, only return those that match at least one of these filters.
    type: list
    elements: dict
    suboptions:
      key:
        description: The tag's key. When omitted, a tag with any key matches if it has the value.
        type: str
      value:
        description: The tag's value. When omitted, any value of the key matches.
        type: str
      type:
        description: Whether the key, the value or both must match, V(KEY_ONLY), V(VALUE_ONLY) or V(KEY_AND_VALUE). Derived from what is given when
          omitted.
        type: str
  tag_set:
    description: Of all on-premises instances, only return those that match at least one filter of each of these lists. Filters have the same form
      as in O(tag_filters).
    type: list
    elements: list
  hostnames:
    description:
      - Hostname preferences, in order. The first that a host has and that is a valid hostname (see the notes) is used; if there is none, what
        CodeDeploy calls the host.
      - C(tag:KEY) for the value of a tag, or V(instance_name), V(instance_id), V(private_ip_address), V(public_ip_address), V(private_dns_name) or
        V(public_dns_name).
      - It is an error if two hosts would have the same name.
    type: list
    elements: str
    default: []
notes:
  - The variables of an on-premises instance are C(codedeploy_instance_name), C(codedeploy_instance_arn), C(codedeploy_iam_user_arn) or
    C(codedeploy_iam_session_arn), C(codedeploy_registration_status), C(codedeploy_register_time), and, if it has been deregistered,
    C(codedeploy_deregister_time). C(codedeploy_tags) contains its tags by key; several values of a key are a list.
  - The variables of an EC2 instance are C(codedeploy_instance_id), C(codedeploy_instance_type), C(codedeploy_instance_state),
    C(codedeploy_availability_zone), C(codedeploy_tags), and, where it has a value for them, C(codedeploy_private_ip_address),
    C(codedeploy_public_ip_address), C(codedeploy_private_dns_name), C(codedeploy_public_dns_name) and C(codedeploy_platform).
  - With O(deployment) there are also C(codedeploy_deployment_id), C(codedeploy_target_status), C(codedeploy_last_updated_at), for a blue/green
    deployment C(codedeploy_instance_label), and, if a lifecycle event failed, its name in C(codedeploy_failed_lifecycle_event), and its
    C(error_code), C(script_name), C(message) and C(log_tail) in C(codedeploy_diagnostics). Every host has C(codedeploy_region).
  - To get all variables that P(amazon.aws.aws_ec2#inventory) provides for an EC2 instance as well, put a file of that plugin beside this one and
    let it name its hosts by C(instance-id). Hosts with the same name are one host.
  - Whoever may register, name or tag an instance writes what this inventory reads. So none of it is treated as a template, with any version of
    Ansible, and the plugin checks values wherever they would do more than inform. Values from a cache are checked in the same way.
  - A hostname has letters, digits, dots, hyphens and underscores, at most 253 characters, of which the first is a letter, digit or underscore; or
    it is an IPv6 address. It cannot be a name of the controller itself (C(localhost), C(127.0.0.1), C(::1), and other spellings of names and
    addresses of the loopback interface), nor that of a group, whether C(all), a group of another file that was read before, or one that this file
    creates. An invalid hostname is skipped with a warning, and the next of O(hostnames) is used. A host without a valid hostname is left out with a
    warning, including an on-premises instance whose name contains one of C(+ = , @), unless O(hostnames) finds another name for it.
  - "Variables of O(compose) whose names begin with C(ansible_) define how to connect to a host, and may become arguments of C(ssh). Such a variable
    must be a single word of letters, digits and C(_ . / : @ + -) that does not begin with a hyphen, or the file's own text around such words. Other
    values of the host are undefined for it, so that C(default) can provide another. A variable whose name ends with C(_host) must also be a valid
    hostname, and C(ansible_connection) one of C(ssh), C(smart), C(paramiko), C(winrm), C(psrp) and C(aws_ssm). A variable that breaks these rules
    is left out with a warning, unless its value is in the file and does not depend on the host."
  - O(keyed_groups) replaces each character that is invalid in a group name by C(_), whatever C(TRANSFORM_INVALID_GROUP_CHARS) is. A host is not
    added to a group that would have the name of the controller, C(all), C(ungrouped) or a host, and a group is not added to one that it contains;
    each case causes a warning. Whoever tags an instance can still add it to any other group that the tag names. Set a prefix to keep these groups
    apart from those of other files.
  - "Required IAM permissions: C(codedeploy:BatchGetOnPremisesInstances) for hosts that are on-premises instances, and C(ec2:DescribeInstances) for
    those that are EC2 instances. To find on-premises instances, C(codedeploy:ListOnPremisesInstances). With O(application_name)
    C(codedeploy:GetDeploymentGroup), for Auto Scaling groups also C(autoscaling:DescribeAutoScalingGroups), and C(codedeploy:GetApplication), which
    makes the error for a missing one precise. With O(deployment) C(codedeploy:GetDeployment), C(codedeploy:ListDeploymentTargets) and
    C(codedeploy:BatchGetDeploymentTargets), with V(last_failed) also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments)."
  - O(application_name), O(deployment_group_name) and O(deployment) may be templates, and so may the options for the connection to AWS.
  - With O(cache), responses from AWS are cached. No call is made until they expire, other hosts are selected, or C(--flush-cache) is given.
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
# Read all registered on-premises instances, grouped by their tags, such as tag_stage_production.
plugin: slipway.codedeploy.hosts
region: eu-central-1
keyed_groups:
  - key: codedeploy_tags
    prefix: tag

---

# Read those of web-app in production. Cache the responses from AWS for an hour.
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

# Read the hosts of a deployment group. Name EC2 instances by their tag Name, and connect to their private addresses.
plugin: slipway.codedeploy.hosts
region: eu-central-1
application_name: web-app
deployment_group_name: production
hostnames: ["tag:Name"]
compose:
  ansible_host: codedeploy_private_ip_address | default(codedeploy_instance_name)

---

# Read the hosts on which the last failed deployment to production failed, grouped by lifecycle event, such as at_ValidateService:
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

# Read the targets of the deployment that a pipeline created, and add those that succeeded to the group `done`.
plugin: slipway.codedeploy.hosts
region: eu-central-1
deployment: "{{ lookup('ansible.builtin.env', 'DEPLOYMENT_ID') }}"
groups:
  done: codedeploy_target_status == 'Succeeded'
"""

import functools
import hashlib
import typing as t

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase

from ..module_utils._aws.calls import Connect, aws_call
from ..module_utils._aws.connections import Clients
from ..module_utils._errors import CodeDeployError
from ..module_utils._printable import printable
from ..module_utils._url_secrets import without_secrets
from ..module_utils._validation import InvalidOption
from ..plugin_utils._drafts import Draft, Variables
from ..plugin_utils._host_names import problem_with_variable, words_of
from ..plugin_utils._host_records import GROUP, ON_PREMISES, check_options, find_records
from ..plugin_utils._hosts import Record, are_records, hosts_from_records

OPTIONS = (*GROUP, *ON_PREMISES, "deployment", "target_statuses", "hostnames")
# The number of warnings that are shown for one file; more would hide other messages of Ansible.
SHOWN_WARNINGS = 20


class InventoryModule(Clients, AWSInventoryBase):
    """The hosts of CodeDeploy."""

    NAME = "slipway.codedeploy.hosts"
    INVENTORY_FILE_SUFFIXES = ("codedeploy.yml", "codedeploy.yaml")
    inventory: t.Any
    _warnings: dict[str, None]
    EXTRA: t.ClassVar[dict[str, str]] = {"region": "regions"}

    class TemplatedOptions(AWSInventoryBase.TemplatedOptions):
        """The options that may be templates, besides those of amazon.aws."""

        TEMPLATABLE_OPTIONS = (*AWSInventoryBase.TemplatedOptions.TEMPLATABLE_OPTIONS, *GROUP, "deployment")

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Add the hosts that the file PATH selects to INVENTORY. Raise AnsibleParserError, before adding any, if that fails."""
        try:
            super().parse(inventory, loader, path, cache=cache)
            options = {name: self._value(name) for name in OPTIONS}
            check_options(options)
            is_cached, records = self.get_cached_result(path, cache)
            if not is_cached or not are_records(records):
                is_cached, records = False, self._find_records(options)
            drafts = self._drafts(inventory, records, options["hostnames"])
        except (InvalidOption, CodeDeployError, AnsibleError) as error:
            # Ansible also shows the cause of an error, unfiltered.
            raise AnsibleParserError(printable(without_secrets(str(error)))) from None
        self.update_cached_result(path, is_cached, records)
        for draft in drafts:
            self._warnings |= dict.fromkeys(draft.add_to(inventory, wrap_var))
        self._show_warnings()

    def _read_config_data(self, path: str) -> dict[str, t.Any]:
        """Read the file as Ansible does, and refuse unknown options: a misspelled one would select all hosts."""
        config: dict[str, t.Any] = super()._read_config_data(path)
        definitions = self.option_definitions.items()
        names = {alias: name for name, option in definitions for alias in (name, *option.get("aliases", []))}
        if unknown := sorted(set(config) - set(names)):
            raise InvalidOption(
                f"{', '.join(unknown)}: unknown; see `ansible-doc -t inventory {self.NAME}` for the options"
            )
        self._given = {names[alias] for alias in config}
        return config

    def _set_frozen_credentials(self) -> None:
        aws_call("assume the role")(super()._set_frozen_credentials)()

    def _do_fail(self, message: str) -> t.NoReturn:
        raise AnsibleParserError(printable(without_secrets(message)))

    def _connection_options(self) -> t.Any:
        return self.get_options()

    def _value(self, name: str) -> t.Any:
        """Return the value of the option NAME. One that selects hosts must not be set but empty, as a template may be: it would select all hosts."""
        value = self.get_option(name)
        if name in self._given and name != "hostnames" and value in (None, "", []):
            raise InvalidOption(f"{name}: must not be empty; set a value, or remove the option")
        return value

    def get_cache_key(self, path: str) -> str:
        """Return another key for another selection, which a template may cause without a change of the file."""
        selection = repr([self.get_option(name) for name in (*OPTIONS, "regions", "region")])
        return f"{super().get_cache_key(path)}_{hashlib.sha256(selection.encode()).hexdigest()[:12]}"

    def _find_records(self, options: dict[str, t.Any]) -> list[Record]:
        """Return AWS's records of the hosts in all regions."""
        regions = dict.fromkeys(self.get_option("regions") or [self.region])
        return [record for region in regions for record in find_records(self._connect(region), options)]

    def _connect(self, region: str | None) -> Connect:
        """Return a function that gets the client of a service in REGION; None is the region of the profile."""
        return functools.cache(lambda service: self.client(service, region=region))

    def _drafts(self, inventory: t.Any, records: list[Record], hostnames: list[str]) -> list[Draft]:
        """Return the drafts for RECORDS, to be added to INVENTORY. No host has the name of a group, even of one that is created for another host."""
        groups = set(inventory.groups)
        while True:
            hosts, warnings = hosts_from_records(records, hostnames, groups)
            self._warnings = dict.fromkeys(warnings)
            drafts = [
                self._draft(name, wrap_var(variables), inventory.hosts.get(name)) for name, variables in hosts.items()
            ]
            made = set[str]().union(*(draft.groups for draft in drafts))
            if made.isdisjoint(hosts):
                return drafts
            groups |= made

    def _draft(self, name: str, variables: dict[str, t.Any], known: t.Any) -> Draft:
        """Return the draft of the host NAME with its VARIABLES and what is constructed from them. KNOWN is the host of that name from other files, if any."""
        strict = self.get_option("strict")
        composed = self._composed_variables(name, variables, strict)
        draft = Draft(name, known)
        self.inventory = draft
        for key, value in {**variables, **composed}.items():
            draft.set_variable(name, key, value)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
        return draft

    def _composed_variables(self, host: str, variables: dict[str, t.Any], strict: bool) -> dict[str, t.Any]:
        """Return the variables that `compose` creates from VARIABLES."""
        compose = self.get_option("compose") or {}
        connection = {name: expression for name, expression in compose.items() if name.startswith("ansible_")}
        others = {name: expression for name, expression in compose.items() if name not in connection}
        composed = self._composed(connection, variables, host, strict)
        # A value that is not a plain word must be the file's text around words from AWS.
        more = {name: connection[name] for name, value in composed.items() if words_of([value]) != [value]}
        safe = self._composed(more, words_of(variables), host, strict) if more else {}
        for name in more:
            value = composed.pop(name)
            if name in safe:
                composed[name] = safe[name]
            if safe.get(name) != value:
                self._warn_of(host, name, value, "contains text from AWS that is not a plain word")
        for name, value in list(composed.items()):
            problem = problem_with_variable(name, value)
            # A value that the file itself sets is its author's decision.
            if problem and self._composed({name: compose[name]}, {}, host, strict=False).get(name) != value:
                self._warn_of(host, name, value, problem)
                del composed[name]
        return {**self._composed(others, variables, host, strict), **composed}

    def _composed(
        self, expressions: dict[str, str], variables: dict[str, t.Any], host: str, strict: bool
    ) -> dict[str, t.Any]:
        """Return the values of EXPRESSIONS with VARIABLES."""
        composed = Variables()
        self.inventory = composed
        self._set_composite_vars(expressions, variables, host, strict=strict)
        return composed

    def _warn_of(self, host: str, name: str, value: t.Any, problem: str) -> None:
        self._warnings[f"compose: {name} of the host {host!r} is not set to {str(value)[:60]!r}, which {problem}"] = (
            None
        )

    def _show_warnings(self) -> None:
        """Show the first warnings, and the others with -v."""
        for text in list(self._warnings)[:SHOWN_WARNINGS]:
            self.warn(text)
        if more := list(self._warnings)[SHOWN_WARNINGS:]:
            self.warn(f"{len(more)} more names, hosts, groups or variables were skipped; use -v to list them")
            for text in more:
                self.display.v(printable(text))

    def warn(self, message: str) -> None:
        """Show MESSAGE as a warning; amazon.aws calls this as well."""
        super().warn(printable(without_secrets(message)))
