# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be missing when a deployment is about to start, on every platform."""

from __future__ import annotations

import typing as t

from emulator import Emulator
from emulator.emulator import REGION
from unit.incidents import overtaken
from unit.releases import GROUP, Options

from .path import NO_ROLLBACK, Path, Platform

Place = t.Callable[[Emulator], Options]


def without_role(emulator: Emulator) -> None:
    """The roles of the account are others than the group's."""
    iam = emulator.client("iam")
    iam.create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    if "codedeploy" in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        iam.delete_role(RoleName="codedeploy")


def without_application(emulator: Emulator) -> None:
    emulator.client("codedeploy").delete_application(applicationName="shop")


def without_group(emulator: Emulator) -> None:
    emulator.client("codedeploy").delete_deployment_group(**GROUP)


def without_revision(emulator: Emulator) -> None:
    """No operation removes one."""
    emulator.state.region("123456789012", REGION).applications["shop"].revisions.clear()


def lacking(place: Place, loss: t.Callable[[Emulator], None], code: str, lines: list[str]) -> Path:
    """A deployment to PLACE that fails with CODE because of a LOSS before it starts."""

    def prepare(emulator: Emulator) -> Options:
        return overtaken(emulator, lambda: loss(emulator), place(emulator) | NO_ROLLBACK)

    return Path(
        prepare, ["{id} Failed", f"Deployment {{id}} failed ({code})", *lines], f"Deployment {{id}} failed ({code})."
    )


LOSSES = {
    "no role": (without_role, "IAM_ROLE_MISSING", ["  To do: create the role, or correct service_role_arn"]),
    "no application": (
        without_application,
        "APPLICATION_MISSING",
        ["  The application shop no longer exists.", "  To do: create it again"],
    ),
    "no group": (
        without_group,
        "DEPLOYMENT_GROUP_MISSING",
        ["  The deployment group web no longer exists.", "  To do: create it again"],
    ),
    "no revision": (without_revision, "REVISION_MISSING", ["  To do: upload it again"]),
}


def losses(place: Place) -> Platform:
    """The paths of deployments to PLACE that lose what they need."""
    return {name: lacking(place, *loss) for name, loss in LOSSES.items()}
