# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for an AppSpec of the Lambda platform.

Source: AWS user guide, reference-appspec-file-structure-resources, "AppSpec 'resources' section (Amazon ECS and AWS Lambda deployments only)".
"""

from __future__ import annotations

import re

from .nodes import Node, Scalar, shown
from .problems import Findings
from .service import Service
from .shapes import filled_text, required

PROPERTIES = ("Name", "Alias", "CurrentVersion", "TargetVersion")
_VERSIONS = PROPERTIES[2:]


def _check_properties(node: Node, found: dict[str, Node], findings: Findings) -> None:
    for name in ("Name", "Alias"):
        filled_text(found, name, node, findings)
    current, target = (_version(found, name, node, findings) for name in _VERSIONS)
    if current and current == target:
        message = f"is {target}, the same as CurrentVersion, so no traffic would shift."
        findings.add("versions-equal", found["TargetVersion"], message, "Set it to the version to shift to.")


def _version(found: dict[str, Node], name: str, owner: Node, findings: Findings) -> str | None:
    node = required(found, name, owner, findings)
    if node is None:
        return None
    if isinstance(node, Scalar) and node.kind in ("str", "int") and re.fullmatch("[1-9][0-9]*", node.text):
        return node.text
    hint = "CodeDeploy cannot shift to or from $LATEST: publish a version."
    findings.add("member-value", node, f"must be the number of a published version, not {shown(node)}.", hint)
    return None


LAMBDA = Service("AWS::Lambda::Function", ("BeforeAllowTraffic", "AfterAllowTraffic"), PROPERTIES, _check_properties)
