# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that an AppSpec needs on its hosts, compared with the users and groups that the hosts have."""

from __future__ import annotations

import typing as t

from .nodes import Node, Scalar, shown
from .problems import Findings
from .server import ServerSpec


def check_accounts(
    spec: ServerSpec, users: t.Collection[str] | None, groups: t.Collection[str] | None, findings: Findings
) -> None:
    """Check that the owners, the groups and the users of scripts are among the hosts' USERS and GROUPS, where those are known.

    Install fails for others (observed with host agent 1.8.1).
    """
    for permission in spec.permissions:
        _check("owner-unknown", permission.owner, users, findings)
        _check("group-unknown", permission.group, groups, findings)
    for script in spec.scripts:
        _check("runas-unknown", script.user, users, findings)


def _check(rule: str, node: Node | None, known: t.Collection[str] | None, findings: Findings) -> None:
    if known is None or not isinstance(node, Scalar) or not node.text.strip() or node.kind == "null":
        return
    # A numeric ID needs no account.
    if node.text not in known and not node.text.isdecimal():
        findings.add(
            rule, node, f"is {shown(node)}, which the hosts do not have.", "Create it first, or use another account."
        )
