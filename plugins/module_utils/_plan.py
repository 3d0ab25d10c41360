# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: what a module is about to do, decided before anything is written. Pure: knows neither AWS nor Ansible.

Only two functions ask for check mode, `prerequisite` before there is a plan, and `carried_out` once there is one.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Resource = dict[str, t.Any]
Planned = t.TypeVar("Planned")
Lookup = t.TypeVar("Lookup")


@dataclass(frozen=True)
class Plan:
    """A resource's canonical form before and after; None means that it does not exist.

    `changed`, the diff, the calls and the result of a module all come from here, so check mode cannot lie.
    """

    before: Resource | None
    after: Resource | None

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.before != self.after

    @property
    def updates(self) -> Resource:
        """The members of the resource that an update must write: those that will differ."""
        before = self.before or {}
        return {
            name: value for name, value in (self.after or {}).items() if name not in before or before[name] != value
        }

    @property
    def diff(self) -> dict[str, Resource]:
        """Both states as Ansible's diff mode shows them."""
        return {"before": self.before or {}, "after": self.after or {}}


def managed_part(found: Resource | None, names: t.Iterable[str]) -> Resource | None:
    """Return the members of FOUND that a plan compares; None if nothing was found."""
    return None if found is None else {name: found[name] for name in names if name in found}


def plan_present(current: Resource | None, wanted: Resource, defaults: Resource | None = None) -> Plan:
    """Return the plan that changes CURRENT into WANTED. A member that is None in WANTED is not managed, and keeps its value.

    DEFAULTS are the values that the service sets when it creates the resource.
    """
    given = {name: value for name, value in wanted.items() if value is not None}
    base = (defaults or {}) if current is None else current
    return Plan(before=current, after={**base, **given})


def plan_absent(current: Resource | None) -> Plan:
    """Return the plan that removes CURRENT, if it exists."""
    return Plan(before=current, after=None)


def carried_out(plan: Planned, do: t.Callable[[Planned], Planned], check_mode: bool) -> Planned:
    """PLAN, or in its place what DO made of it, which carries it out. In CHECK_MODE nothing is done, and the plan is the result.

    PLAN may be of any type that says what there is and what there will be, so that `changed`, the diff and the result derive from it either way.
    """
    return plan if check_mode else do(plan)


def prerequisite(require: Lookup, assume: Lookup, check_mode: bool) -> Lookup:
    """The function that looks up what a task builds on. REQUIRE raises an error if that is missing; ASSUME, for CHECK_MODE, returns a warning, since an
    earlier task of the play may be meant to create it."""
    return assume if check_mode else require
