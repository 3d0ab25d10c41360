# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ECS, read from moto's own state: the services that deployment groups name."""

from __future__ import annotations

from moto.ecs.models import ecs_backends


def find_ecs_controller(account: str, region: str, cluster: str, service: str) -> str | None:
    """The type of an active ECS service's deployment controller, such as CODE_DEPLOY; None if there is no such service."""
    backends = ecs_backends[account]
    found = backends[region].services.get(f"{cluster}:{service}") if region in backends else None
    return str(found.deployment_controller["type"]) if found is not None and found.status == "ACTIVE" else None
