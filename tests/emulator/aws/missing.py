# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every reader and writer of moto's state may find."""

from __future__ import annotations


class MissingError(Exception):
    """A resource that is needed does not exist, or no longer."""
