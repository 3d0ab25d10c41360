# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fixed sample of what `make hostile` tries, spread over all tasks: whatever AWS answers, a task reads it or fails with a clear sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostile.answers import FINE, Theatre, theatre
from hostile.scenes import SCENES, Scene

# How many variants of each task are tried.
SAMPLE = 2


@pytest.fixture(scope="module")
def stage() -> Iterator[Theatre]:
    with theatre() as found:
        yield found


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_whatever_is_answered(scene: Scene, stage: Theatre) -> None:
    variants = stage.variants(scene)
    first, step = SCENES.index(scene) * 7 % len(variants), max(1, len(variants) // SAMPLE)
    tried = [stage.play(scene, *variants[(first + number * step) % len(variants)]) for number in range(SAMPLE)]
    assert [str(finding) for finding in tried if finding.verdict not in FINE] == []
