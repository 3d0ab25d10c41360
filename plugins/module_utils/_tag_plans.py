# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tags that a resource is to have.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

from ._validation import InvalidOption

Tags = dict[str, str]


# AWS general reference, "Tagging your AWS resources": those that AWS sets itself do not count.
MOST_TAGS = 50


def wanted_tags(current: Tags, given: Tags | None, purge: bool) -> Tags | None:
    """What the tags will be: GIVEN alone, or on top of CURRENT when nothing is to be purged; None leaves them alone.

    Tags whose keys begin with aws: are AWS's own: they stay, and raise InvalidOption where they would have to be written.
    """
    if given is None:
        return None
    given = {str(key): str(value) for key, value in given.items()}
    for key, value in given.items():
        if key.startswith("aws:") and value != current.get(key):
            raise InvalidOption(
                f"tags: {key!r} cannot be set to {value!r}, because only AWS sets tags that begin with aws:"
            )
    reserved = {key: value for key, value in current.items() if key.startswith("aws:")}
    after = {**(reserved if purge else current), **given}
    if len(after.keys() - reserved.keys()) > MOST_TAGS:
        raise InvalidOption(
            f"tags: the resource would have {len(after.keys() - reserved.keys())} tags, {MOST_TAGS} are allowed"
        )
    return after
