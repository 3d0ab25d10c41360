# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for the tags of a resource.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

from ._validation import InvalidOption

Tags = dict[str, str]


# AWS general reference, "Tagging your AWS resources": tags that AWS sets itself do not count.
MOST_TAGS = 50


def wanted_tags(current: Tags, given: Tags | None, purge: bool) -> Tags | None:
    """Return the tags that the resource will have: GIVEN alone, or with those of CURRENT unless PURGE is true; None if they are not managed.

    Tags whose keys begin with aws: belong to AWS: they are kept. Raise InvalidOption if one would have to be written.
    """
    if given is None:
        return None
    given = {str(key): str(value) for key, value in given.items()}
    for key, value in given.items():
        if key.startswith("aws:") and value != current.get(key):
            raise InvalidOption(
                f"tags: {key!r} cannot be set to {value!r}, because the prefix aws: is reserved for AWS; use another key"
            )
    reserved = {key: value for key, value in current.items() if key.startswith("aws:")}
    after = {**(reserved if purge else current), **given}
    if len(after.keys() - reserved.keys()) > MOST_TAGS:
        raise InvalidOption(
            f"tags: the resource would have {len(after.keys() - reserved.keys())} tags; at most {MOST_TAGS} are allowed"
        )
    return after
