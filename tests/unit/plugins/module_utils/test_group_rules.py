# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._group_forms import FORMS
from ansible_collections.slipway.codedeploy.plugins.module_utils._group_rules import (
    check_creation,
    check_load_balancer,
    check_options,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._plan import Plan, Resource
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

FILTER = {"key": "stage", "value": "test"}
OPTIONS = {
    "application_name": "web",
    "deployment_group_name": "test",
    "deployment_config_name": None,
    "service_role_arn": None,
    **dict.fromkeys(FORMS),
    "deployment_style": None,
    "tags": None,
}


def filters(count: int) -> list[dict[str, str]]:
    return [{"key": f"key-{number}"} for number in range(count)]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"deployment_config_name": "CodeDeployDefault.AllAtOnce"},
        {"service_role_arn": "arn:aws-cn:iam::123456789012:role/codedeploy"},
        {"ec2_tag_filters": []},
        {"ec2_tag_filters": filters(10)},
        {"ec2_tag_filters": [*filters(10), *filters(10)]},
        {"ec2_tag_filters": [{"key": "aws:autoscaling:groupName", "value": "web"}]},
        {"ec2_tag_filters": [{"key": "k" * 128, "value": "v" * 256}]},
        {"ec2_tag_filters": [{"key": "a", "value": "", "type": "KEY_ONLY"}]},
        {"ec2_tag_set": [filters(10), filters(9), filters(8)]},
        {"ec2_tag_set": [[{"key": "a", "value": 7}]], "on_premises_instance_tag_filters": [FILTER]},
        {"ec2_tag_set": [], "ec2_tag_filters": [FILTER]},
        {"auto_rollback_configuration": {}},
        {"auto_rollback_configuration": {"enabled": False, "events": None}},
        {"auto_rollback_configuration": {"enabled": None, "events": ["DEPLOYMENT_FAILURE"]}},
        {"deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}},
        {"deployment_style": {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"}},
        {"tags": {"team": "shop"}},
    ],
)
def test_allowed(given: dict[str, Any]) -> None:
    check_options({**OPTIONS, **given})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "a b"}, "application_name: 'a b' is not a valid name"),
        ({"deployment_group_name": "a/b"}, "deployment_group_name: 'a/b' is not a valid name"),
        ({"deployment_config_name": ""}, "deployment_config_name: '' is not a valid name"),
        ({"service_role_arn": "codedeploy"}, "service_role_arn: 'codedeploy' is not the ARN of an IAM role"),
        ({"ec2_tag_filters": filters(11)}, "ec2_tag_filters: 11 different filters are given, 10 are allowed"),
        ({"ec2_tag_filters": [{}]}, r"ec2_tag_filters\[0\]: the filter is empty; give a key, a value or both"),
        (
            {"ec2_tag_filters": [FILTER, {"key": "a", "value": "b", "type": "KEY_ONLY"}]},
            r"ec2_tag_filters\[1\]: value 'b' contradicts type KEY_ONLY; leave one of them out",
        ),
        ({"ec2_tag_filters": [{**FILTER, "type": "VALUE_ONLY"}]}, r"\[0\]: key 'stage' contradicts type VALUE_ONLY"),
        (
            {"ec2_tag_filters": [{"key": "a", "value": None, "type": "KEY_AND_VALUE"}]},
            r"\[0\]: value is missing; a filter of type KEY_AND_VALUE needs it",
        ),
        ({"ec2_tag_filters": [{"key": ""}]}, r"\[0\]: the filter is empty"),
        ({"ec2_tag_filters": [{"key": "k" * 129}]}, r"\[0\], key: 'k+' has 129 characters, 1 to 128"),
        ({"ec2_tag_filters": [{"value": "v" * 257}]}, r"\[0\], value: 'v+' has 257 characters, 0 to 256"),
        (
            {"on_premises_tag_set": [filters(1), filters(2), filters(3), filters(4)]},
            "on_premises_tag_set: 4 different lists of filters are given, 3 are allowed",
        ),
        ({"ec2_tag_set": [[FILTER], filters(11)]}, r"ec2_tag_set\[1\]: 11 different filters are given, 10 are allowed"),
        ({"ec2_tag_set": [[FILTER], []]}, r"ec2_tag_set\[1\]: \[\] is not a list of tag filters with at least one"),
        ({"ec2_tag_set": [FILTER]}, r"ec2_tag_set\[0\]: {'key': 'stage', .*} is not a list of tag filters"),
        ({"ec2_tag_set": [["stage"]]}, r"ec2_tag_set\[0\]\[0\]: 'stage' is not a tag filter, which has a key"),
        ({"ec2_tag_set": [[{"Key": "a"}]]}, r"ec2_tag_set\[0\]\[0\]: {'Key': 'a'} is not a tag filter"),
        (
            {"ec2_tag_set": [[{"key": "a", "type": "KEY"}]]},
            r"ec2_tag_set\[0\]\[0\]: type 'KEY' is not one of KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE",
        ),
        ({"ec2_tag_set": [[{"key": ["a"]}]]}, r"ec2_tag_set\[0\]\[0\], key: \['a'\] is not a text"),
        (
            {"ec2_tag_filters": [FILTER], "ec2_tag_set": [[FILTER]]},
            "ec2_tag_filters, ec2_tag_set: a deployment group has one or the other, but both are given",
        ),
        (
            {"on_premises_instance_tag_filters": [FILTER], "on_premises_tag_set": [[FILTER]]},
            "on_premises_instance_tag_filters, on_premises_tag_set: a deployment group has one or the other",
        ),
        (
            {"auto_rollback_configuration": {"enabled": True, "events": []}},
            "auto_rollback_configuration: enabled is true, but no events are given",
        ),
        (
            {"deployment_style": {"deployment_type": "BLUE_GREEN", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}},
            "deployment_style: deployment_type BLUE_GREEN does not go with deployment_option WITHOUT_TRAFFIC_CONTROL",
        ),
        ({"tags": {"a": ["b"]}}, r"tags, the value of 'a': \['b'\] is not a text"),
    ],
)
def test_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_options({**OPTIONS, **given})


