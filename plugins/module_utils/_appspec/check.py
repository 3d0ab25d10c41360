# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of an AppSpec as a whole.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .accounts import check_accounts
from .bundle import Bundle, Tree, check_appspec_names, check_archive, check_scripts
from .ecs import ECS
from .functions import LAMBDA
from .installation import check_installation, check_reach
from .nodes import Node, TooDeep, node_from_value, value_from_node
from .paths import OperatingSystem
from .problems import Enough, Findings, Problem
from .server import ServerSpec, server_spec_from
from .service import check_service
from .windows import check_windows
from .yaml_source import TOO_DEEP, load

Platform = t.Literal["server", "lambda", "ecs"]


@dataclass(frozen=True)
class Verdict:
    """The result of a check: the parsed APPSPEC, ready for JSON, None if it cannot be read; and its PROBLEMS in the order of their lines."""

    appspec: t.Any
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """Whether there are no errors. There may be warnings."""
        return all(problem.severity != "error" for problem in self.problems)


def check_appspec(
    content: str | Mapping[str, t.Any],
    platform: Platform = "server",
    bundle: Bundle | None = None,
    host_os: OperatingSystem | None = None,
    host_users: t.Collection[str] | None = None,
    host_groups: t.Collection[str] | None = None,
) -> Verdict:
    """Check CONTENT, an AppSpec as a string (YAML or JSON) or as a mapping, for PLATFORM.

    With BUNDLE, which is for the Server platform, the AppSpec is also compared with the bundle. HOST_OS is the hosts' operating
    system, where it is known; else the AppSpec may name either.
    HOST_USERS and HOST_GROUPS are their accounts, where they are known. At most problems.MAX_PROBLEMS problems are reported. Raise ImportError if
    CONTENT is a string and PyYAML is not installed.
    """
    findings = Findings()
    root = None
    try:
        root = read_appspec(content, platform, findings)
        if root and platform == "server":
            spec = server_spec_from(root, host_os, findings)
            check_accounts(spec, host_users, host_groups, findings)
            _check_installation(spec, bundle, findings)
        elif root:
            check_service(root, LAMBDA if platform == "lambda" else ECS, findings)
    except Enough:
        pass
    return Verdict(None if root is None else value_from_node(root), findings.problems)


def read_appspec(content: str | Mapping[str, t.Any], platform: Platform, findings: Findings) -> Node | None:
    """Return the nodes of CONTENT; None, with a problem, if there are none."""
    if not isinstance(content, str):
        try:
            return node_from_value(content)
        except TooDeep:
            findings.add_at("too-deep", "", None, TOO_DEEP, "Reduce the nesting; no AppSpec needs that.")
            return None
    # JSON allows tabs where YAML does not, and the service reads JSON as JSON; a raw tab in JSON is never part of a value.
    is_json = platform != "server" and content.lstrip().startswith("{")
    root = load(content.replace("\t", " ") if is_json else content, findings)
    if root is None and not findings.problems:
        findings.add_at("empty", "", None, "the AppSpec is empty.", "Begin it with `version: 0.0`.")
    return root


def _check_installation(spec: ServerSpec, bundle: Bundle | None, findings: Findings) -> None:
    if bundle is None:
        check_reach(spec, findings)
        return
    tree = Tree(bundle, spec.os)
    check_appspec_names(tree, findings)
    check_archive(spec, bundle, findings)
    if spec.os == "windows":
        check_windows(bundle.entries, findings)
    check_installation(spec, tree, findings)
    check_scripts(spec, bundle, tree, findings)
