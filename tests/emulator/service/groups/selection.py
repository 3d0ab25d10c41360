# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which instances a group of platform Server has."""

from __future__ import annotations

from ...aws.auto_scaling import auto_scaling_group_exists
from ...errors import ServiceError
from ...state import Members
from ..tag_filters import check_tag_filters
from .proposal import Proposal

MOST_TAG_GROUPS = 3
"""In a tag set (botocore model: EC2TagSet)."""
MOST_AUTO_SCALING_GROUPS = 10
"""In a deployment group (AWS user guide, limits)."""

# Member by member, the error that other platforms answer; only the one for autoScalingGroups was seen (for ECS), the others are assumed.
SERVER_ONLY = {
    "ec2TagFilters": "InvalidEC2TagException",
    "ec2TagSet": "InvalidEC2TagException",
    "onPremisesInstanceTagFilters": "InvalidTagException",
    "onPremisesTagSet": "InvalidTagException",
    "autoScalingGroups": "InvalidAutoScalingGroupException",
    "terminationHookEnabled": "InvalidInputException",
    "ec2DeploymentOptions": "InvalidInputException",
}


def check_selection(proposal: Proposal) -> None:
    """Check tag filters, tag sets and Auto Scaling groups."""
    _check_filters(proposal.settings, "ec2TagFilters", "ec2TagSet", "InvalidEC2TagException")
    _check_filters(proposal.settings, "onPremisesInstanceTagFilters", "onPremisesTagSet", "InvalidTagException")
    if "autoScalingGroups" in proposal.given:
        _check_auto_scaling_groups(proposal)


def _check_filters(settings: Members, flat: str, tag_set: str, code: str) -> None:
    filters = settings.get(flat, [])
    groups = settings.get(tag_set, {}).get(f"{tag_set}List", [])
    if filters and groups:
        kind = "EC2" if tag_set == "ec2TagSet" else "OnPremises"
        message = f"{flat} and {tag_set} cannot be used together; empty one of them."
        raise ServiceError(f"Invalid{kind}TagCombinationException", message)
    if len(groups) > MOST_TAG_GROUPS:
        message = f"{tag_set} has {len(groups)} groups; at most {MOST_TAG_GROUPS} are allowed."
        raise ServiceError("TagSetListLimitExceededException", message)
    for alternatives in (filters, *groups):
        check_tag_filters(alternatives, code)


def _check_auto_scaling_groups(proposal: Proposal) -> None:
    """Only those of the request: one that was deleted later does not keep the rest of its group from changing."""
    region, names = proposal.region, proposal.given["autoScalingGroups"]
    code = "InvalidAutoScalingGroupException"
    if len(names) > MOST_AUTO_SCALING_GROUPS or len(set(names)) < len(names):
        message = f"{len(names)} Auto Scaling groups were given; at most {MOST_AUTO_SCALING_GROUPS} different ones are allowed."
        raise ServiceError(code, message)
    for name in names:
        if not auto_scaling_group_exists(region.account, region.name, name):
            raise ServiceError(code, f"The Auto Scaling group {name} does not exist.")
