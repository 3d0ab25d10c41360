# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.tags import tagged_arn
from ansible_collections.slipway.codedeploy.plugins.module_utils._tag_plans import Tags, wanted_tags
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption


@pytest.mark.parametrize(
    ("current", "given", "purge", "after"),
    [
        ({"a": "1"}, None, True, None),
        ({"a": "1"}, None, False, None),
        ({"a": "1"}, {}, True, {}),
        ({"a": "1"}, {}, False, {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, True, {"b": "2"}),
        ({"a": "1"}, {"a": "2", "b": "2"}, False, {"a": "2", "b": "2"}),
        ({"aws:a": "1", "b": "2"}, {}, True, {"aws:a": "1"}),
        ({"aws:a": "1", "b": "2"}, {"aws:a": "1"}, True, {"aws:a": "1"}),
        ({}, {"number": 7, "truth": True}, True, {"number": "7", "truth": "True"}),
    ],
)
def test_wanted_tags(current: Tags, given: dict[str, Any] | None, purge: bool, after: Tags | None) -> None:
    assert wanted_tags(current, given, purge) == after


@pytest.mark.parametrize("current", [{}, {"aws:a": "1"}])
def test_tags_of_aws_are_not_written(current: Tags) -> None:
    with pytest.raises(InvalidOption, match="tags: 'aws:a' cannot be set to '2', because the prefix aws: is reserved"):
        wanted_tags(current, {"aws:a": "2"}, False)


class STS:
    """The service that knows who calls, in a partition of its own."""

    class meta:  # noqa: N801 (botocore's name)
        region_name = "cn-north-1"

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012", "Arn": "arn:aws-cn:iam::123456789012:user/somebody"}


@pytest.mark.parametrize(
    ("tags", "state", "arn"),
    [
        ({}, "present", "arn:aws-cn:codedeploy:cn-north-1:123456789012:deploymentgroup:web/production"),
        (None, "present", ""),
        ({"a": "1"}, "absent", ""),
    ],
)
def test_tagged_arn(tags: Tags | None, state: str, arn: str) -> None:
    params = {"tags": tags, "state": state}
    assert tagged_arn(lambda service: {"sts": STS()}[service], params, "deploymentgroup:web/production") == arn
