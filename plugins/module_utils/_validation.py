# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for common options, checked before anything is written. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

# AWS user guide, "CodeDeploy limits": the alphabet and length of application, deployment group, deployment config and instance names.
NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")

# The ARNs that options take, in any partition (AWS IAM user guide, "IAM identifiers"): their pattern, and an example for the message.
ARNS = {
    "role": (re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[!-~]+"), "arn:aws:iam::123456789012:role/NAME"),
    "user": (re.compile(r"arn:aws[a-z-]*:iam::\d{12}:user/[!-~]+"), "arn:aws:iam::123456789012:user/NAME"),
    "session": (
        re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+", re.ASCII),
        "arn:aws:sts::123456789012:assumed-role/ROLE/SESSION",
    ),
}

# The form of deployment IDs; samples: AWS user guide, "View CodeDeploy deployment details".
DEPLOYMENT_ID = re.compile(r"d-[A-Z0-9]+")

# AWS user guide, "CodeDeploy limits": characters in a tag's key and value, and tags on an on-premises instance.
KEY_LENGTH = 128
VALUE_LENGTH = 256
INSTANCE_TAGS = 10


class InvalidOption(ValueError):
    """A value of an option that the service would refuse. The message has the form `option: problem; remedy`."""

    # The shape of amazon.aws's errors, so that a module handles both kinds alike.
    exception = None

    @property
    def message(self) -> str:
        return str(self)


def check_name(option: str, value: str) -> None:
    """Raise InvalidOption unless VALUE can name an application, a deployment group or a deployment config."""
    if not NAME.fullmatch(value):
        raise InvalidOption(f"{option}: {value!r} is not a valid name; use 1 to 100 letters, digits and + = , . @ _ -")


def check_length(option: str, value: str | None, longest: int) -> None:
    """Raise InvalidOption if VALUE has more than LONGEST characters."""
    if value is not None and len(value) > longest:
        raise InvalidOption(f"{option}: has {len(value)} characters; at most {longest} are allowed")


def check_positive(option: str, value: int) -> None:
    """Raise InvalidOption unless VALUE is greater than zero."""
    if value <= 0:
        raise InvalidOption(f"{option}: {value} is too small; set a number greater than 0")


def check_deployment_id(option: str, value: str) -> None:
    """Raise InvalidOption unless VALUE can be a deployment ID."""
    if not DEPLOYMENT_ID.fullmatch(value):
        raise InvalidOption(f"{option}: {value!r} is not a deployment ID; expected something like d-3KX1ZQ2AB")


def check_instance_name(option: str, value: str) -> None:
    """Raise InvalidOption unless VALUE can name an on-premises instance, which must not look like an EC2 instance ID."""
    check_name(option, value)
    if value.startswith("i-"):
        raise InvalidOption(
            f'{option}: {value!r} must not start with "i-", which is reserved for EC2 instance IDs; use another name'
        )


def check_arn(option: str, value: str, kind: str) -> None:
    """Raise InvalidOption unless VALUE is an ARN of the KIND (one of ARNS)."""
    pattern, example = ARNS[kind]
    if not pattern.fullmatch(value):
        raise InvalidOption(f"{option}: {value!r} is not the ARN of an IAM {kind}; expected something like {example}")


def check_text(where: str, value: t.Any, shortest: int, longest: int) -> None:
    """Raise InvalidOption unless VALUE is a string (or a number, which becomes one) of SHORTEST to LONGEST characters."""
    if not isinstance(value, (str, int, float)):
        raise InvalidOption(f"{where}: {value!r} is not a string")
    if not shortest <= len(str(value)) <= longest:
        raise InvalidOption(
            f"{where}: {str(value)[:40]!r} has {len(str(value))} characters; {shortest} to {longest} are allowed"
        )


def check_tags(option: str, tags: dict[t.Any, t.Any], shortest_value: int = 0) -> None:
    """Raise InvalidOption unless the keys and values of TAGS are strings of an allowed length."""
    for key, value in tags.items():
        check_text(f"{option}, a key", key, 1, KEY_LENGTH)
        check_text(f"{option}, the value of {str(key)!r}", value, shortest_value, VALUE_LENGTH)


def check_instance_tags(option: str, tags: t.Sized) -> None:
    """Raise InvalidOption if an on-premises instance would have more TAGS than are allowed."""
    if len(tags) > INSTANCE_TAGS:
        raise InvalidOption(f"{option}: the instance would have {len(tags)} tags; at most {INSTANCE_TAGS} are allowed")
