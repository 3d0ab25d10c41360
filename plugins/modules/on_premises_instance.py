#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: on_premises_instance
version_added: 0.1.0
short_description: Register, tag and deregister AWS CodeDeploy on-premises instances
description:
  - Registers hosts outside Amazon EC2 with AWS CodeDeploy, one or thousands in a task, manages their tags, and deregisters them.
  - A deployment group selects on-premises instances by their tags.
  - The host agent authenticates as the IAM user or the IAM session that the registration names. This module creates such users on request. It does
    not touch the host.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  instance_name:
    description:
      - The name under which to register the host, unique in the account and region.
      - 1 to 100 letters, digits and C(+ = , . @ _ -). It must not begin with V(i-), which is reserved for EC2 instance IDs.
      - Either this or O(instances) is required.
    type: str
    aliases: [name]
  iam_user_arn:
    description:
      - The ARN of the IAM user that the host agent uses, in any partition. A user can be registered for one instance only.
      - To register an instance, this, O(iam_session_arn) or O(iam_user) is required. All can be omitted for an instance that is already registered.
      - AWS cannot change the ARN of an instance. See O(replace).
    type: str
  iam_session_arn:
    description:
      - The ARN of the assumed-role session that the host agent uses, such as V(arn:aws:sts::123456789012:assumed-role/hosts/web-1).
      - See O(iam_user_arn).
    type: str
  tags:
    description:
      - The instance's tags, at most 10. Values must not be empty.
      - An empty dictionary removes all tags if O(purge_tags=true).
      - When omitted, the tags of a registered instance are not changed, and a new registration inherits those that AWS still stores for a
        deregistered instance of the same name. O(state=absent) leaves none.
  instances:
    description:
      - Several instances, instead of the options for one.
      - Instances that are up to date are left alone, so an interrupted run can simply be repeated.
      - If some fail, the others are completed, and then the task fails and names those that failed.
    type: list
    elements: dict
    suboptions:
      instance_name:
        description: Like O(instance_name).
        type: str
        required: true
        aliases: [name]
      iam_user_arn:
        description: Like O(iam_user_arn).
        type: str
      iam_session_arn:
        description: Like O(iam_session_arn).
        type: str
      tags:
        description: Like O(tags).
        type: dict
        aliases: [resource_tags]
  iam_user:
    description:
      - Create an IAM user with an access key for each instance that has no ARN of its own and is not yet registered with such a user.
      - The user has the name of the instance (at most 64 characters) and a tag by which this module recognizes it. If a user of that name exists
        that this module did not create for an instance of this region, the task fails and does not touch it.
      - The user, its access key and the registration are created together or not at all. If a run is interrupted, the next one completes it, with a
        new access key.
      - A new registration gets a new access key. Older keys of the user, such as those of interrupted runs and lost responses, are deleted if they
        were never used. If one was used, the task fails before it changes anything, because the key may still be in use.
      - With O(state=absent), the users that this module created for the instances are deleted, including their keys, policies and group
        memberships.
    type: dict
    suboptions:
      path:
        description: The path of the users, which is part of their ARNs.
        type: str
        default: /AWS/CodeDeploy/
      buckets:
        description:
          - The S3 buckets from which the hosts may read bundles, each optionally followed by C(/) and a prefix.
          - The users have no other permissions, and no policy at all without buckets. Bundles that are encrypted with your own KMS key need more.
        type: list
        elements: str
        default: []
      config_directory:
        description:
          - The directory to write the access keys to, on the host that runs the task. It must exist. Each user's key is written to a file
            C(NAME.codedeploy.onpremises.yml), in the format of the host agent's configuration, which only the owner can read.
          - The file stays when the user is deleted; its key is useless then.
          - When omitted, the task returns the secrets in RV(iam_credentials), and requires C(no_log=true) on the task.
        type: path
  replace:
    description:
      - Whether to deregister an instance that is registered with another ARN than requested, so that it can be registered again.
      - With V(false), the instance is left as it is and the task fails for it, in check mode too. So no host loses its name by mistake.
      - V(true) takes the host out of deployments, typically for 24 hours. For that time AWS holds the name of a deregistered instance and refuses
        to register it, even with its old ARN. The task deregisters the instance, fails for it, and says until about when. Run it again then to
        register the instance. O(tags) must list all tags of the instance, because AWS may not keep them.
      - To change the ARN without an outage, register the host under another O(instance_name), and deregister the old name afterwards.
    type: bool
    default: false
  concurrency:
    description:
      - How many instances to register or deregister in parallel, 1 to 32.
    type: int
    default: 8
  wait_timeout:
    description:
      - How many seconds to retry while AWS CodeDeploy cannot use the IAM user. AWS CodeDeploy needs some seconds to learn of a new user.
    type: int
    default: 60
  state:
    description:
      - V(present) registers the instances that are not registered, and updates their tags to O(tags).
      - V(absent) removes the tags and deregisters the instances. The host stays as it is, and so does an IAM user or role that this module did not
        create.
      - After a deregistration AWS holds the name and the ARN, typically for 24 hours. Until then V(present) fails for the instance, and says until
        about when.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:BatchGetOnPremisesInstances), and as needed C(codedeploy:RegisterOnPremisesInstance),
    C(codedeploy:DeregisterOnPremisesInstance), C(codedeploy:AddTagsToOnPremisesInstances) and C(codedeploy:RemoveTagsFromOnPremisesInstances). With
    O(replace=true) also C(codedeploy:ListOnPremisesInstances). With O(iam_user) also C(sts:GetCallerIdentity), C(iam:GetUser), C(iam:CreateUser),
    C(iam:PutUserPolicy), C(iam:CreateAccessKey), C(iam:ListAccessKeys), C(iam:GetAccessKeyLastUsed), C(iam:DeleteAccessKey),
    C(iam:ListUserPolicies), C(iam:DeleteUserPolicy), C(iam:ListAttachedUserPolicies), C(iam:DetachUserPolicy), C(iam:ListGroupsForUser),
    C(iam:RemoveUserFromGroup) and C(iam:DeleteUser)."
  - To create an IAM user with a tag, AWS also requires the permission C(iam:TagUser).
  - Unchanged instances cost one API call for every 25 of them, with O(iam_user) one more. With O(iam_user) and O(state=absent) each instance costs
    one more.
  - If AWS can never use an IAM user, the task fails only after O(wait_timeout).
  - With O(replace=true), all instances of the region are read first, because none may already have the new ARN. Then the new registration is tried before
    the old one is removed. AWS refuses it because of the name. If AWS refuses it for another reason, the old registration stays.
  - AWS does not document exactly how long it holds names and ARNs. So the module does not count hours, but tries to register.
