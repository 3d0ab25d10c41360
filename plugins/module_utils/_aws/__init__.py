# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to AWS: clients and their time limits, errors, responses, paging, tags, parallel calls, and waiting for eventual consistency.

Nothing here is specific to a resource of CodeDeploy.

PRIVATE to the collection: it may change at any time.
"""
