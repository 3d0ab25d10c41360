# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SNS, in moto's own state: the topics that triggers name, and publishing to them."""

from __future__ import annotations

from moto.sns.models import sns_backends


def list_topic_arns(account: str, region: str) -> list[str]:
    """The ARN of every SNS topic of the account in the region."""
    backends = sns_backends[account]
    return list(backends[region].topics) if region in backends else []


def publish(account: str, region: str, topic_arn: str, subject: str, message: str) -> None:
    """Publish to a topic; to one that does not exist (any more) nothing is sent, and nobody is told."""
    if topic_arn in list_topic_arns(account, region):
        sns_backends[account][region].publish(message, topic_arn, subject=subject)