seealso:
  - module: slipway.codedeploy.on_premises_instance_info
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Register a host with its own IAM user
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    iam_user_arn: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    tags:
      application: web-app
      stage: production

- name: Register a host that assumes a role
  slipway.codedeploy.on_premises_instance:
    instance_name: web-2
    iam_session_arn: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2

- name: Add a tag to a registered instance
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    tags:
      canary: "yes"
    purge_tags: false

- name: Register several hosts, create their IAM users, and write the access keys to files
  slipway.codedeploy.on_premises_instance:
    instances:
      - instance_name: db-1
        tags:
          application: database
      - instance_name: db-2
        tags:
          application: database
    iam_user:
      buckets: [my-releases/database/]
      config_directory: "{{ playbook_dir }}"

- name: Deregister those hosts, and delete their IAM users
  slipway.codedeploy.on_premises_instance:
    instances:
      - instance_name: db-1
      - instance_name: db-2
    iam_user: {}
    state: absent

- name: Change the ARN of a host without an outage, by registering it under another name first
  slipway.codedeploy.on_premises_instance:
    instance_name: web-2-session
    iam_session_arn: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2-session
    tags:
      application: web-app

- name: Deregister the old name afterwards
  slipway.codedeploy.on_premises_instance:
    instance_name: web-2
    state: absent

