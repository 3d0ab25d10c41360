# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was printed."""

from __future__ import annotations


def assert_in_order(lines: list[str], output: str) -> None:
    """Each of LINES is in OUTPUT, behind the one before."""
    end = 0
    for line in lines:
        found = output.find(line, end)
        assert found >= 0, f"{line!r} is not in, or not at its place in:\n{output}"
        end = found + len(line)
