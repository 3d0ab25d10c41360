# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes from hosts cannot play with the terminal that it is shown on."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.plugin_utils._following_action import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1 failed\n\t| Größe: 3 €", "web-1 failed\n\t| Größe: 3 €"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x1b[2J\rgone\x9b1A\x7f", "\\x1b[2J\\x0dgone\\x9b1A\\x7f"),
    ],
)
def test_control_characters_are_shown_as_codes(text: str, shown: str) -> None:
    assert printable(text) == shown
