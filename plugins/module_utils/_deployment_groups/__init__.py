# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups: their options, canonical form, the service's rules, the hosts they select, and the calls.

PRIVATE to the collection: it may change at any time.
"""
