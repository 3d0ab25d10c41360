# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services that answer for themselves, by the prefix of X-Amz-Target."""

from __future__ import annotations

import functools

import botocore.session
from botocore.model import ServiceModel

from ..hosts import commands
from ..hosts.command_model import COMMAND_MODEL
from ..service import operations
from ..service.member_errors import MEMBER_ERRORS
from .protocol import JsonService

CODEDEPLOY_PREFIX = "CodeDeploy_20141006"
COMMAND_PREFIXES = ("CodeDeployCommandService_v20141006", "CodeDeployCommandService")


@functools.cache
def services_by_target_prefix() -> dict[str, JsonService]:
    """CodeDeploy, and the host agents' command service by both of the names that agents use."""
    model = botocore.session.get_session().get_service_model("codedeploy")
    codedeploy = JsonService(model, operations, frozenset({"codedeploy"}), MEMBER_ERRORS)
    command_model = ServiceModel(COMMAND_MODEL, "codedeploy-commands")
    signing_names = frozenset({"codedeploy-commands", "codedeploy-commands-secure"})
    command_service = JsonService(command_model, commands.operations, signing_names, {})
    return {CODEDEPLOY_PREFIX: codedeploy, **dict.fromkeys(COMMAND_PREFIXES, command_service)}