- name: Deregister a host
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    state: absent
"""

RETURN = r"""
on_premises_instance:
  description:
    - The instance after the task, or as it would be in check mode. Empty if it is not registered.
    - Values that AWS assigns (RV(on_premises_instance.instance_arn), RV(on_premises_instance.register_time)) are missing if check mode predicts a
      new registration.
  returned: when O(instances) is not given
  type: dict
  contains: &instance
    instance_name:
      description: The name under which the host is registered.
      type: str
      sample: web-1
    instance_arn:
      description: The ARN of the registration.
      type: str
      sample: arn:aws:codedeploy:us-east-1:123456789012:instance/web-1_Xq3vR8kL2p
    iam_user_arn:
      description: The ARN of the host agent's IAM user.
      returned: when registered with an IAM user
      type: str
      sample: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    iam_session_arn:
      description: The ARN of the host agent's IAM session.
      returned: when registered with an IAM session
      type: str
      sample: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2
    register_time:
      description: The time when the instance was registered.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    tags:
      description: The tags of the instance. A key with several values has them as a list.
      type: dict
      sample: {"application": "web-app", "stage": "production"}
on_premises_instances:
  description: The instances after the task, in the given order. Those that are not registered are missing.
  returned: always
  type: list
  elements: dict
  contains: *instance
failures:
  description: The errors by instance. If tags could not be changed, V(tags) stands for all instances whose tags were to change.
  returned: when the task fails for some of the instances
  type: dict
  sample: {"web-1": "Failed to register the on-premises instance"}
iam_credentials:
  description:
    - The access keys of the IAM users that this task created, even if it failed otherwise. They cannot be read again.
  returned: always
  type: list
  elements: dict
  contains:
    instance_name:
      description: The name of the instance.
      type: str
      sample: web-1
    iam_user_arn:
      description: The ARN of its IAM user.
      type: str
      sample: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    access_key_id:
      description: The ID of the user's only access key.
      type: str
      sample: AKIAEXAMPLE
    secret_access_key:
      description: The secret access key.
      returned: when O(iam_user.config_directory) is not given
      type: str
      sample: a secret
    config_file:
      description: The file for the host agent that contains the access key.
      returned: when O(iam_user.config_directory) is given
      type: str
      sample: /srv/hosts/web-1.codedeploy.onpremises.yml
"""

import functools
import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.failures import raise_failures
from ..module_utils._on_premises_instances.api import find_records
from ..module_utils._on_premises_instances.forms import registered
from ..module_utils._on_premises_instances.options import ARGUMENTS, CONSTRAINTS
from ..module_utils._on_premises_instances.plans import (
    check_options,
    check_secrecy,
    own_user_names,
    result,
    wanted_instances,
    without,
)
from ..module_utils._on_premises_instances.registrations import (
    Registrations,
    carry_out,
    check_new_users,
    held_warnings,
    plans_for,
    refused_arns,
    refused_replacements,
    replacement_warnings,
    users_for,
)
from ..module_utils._plan import carried_out
from ..module_utils._run import keeping, run


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the instances to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    wanted = wanted_instances(params)
    check_options(params, wanted)
    client, users = connect("codedeploy"), users_for(connect, params)
    records = find_records(client, wanted)
    plans = plans_for(params, wanted, records, users)
    failures = refused_replacements(plans, wanted, params["replace"])
    plans = without(plans, failures)
    taken, warnings = refused_arns(client, plans)
    failures, plans = {**failures, **taken}, without(plans, taken)
    warnings += replacement_warnings(plans)
    with keeping(warnings):
        new_users = own_user_names(plans, wanted) if users else set()
        if users and new_users:
            check_new_users(users, new_users, params["concurrency"])
        done = Registrations(registered(records), failures, held_warnings(plans, records))
        changing = {name: plan for name, plan in plans.items() if plan.changed}
        if changing:
            do = functools.partial(carry_out, client, params, changing, users, new_users)
            done = carried_out(done, do, check_mode)
        warnings += done.warnings
        raise_failures("instances", done.failures, len(wanted), changed=done.changed, iam_credentials=done.keys)
    return {
        **result(params, plans, done.found),
        "changed": bool(changing),
        "iam_credentials": done.keys,
        "warnings": warnings,
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure, check_secrecy)


if __name__ == "__main__":
    main()
