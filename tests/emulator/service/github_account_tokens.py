# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stored connections to GitHub accounts. Only AWS's console can make them, here a control call does; the API lists and deletes.

Rules for their names are not documented: those of CodeDeploy's other names are assumed, the strictest that is likely.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..state import Region
from .paging import page
from .registry import operation

MOST_TOKENS = 25
"""In an account (AWS user guide, limits); here, where regions are apart, in a region."""
_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")


def store_github_account_token(region: Region, name: str) -> None:
    """What the console does when a user connects it to GitHub. Raises ServiceError."""
    _check_name(name)
    if len({*region.github_account_tokens, name}) > MOST_TOKENS:
        raise ServiceError("ValidationException", f"There are already {MOST_TOKENS} connections to GitHub accounts.")
    if name not in region.github_account_tokens:
        region.github_account_tokens.append(name)


@operation("ListGitHubAccountTokenNames")
def list_github_account_token_names(call: Call) -> dict[str, Any]:
    names, token = page(call.region.github_account_tokens, call.parameters.get("nextToken"), "github-account-tokens")
    return {"tokenNameList": names, "nextToken": token}


@operation("DeleteGitHubAccountToken", required=("tokenName",))
def delete_github_account_token(call: Call) -> dict[str, Any]:
    name = call.parameters["tokenName"]
    _check_name(name)
    if name not in call.region.github_account_tokens:
        message = f"No GitHub account connection exists with the name {name}"
        raise ServiceError("GitHubAccountTokenDoesNotExistException", message)
    call.region.github_account_tokens.remove(name)
    return {"tokenName": name}


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = f"{name!r} is not a valid name of a connection: 1 to 100 of A-Z a-z 0-9 + = , . @ _ -"
        raise ServiceError("InvalidGitHubAccountTokenNameException", message)
