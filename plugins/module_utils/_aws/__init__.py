# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call AWS: clients and their time limits, calls and their errors, answers, paging, tags, parallel calls, and waiting for what AWS spreads slowly.

Nothing here knows a resource of CodeDeploy.

PRIVATE to the collection: it may change at any time.
"""
