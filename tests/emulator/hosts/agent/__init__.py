# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the CodeDeploy host agent: it speaks the agent's protocol and really deploys, below a root directory of its own.

Run it with `python -m emulator.hosts.agent`, or use `Agent` and `load_config`. The folder needs nothing but botocore, PyYAML and cryptography.
"""

from __future__ import annotations

from .agent import Agent
from .config import AgentConfig, ConfigError, load_config

__all__ = ["Agent", "AgentConfig", "ConfigError", "load_config"]
