# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the role `agent`, as a template of the role uses them; what they say is tested where it is decided."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.codedeploy.plugins.filter.agent import agent_quoted
from ansible_collections.slipway.codedeploy.plugins.plugin_utils._quoting import FORMATS

DOCUMENTED = pathlib.Path(__file__).resolve().parents[4] / "plugins/filter/agent_quoted.yml"


def test_a_value_that_cannot_be_written_is_an_error_of_the_filter() -> None:
    assert agent_quoted("a b", "systemd_word") == '"a b"'
    with pytest.raises(AnsibleFilterError, match="agent_quoted: the value has a line break"):
        agent_quoted("a\nb", "systemd_word")


def test_every_format_is_documented() -> None:
    options = yaml.safe_load(DOCUMENTED.read_text())["DOCUMENTATION"]["options"]
    assert options["form"]["choices"] == sorted(FORMATS)
