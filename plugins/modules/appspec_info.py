#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: appspec_info
version_added: 0.1.0
short_description: Validate and parse an AppSpec for AWS CodeDeploy
description:
  - Finds mistakes in an AppSpec that would otherwise only show on the hosts, half an hour later, and returns the parsed AppSpec.
  - For the compute platform Server it follows the host agent. What any host agent in use refuses is an error. What host agents 1.x and 2.x read
    differently, or what they accept although it is almost certainly a mistake, is a warning.
  - Given a directory, it also compares the AppSpec with the bundle around it. The scripts must exist and be able to run, the sources must exist,
    two files must not have the same destination, and permissions must apply to something.
  - It makes no AWS API calls. A file may have at most 128 KiB and 10,000 values.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  content:
    description:
      - The AppSpec itself, as a string (YAML or JSON) or as a mapping. A mapping has no line numbers, and mistakes that only exist in the text,
        such as a mode with a leading zero, cannot be found in it.
      - Exactly one of O(content) and O(path) is required.
    type: raw
  path:
    description:
      - The AppSpec's file, or a directory that contains it, on the host that runs the task (usually the controller).
      - In a directory, the file is C(appspec.yml), or C(appspec.yaml) or C(appspec.json) for O(platform=lambda) and O(platform=ecs).
      - For O(platform=server), the rest of the directory is read like M(slipway.codedeploy.revision) does by default, with C(.codedeployignore).
        This module does not check the content of archives.
    type: path
  platform:
    description:
      - The compute platform of the AppSpec.
    type: str
    choices: [server, lambda, ecs]
    default: server
  host_os:
    description:
      - The operating system of the hosts, for O(platform=server). An AppSpec for another one is an error. Both are accepted when omitted.
    type: str
    choices: [linux, windows]
  host_users:
    description:
      - The users that exist on the hosts, for O(platform=server). Any other C(owner) or C(runas) is then an error.
        C(ansible_facts.getent_passwd) of M(ansible.builtin.getent) has them.
      - Omit this option if scripts of the application create users.
    type: list
    elements: str
  host_groups:
    description:
      - The groups that exist on the hosts, for O(platform=server). Any other C(group) is then an error.
    type: list
    elements: str
  fail_on:
    description:
      - Whether problems fail the task. With V(error) it fails if there are errors, with V(warning) also if there are warnings, and with V(never) it
        does not fail.
    type: str
    choices: [error, warning, never]
    default: error
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
  action_group:
    support: none
requirements:
  - PyYAML on the host that runs the task (the controller has it, since ansible-core needs it)
notes:
  - "Required IAM permissions: none."
  - At most 100 problems are reported.
seealso:
  - module: slipway.codedeploy.revision
  - module: slipway.codedeploy.deploy
  - plugin: slipway.codedeploy.appspec_with_task_definition
    plugin_type: filter
  - plugin: slipway.codedeploy.appspec_with_versions
    plugin_type: filter
extends_documentation_fragment:
  - slipway.codedeploy.attributes
"""

EXAMPLES = r"""
- name: Validate an application's AppSpec, and all that it names
  slipway.codedeploy.appspec_info:
    path: web-app
    fail_on: warning

- name: Find the problems of an AppSpec
  slipway.codedeploy.appspec_info:
    content: |
      version: 0.0
      os: linux
      hooks:
        AfterInstal:
          - location: scripts/configure.sh
    fail_on: never
  register: found

- name: Show the first problem and its hint
  ansible.builtin.debug:
    msg: "{{ found.problems[0].message }} {{ found.problems[0].hint }}"

- name: Check that the hosts have the users that the AppSpec names
  slipway.codedeploy.appspec_info:
    path: web-app
    host_os: linux
    host_users: [root, www-data, deploy]

- name: Validate an AppSpec for a Lambda function, written in the playbook
  slipway.codedeploy.appspec_info:
    platform: lambda
    content:
      version: 0.0
      Resources:
        - shop:
            Type: AWS::Lambda::Function
            Properties:
              Name: shop
              Alias: live
              CurrentVersion: "6"
              TargetVersion: "7"
      Hooks:
        - BeforeAllowTraffic: check-shop
