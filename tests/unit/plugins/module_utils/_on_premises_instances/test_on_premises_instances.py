# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._on_premises_instances.forms import (
    pairs_from_tags,
    tags_from_pairs,
)


@pytest.mark.parametrize(
    ("pairs", "tags"),
    [
        ([], {}),
        ([("b", "2"), ("a", "1")], {"a": "1", "b": "2"}),
        ([("name", "west"), ("name", "beta"), ("a", "1")], {"a": "1", "name": ["beta", "west"]}),
        ([("a", "")], {"a": ""}),
    ],
)
def test_tags(pairs: list[tuple[str, str]], tags: dict[str, Any]) -> None:
    assert tags_from_pairs(pairs) == tags
    assert pairs_from_tags(tags) == set(pairs)
