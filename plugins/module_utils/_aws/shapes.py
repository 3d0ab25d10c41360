# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conversion between the API's shapes (camelCase, times) and the collection's (snake_case, ISO 8601 strings).

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import functools
import typing as t

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict, snake_dict_to_camel_dict

Resource = dict[str, t.Any]


def resource_from_aws(answer: t.Mapping[str, t.Any]) -> Resource:
    """Return a resource from an API response in snake_case, with times as ISO 8601 strings.

    amazon.aws's function for this takes a second for a thousand deployment targets, because it converts each name anew.
    """
    return {_snake_case(name): _value_from_aws(value) for name, value in answer.items()}


@functools.cache
def _snake_case(name: str) -> str:
    return str(next(iter(camel_dict_to_snake_dict({name: None}))))


def _value_from_aws(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return resource_from_aws(value)
    if isinstance(value, list):
        return [_value_from_aws(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def resource_for_aws(resource: Resource) -> dict[str, t.Any]:
    """Return a resource as an API call takes it, without members that are None."""
    return t.cast(
        "dict[str, t.Any]",
        snake_dict_to_camel_dict({name: value for name, value in resource.items() if value is not None}),
    )
