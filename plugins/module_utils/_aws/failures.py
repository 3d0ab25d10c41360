# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls for many resources in parallel, some of which may fail.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._errors import CodeDeployError
from .._parallel import ordered_map

Result = t.TypeVar("Result")

# The most failures that a message lists.
SHOWN = 5


def in_parallel(
    function: t.Callable[[str], Result], names: t.Iterable[str], most: int
) -> tuple[dict[str, Result], dict[str, CodeDeployError]]:
    """Call FUNCTION for each of NAMES in at most MOST threads. Return its results, and the CodeDeployErrors that it raised, by name."""

    def outcome(name: str) -> Result | CodeDeployError:
        try:
            return function(name)
        except CodeDeployError as error:
            return error

    names = list(names)
    outcomes = dict(zip(names, ordered_map(outcome, names, most, len(names)), strict=True))
    failures = {name: each for name, each in outcomes.items() if isinstance(each, CodeDeployError)}
    return {name: each for name, each in outcomes.items() if not isinstance(each, CodeDeployError)}, failures


def raise_failures(what: str, failures: dict[str, CodeDeployError], of: int, **results: t.Any) -> None:
    """Raise FAILURES, if there are any, as one CodeDeployError that carries them and the RESULTS. OF is the number of all WHAT."""
    if not failures:
        return
    results["failures"] = {name: str(error) for name, error in failures.items()}
    if of == 1:
        (only,) = failures.values()
        raise CodeDeployError(only.message, only.exception, **results)
    told = "; ".join(f"{name}: {error}" for name, error in list(failures.items())[:SHOWN])
    more = f"; and {len(failures) - SHOWN} more" if len(failures) > SHOWN else ""
    raise CodeDeployError(f"{len(failures)} of {of} {what} failed. {told}{more}", **results)
