# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CRC-32, by which zip, gzip and S3 know content."""

from __future__ import annotations

try:
    from isal.isal_zlib import crc32
except ImportError:  # an accelerator, never needed
    from zlib import crc32

__all__ = ["crc32"]
