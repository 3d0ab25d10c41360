# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases: from a source tree or archive to an object in S3, with checks, upload and retention.

Locations and registration of revisions are in `_revisions`.

PRIVATE to the collection: it may change at any time.
"""
