# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tells others about a group's deployments, and what stops and undoes them: triggers, alarms, automatic rollback."""

from __future__ import annotations

import re

from ...aws.sns import list_topic_arns
from ...errors import ServiceError
from ...state import Members, Region
from .proposal import Proposal

MOST_TRIGGERS = 10
"""In a deployment group (AWS user guide, limits)."""
MOST_ALARMS = 50
"""In a deployment group (newer AWS user guide, limits; the model still says 10, but more were seen to be accepted)."""
MOST_ALARM_NAME = 255
"""Characters (botocore model: InvalidAlarmConfigException)."""

_TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}")


def check_notifications(proposal: Proposal) -> None:
    """Check what all platforms have."""
    check_auto_rollback(proposal.settings.get("autoRollbackConfiguration", {}))
    if "alarmConfiguration" in proposal.given:
        check_alarms(proposal.given["alarmConfiguration"])
    if "triggerConfigurations" in proposal.given:
        _check_triggers(proposal.region, proposal.given["triggerConfigurations"])


def check_auto_rollback(configuration: Members) -> None:
    """Raise InvalidAutoRollbackConfigException for a rollback that is enabled but on no event."""
    if configuration.get("enabled") and not configuration.get("events"):
        message = "autoRollbackConfiguration is enabled, so its events must be given."
        raise ServiceError("InvalidAutoRollbackConfigException", message)


def check_alarms(configuration: Members) -> None:
    """Raise for what the model names: a missing list, a bad name, a repeated name, enabled without alarms.

    That the alarms exist is not checked: Terraform's tests name ones that do not.
    """
    code = "InvalidAlarmConfigException"
    if "alarms" not in configuration:
        raise ServiceError(code, "alarmConfiguration has no list of alarms.")
    names = [alarm.get("name", "") for alarm in configuration["alarms"]]
    if not all(0 < len(name) <= MOST_ALARM_NAME for name in names):
        raise ServiceError(code, f"An alarm's name has 1 to {MOST_ALARM_NAME} characters.")
    if len(set(names)) < len(names):
        raise ServiceError(code, "Two alarms have the same name.")
    if configuration.get("enabled") and not names:
        raise ServiceError(code, "alarmConfiguration is enabled, so its alarms must be given.")
    if len(names) > MOST_ALARMS:
        raise ServiceError("AlarmsLimitExceededException", f"{len(names)} alarms; at most {MOST_ALARMS} are allowed.")


def _check_triggers(region: Region, triggers: list[Members]) -> None:
    code = "InvalidTriggerConfigException"
    if len(triggers) > MOST_TRIGGERS:
        message = f"{len(triggers)} triggers; at most {MOST_TRIGGERS} are allowed."
        raise ServiceError("TriggerTargetsLimitExceededException", message)
    names = [trigger.get("triggerName", "") for trigger in triggers]
    if not all(names) or len(set(names)) < len(names):
        raise ServiceError(code, "Every trigger needs a name of its own.")
    for trigger in triggers:
        if not trigger.get("triggerEvents"):
            raise ServiceError(code, f"Trigger {trigger['triggerName']} has no events.")
        _check_topic(region, trigger.get("triggerTargetArn", ""))


def _check_topic(region: Region, arn: str) -> None:
    """As with roles, a topic must exist only if the account has any in the region, so that tests need not make one."""
    topics = list_topic_arns(region.account, region.name)
    if not _TOPIC_ARN.fullmatch(arn) or (topics and arn not in topics):
        raise ServiceError("InvalidTriggerConfigException", f"Topic ARN {arn} is not valid")
