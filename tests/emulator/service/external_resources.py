# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources that CloudFormation made for a blue/green deployment of its own and marked with an id of its own."""

from __future__ import annotations

from ..operations import Call
from .registry import operation


@operation("DeleteResourcesByExternalId", required=("externalId",))
def delete_resources_by_external_id(_call: Call) -> None:
    """Nothing here bears an external id: no operation of the API gives one, and there is no CloudFormation behind this emulator.

    So nothing is there to delete, which is no error (the model declares none). The id itself is demanded: whether the real
    service does so is not documented.
    """
