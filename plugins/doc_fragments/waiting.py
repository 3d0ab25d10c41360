# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that say how a deployment is followed."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Follow the deployment. The task fails if the deployment does.
      - With V(false), the task ends when it has done what is to be done now. It fails all the same if it is only to await a deployment, and that has
        failed already.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to follow the deployment, and then its rollback, if there is one. As long as nothing changes, nothing is shown.
      - When the time is up, the task fails and tells what is known. The deployment goes on; run the task again to follow it further.
      - A look at the deployment that fails is repeated, for two minutes at most, and not when the time is up, so that the task survives a short outage
        of the network.
    type: int
    default: 3600
  wait_delay:
    description:
      - Seconds between two looks at the deployment, each of which costs one to three calls.
      - When this is left out, the looks are few while nothing can have happened, and close together when the end is near. It is estimated from
        how long the targets took so far, or else the deployment group's last deployment.
    type: int
  diagnose:
    description:
      - For how many failed targets the diagnosis tells everything, one of each cause before a second of any. The others are counted by cause.
    type: int
    default: 5
notes:
  - Waiting is done by an action plugin on the controller, which shows a line whenever something changes, and with C(-v) also what
    becomes of each target's lifecycle events. Therefore C(async) cannot be used with this module.
  - Interrupting the task does not stop the deployment.
"""