ROLE = {"service_role_arn": "arn:aws:iam::123456789012:role/codedeploy"}


@pytest.mark.parametrize("platform", ["Server", "Lambda"])
def test_creation(platform: str) -> None:
    check_creation({**OPTIONS, **ROLE}, platform)
    with pytest.raises(
        InvalidOption, match="service_role_arn: the deployment group 'test' does not exist, and to create it"
    ):
        check_creation(OPTIONS, platform)


def test_no_creation_for_ecs() -> None:
    with pytest.raises(InvalidOption, match="application_name: 'web' is an ECS application"):
        check_creation({**OPTIONS, **ROLE}, "ECS")


IN_PLACE = {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
CONTROLLED = {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}
BALANCED = {"load_balancer_info": {"elb_info_list": [{"name": "front"}]}}


@pytest.mark.parametrize(
    ("before", "after", "found", "platform", "allowed"),
    [
        pytest.param(IN_PLACE, CONTROLLED, {}, "Server", False, id="none"),
        pytest.param(IN_PLACE, CONTROLLED, {"load_balancer_info": {"elb_info_list": []}}, "Server", False, id="empty"),
        pytest.param(None, CONTROLLED, None, "Server", False, id="new group"),
        pytest.param(IN_PLACE, CONTROLLED, BALANCED, "Server", True, id="attached"),
        pytest.param(CONTROLLED, CONTROLLED, {}, "Server", True, id="no change"),
        pytest.param(CONTROLLED, IN_PLACE, {}, "Server", True, id="no more control"),
        pytest.param(None, CONTROLLED, None, "Lambda", True, id="Lambda has no load balancer"),
    ],
)
def test_load_balancer(
    before: Resource | None, after: Resource, found: Resource | None, platform: str, allowed: bool
) -> None:
    plan = Plan(before and {"deployment_style": before}, {"deployment_style": after})
    if allowed:
        check_load_balancer(plan, found, platform)
    else:
        with pytest.raises(InvalidOption, match="WITH_TRAFFIC_CONTROL needs a load balancer"):
            check_load_balancer(plan, found, platform)
