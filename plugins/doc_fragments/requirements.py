# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The requirements of the modules that call AWS, on the host that runs them."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.10
  - boto3 >= 1.35.2
  - botocore >= 1.35.2
notes:
  - If AWS does not answer, the first call fails within 30 seconds, and the error names the address and what to check. Use the option C(aws_config)
    to set other time limits, such as C(connect_timeout) and C(read_timeout).
"""
