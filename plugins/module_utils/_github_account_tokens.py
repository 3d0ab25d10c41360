# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stored connections to GitHub accounts: the calls that list and delete them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ._aws.answers import pages
from ._aws.calls import aws_call, aws_find
from ._plan import Resource


@aws_call("list the connections to GitHub accounts")
def list_token_names(client: t.Any) -> list[str]:
    """Return the names of the stored connections."""
    found = pages(client, "list_git_hub_account_token_names")
    return [name for page in found for name in page.get("tokenNameList", [])]


@aws_find("delete the connection to the GitHub account")
def delete_token(client: t.Any, name: str) -> None:
    """Delete the connection NAME, if it exists."""
    client.delete_git_hub_account_token(tokenName=name)


def find_token(client: t.Any, name: str) -> Resource | None:
    """Return the stored connection NAME, about which AWS tells nothing but its name; None if there is none."""
    return {"token_name": name} if name in list_token_names(client) else None
