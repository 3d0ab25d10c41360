# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances: their canonical form, registration, IAM users, and the files that a host's agent reads.

PRIVATE to the collection: it may change at any time.
"""
