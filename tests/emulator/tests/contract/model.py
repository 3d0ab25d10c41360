# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What botocore's model says that the emulator must have: operations, and the members of their requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

MODEL: ServiceModel = botocore.session.get_session().get_service_model("codedeploy")


def input_members(operation: str) -> set[str]:
    """The paths of all members of a request that hold no others: ``tags[].Key``."""
    shape = MODEL.operation_model(operation).input_shape
    return set() if shape is None else set(_leaves(shape, ""))


def _leaves(shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from _leaves(member, f"{path}.{name}".lstrip("."))
    elif isinstance(shape, ListShape):
        yield from _leaves(shape.member, f"{path}[]")
    else:
        yield path


def members_of(value: Any, shape: Shape | None, path: str = "") -> set[str]:
    """The same paths, of those members that ``value``, a request or a part of one, has."""
    if isinstance(shape, StructureShape):
        parts = [members_of(item, shape.members[name], f"{path}.{name}".lstrip(".")) for name, item in value.items()]
    elif isinstance(shape, ListShape):
        parts = [members_of(item, shape.member, f"{path}[]") for item in value]
    else:
        return {path}
    return set().union(*parts)
