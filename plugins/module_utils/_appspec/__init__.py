# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of an AppSpec before it is shipped: it reports what a host agent or the service would only reject half an hour later.

Pure: no AWS, no Ansible, no clock; it reads a bundle only through the function that it is passed. Needs PyYAML.

PRIVATE to the collection: it may change at any time.
"""
