# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs: the calls that read them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ._errors import CodeDeployError, aws_find
from ._shapes import Resource, resource_from_aws


@aws_find("read the deployment config")
def _get_deployment_config(client: t.Any, name: str) -> dict[str, t.Any] | None:
    return t.cast("dict[str, t.Any]", client.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"])


def require_deployment_config(client: t.Any, name: str, platform: str) -> Resource:
    """The deployment config NAME in snake_case; raises CodeDeployError where there is none for the compute PLATFORM."""
    found = _get_deployment_config(client, name)
    if found is None:
        raise CodeDeployError(
            f"deployment_config_name: there is no deployment config {name!r} in {client.meta.region_name}. "
            "The predefined ones are called CodeDeployDefault.OneAtATime, CodeDeployDefault.HalfAtATime and CodeDeployDefault.AllAtOnce."
        )
    config = resource_from_aws(found)
    if config.get("compute_platform", platform) != platform:
        raise CodeDeployError(
            f"deployment_config_name: {name!r} is for {config['compute_platform']}, but the application is for {platform}."
        )
    return config
