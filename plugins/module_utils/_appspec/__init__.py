# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check an AppSpec before anybody ships it: every mistake that a host agent or the service would find half an hour later.

Pure: no AWS, no Ansible, no clock; it reads a bundle only through the function that it is given. Needs PyYAML.

PRIVATE to the collection: it may change at any time.
"""
