# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments: the calls that read and change one, its progress, when to poll it next, and why it failed.

Nothing here decides whether to deploy; that lives in `_deploying`.

PRIVATE to the collection: it may change at any time.
"""
