# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide and do what the modules `deploy` and `deployment` are asked for.

What a deployment is and how it goes lives in `_deployments`; how a bundle gets to S3, in `_releases`.

PRIVATE to the collection: it may change at any time.
"""
