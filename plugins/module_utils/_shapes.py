# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the API's shapes to the collection's and back: camelCase and times there, snake_case and ISO 8601 texts here.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.dict_transformations import snake_dict_to_camel_dict
from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict

Resource = dict[str, t.Any]


def resource_from_aws(answer: t.Mapping[str, t.Any]) -> Resource:
    """A resource as an API call answers it, in snake_case, with times as ISO 8601 texts."""
    return t.cast(Resource, boto3_resource_to_ansible_dict(answer, transform_tags=False, force_tags=False))


def resource_for_aws(resource: Resource) -> dict[str, t.Any]:
    """A resource as an API call takes it; members that are None are left out."""
    return t.cast(
        "dict[str, t.Any]",
        snake_dict_to_camel_dict({name: value for name, value in resource.items() if value is not None}),
    )
