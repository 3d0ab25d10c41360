# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a deployment: the text that a task gives, and the markers behind it that later runs read.

It is the only text that CodeDeploy keeps with a deployment. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

from .._validation import InvalidOption

Resource = dict[str, t.Any]

# botocore model: Description; the length is observed.
LONGEST_DESCRIPTION = 256

_SEQUENCE = "[sequence {}]"
_UNDOES = "[rolls back {}]"


def description_with(description: str | None, sequence: int | None = None, undone: str | None = None) -> str | None:
    """A deployment's description that tells its SEQUENCE, and the id of the deployment that it undoes, too."""
    marks = [mark.format(value) for mark, value in ((_UNDOES, undone), (_SEQUENCE, sequence)) if value is not None]
    return " ".join([*([description] if description else []), *marks]) or description


def restart_description(description: str | None, restarted: Resource, sequence: int | None = None) -> str | None:
    """The description of a restart of what the deployment RESTARTED has brought. A restart is neither a release nor a way back, so it tells the
    same as that one, unless a SEQUENCE is given."""
    told = sequence_of(restarted) if sequence is None else sequence
    return description_with(description, told, undone_id(restarted))


def sequence_of(deployment: Resource) -> int | None:
    """The sequence that the description of DEPLOYMENT tells; None if it tells none."""
    found = re.search(r"\[sequence (-?\d+)\]$", deployment.get("description") or "")
    return int(found.group(1)) if found else None


def undone_id(deployment: Resource) -> str | None:
    """The id of the deployment that DEPLOYMENT undoes; None if it undoes none. CodeDeploy links only those rollbacks that it creates itself."""
    linked = (deployment.get("rollback_info") or {}).get("rollback_triggering_deployment_id")
    found = re.search(r"\[rolls back (d-[A-Z0-9]+)\]", deployment.get("description") or "")
    return linked or (found.group(1) if found else None)


def check_description(params: Resource, told: str | None) -> None:
    """Raise InvalidOption if TOLD, the deployment's description with its markers, is longer than AWS allows."""
    if told is not None and len(told) > LONGEST_DESCRIPTION:
        given = len(params["description"] or "")
        allowed = LONGEST_DESCRIPTION - (len(told) - given)
        reserved = (
            "; the rest is reserved for the sequence and rollback markers" if allowed < LONGEST_DESCRIPTION else ""
        )
        raise InvalidOption(f"description: {given} characters given, at most {allowed} allowed{reserved}")
