# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registration of a release with an application, planned as a value and then carried out.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._aws.calls import Connect
from .._plan import Resource
from .._revisions.api import register_revision
from .._revisions.locations import Location, place_of
from .releases import Release, store_release
from .retention import remove_bundles

Params = dict[str, t.Any]


@dataclass(frozen=True)
class Registration:
    """The revision at LOCATION, and how the application KNOWS it (None: not at all) and will: with its description; which bundles are removed as EXPIRED."""

    location: Location
    known: Resource | None
    description: str | None
    expired: list[str]

    @property
    def registers(self) -> bool:
        """Whether the revision is stored and registered, or its description changed."""
        return self.known is None or self.description not in (None, self.known.get("description"))

    @property
    def diff(self) -> dict[str, Resource]:
        """Both sides as Ansible's diff mode shows them."""
        known = self.known or {}
        before = {} if self.known is None else self._shown(known.get("description"))
        expired = {"old_bundles": self.expired} if self.expired else {}
        return {"before": {**before, **expired}, "after": self._shown(self.description or known.get("description"))}

    def _shown(self, description: str | None) -> dict[str, str]:
        return {"revision": place_of(self.location), "description": description or ""}


def carry_out(connect: Connect, params: Params, release: Release, planned: Registration) -> Registration:
    """Store and register the revision of RELEASE as PLANNED, remove what has expired, and return what was done."""
    location = planned.location
    if planned.registers:
        location = store_release(connect, release)
        register_revision(connect("codedeploy"), params["application_name"], location, planned.description)
    return replace(planned, location=location, expired=remove_bundles(connect, params, planned.expired))
