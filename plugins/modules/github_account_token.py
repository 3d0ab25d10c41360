#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: github_account_token
version_added: 0.1.0
short_description: Delete AWS CodeDeploy connections to GitHub accounts
description:
  - Deletes a connection to a GitHub account that is stored in AWS CodeDeploy.
  - AWS has no call to create connections. Users create them in the console, by connecting it to GitHub.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  token_name:
    description:
      - The name of the connection.
    type: str
    required: true
    aliases: [name]
  state:
    description:
      - V(absent) deletes the connection, if it exists. It is the only supported state.
    type: str
    required: true
    choices: [absent]
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
  - "Required IAM permissions: C(codedeploy:ListGitHubAccountTokenNames), and as needed C(codedeploy:DeleteGitHubAccountToken)."
seealso:
  - module: slipway.codedeploy.github_account_token_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Delete the connection to the GitHub account
  slipway.codedeploy.github_account_token:
    token_name: my-github-account
    state: absent
"""

RETURN = r"""
github_account_token:
  description: The connection after the task, which is always empty.
  returned: always
  type: dict
  sample: {}
"""

import functools
import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.converge import converge
from ..module_utils._github_account_tokens import delete_token, find_token
from ..module_utils._plan import plan_absent
from ..module_utils._run import run
from ..module_utils._validation import check_text

ARGUMENTS: dict[str, t.Any] = {
    "token_name": {"type": "str", "required": True, "aliases": ["name"], "no_log": False},
    "state": {"type": "str", "required": True, "choices": ["absent"]},
}
CONSTRAINTS: dict[str, t.Any] = {}


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Delete the connection, unless CHECK_MODE, and return the module's result."""
    name = params["token_name"]
    check_text("token_name", name, 1, 256)
    client = connect("codedeploy")
    find = functools.partial(find_token, client, name)
    plan, _found = converge(find, plan_absent, lambda _plan: delete_token(client, name), check_mode)
    return {"changed": plan.changed, "diff": plan.diff, "github_account_token": {}}


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
