# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles of releases: their content, their digest, and the archive that the host agent unpacks. Pure, except for reading the tree.

PRIVATE to the collection: it may change at any time.
"""
