# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of bundles share."""

from __future__ import annotations

import typing as t

import pytest
from isal import isal_zlib

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import deflate


@pytest.fixture(params=[None, isal_zlib], ids=["standard library", "isal"])
def accelerator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> t.Any:
    """What is used instead of zlib, where it can be: nothing, or ISA-L."""
    monkeypatch.setattr(deflate, "isal_zlib", request.param)
    return request.param