"""

RETURN = r"""
valid:
  description: Whether there are no errors. There may be warnings.
  returned: when the AppSpec could be found
  type: bool
  sample: true
appspec:
  description: The parsed AppSpec. V(null) if it cannot be parsed.
  returned: when the AppSpec could be found
  type: dict
  sample: {"version": 0.0, "os": "linux", "hooks": {"AfterInstal": [{"location": "scripts/configure.sh"}]}}
problems:
  description: The problems, in the order of their lines.
  returned: when the AppSpec could be found
  type: list
  elements: dict
  contains:
    severity:
      description: The severity, V(error) or V(warning).
      type: str
      sample: warning
    rule:
      description: The name of the broken rule, which stays the same from release to release.
      type: str
      sample: event-unknown
    path:
      description: The place in the AppSpec. Empty for the whole AppSpec.
      type: str
      sample: hooks.AfterInstal
    line:
      description: The line number, counted from 1. V(null) if there is none.
      type: int
      sample: 4
    message:
      description: The description of the problem.
      type: str
      sample: hooks.AfterInstal is not a lifecycle event, so its scripts never run.
    hint:
      description: The suggested fix.
      type: str
      sample: Did you mean AfterInstall?
"""

import dataclasses
import pathlib
import typing as t

from ansible.module_utils.basic import missing_required_lib

from ..module_utils._appspec.bundle import Bundle
from ..module_utils._appspec.check import check_appspec
from ..module_utils._bundle.manifest import BundleError
from ..module_utils._errors import CodeDeployError
from ..module_utils._releases.appspecs import appspec_file, bundle_in, failure_text, is_refused, read_appspec_text
from ..module_utils._run import run_offline
from ..module_utils._validation import InvalidOption

# What is known of the hosts.
HOSTS: dict[str, dict[str, t.Any]] = {
    "host_os": {"type": "str", "choices": ["linux", "windows"]},
    "host_users": {"type": "list", "elements": "str"},
    "host_groups": {"type": "list", "elements": "str"},
}

ARGUMENTS: dict[str, t.Any] = {
    "content": {"type": "raw"},
    "path": {"type": "path"},
    "platform": {"type": "str", "choices": ["server", "lambda", "ecs"], "default": "server"},
    **HOSTS,
    "fail_on": {"type": "str", "choices": ["error", "warning", "never"], "default": "error"},
}
CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [["content", "path"]],
    "required_one_of": [["content", "path"]],
}


def given_appspec(params: dict[str, t.Any]) -> tuple[str, str | dict[str, t.Any], Bundle | None]:
    """The AppSpec that PARAMS give: its name for messages, its content, and the bundle around it, if there is one."""
    if params["path"] is None:
        if not isinstance(params["content"], (str, dict)):
            raise InvalidOption(f"content: {params['content']!r} is neither a text nor a mapping")
        return "content", params["content"], None
    path = pathlib.Path(params["path"])
    file = appspec_file("path", path, params["platform"])
    bundle = bundle_in(path) if path.is_dir() and params["platform"] == "server" else None
    return file.name, read_appspec_text("path", file), bundle


def read(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """Check what PARAMS give, and return the module's result. Raises CodeDeployError with the result if the task is to fail."""
    try:
        name, content, bundle = given_appspec(params)
        verdict = check_appspec(content, params["platform"], bundle, **{name: params[name] for name in HOSTS})
    except BundleError as error:
        raise InvalidOption(f"path: {error}") from error
    except ImportError as error:
        raise CodeDeployError(missing_required_lib("PyYAML")) from error
    result = {"changed": False, "valid": verdict.valid, "appspec": verdict.appspec}
    result["problems"] = [dataclasses.asdict(problem) for problem in verdict.problems]
    if is_refused(verdict.problems, params["fail_on"]):
        raise CodeDeployError(failure_text(verdict.problems, name), **result)
    return result


def main() -> None:
    """Run the module."""
    run_offline(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
