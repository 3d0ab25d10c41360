# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make test` lets be left out."""

from __future__ import annotations

import pytest
from suite import LANES, is_forbidden

HOSTS, OTHER = "hosts-test: test_life.py: no host can be booted", "unit: test_tree.py: needs su"
REQUIRED, OPTIONAL = (f"{part}: ansible-core 2.20: install Python 3.12" for part in ("versions", "versions-optional"))


@pytest.mark.parametrize(
    ("missing", "environment", "forbidden"),
    [
        ([], {"LEFT_OUT": "forbidden"}, False),
        ([OTHER], {}, False),
        ([HOSTS], {"LEFT_OUT": "forbidden"}, True),
        ([HOSTS], {"LEFT_OUT": "forbidden", "LEFT_OUT_ALLOWED": "hosts-test"}, False),
        ([HOSTS, OTHER], {"LEFT_OUT": "forbidden", "LEFT_OUT_ALLOWED": "hosts-test"}, True),
        ([OPTIONAL], {"LEFT_OUT": "forbidden"}, True),
        ([OPTIONAL, HOSTS], {"LEFT_OUT": "forbidden", "LEFT_OUT_ALLOWED": "versions-optional hosts-test"}, False),
        ([REQUIRED], {"LEFT_OUT": "forbidden", "LEFT_OUT_ALLOWED": "versions-optional hosts-test"}, True),
    ],
)
def test_what_may_be_left_out(missing: list[str], environment: dict[str, str], forbidden: bool) -> None:
    assert is_forbidden(missing, environment) is forbidden


def test_every_part_runs_once() -> None:
    parts = [part for lane in LANES for part in lane]
    assert sorted(parts) == sorted(set(parts))
    assert {"hosts-test", "versions"} <= set(parts)
