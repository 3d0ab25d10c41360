#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: github_account_token_info
version_added: 0.1.0
short_description: Gather information about AWS CodeDeploy connections to GitHub accounts
description:
  - Returns the names of the connections to GitHub accounts that are stored in AWS CodeDeploy. The tokens themselves cannot be read.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: N/A
    details: Changes nothing.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:ListGitHubAccountTokenNames)."
seealso:
  - module: slipway.codedeploy.github_account_token
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Read the names of the connections to GitHub
  slipway.codedeploy.github_account_token_info:
  register: connections
"""

RETURN = r"""
token_names:
  description: The names of the stored connections, sorted.
  returned: always
  type: list
  elements: str
  sample: [my-github-account]
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._github_account_tokens import list_token_names
from ..module_utils._run import run_info

ARGUMENTS: dict[str, t.Any] = {}
CONSTRAINTS: dict[str, t.Any] = {}


def read(connect: Connect, _params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The names of the connections."""
    return {"changed": False, "token_names": sorted(list_token_names(connect("codedeploy")))}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
