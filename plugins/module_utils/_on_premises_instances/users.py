# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM users for on-premises instances: created with one access key and least privileges, tagged as ours, and only removed if they are.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import contextlib
import typing as t

from .._aws.calls import aws_call, aws_find, error_code
from .._errors import CodeDeployError
from .user_policy import policy_document
from .user_rules import Account, Credentials, UserOptions

# The tag of users that this collection created; its value is the region of the instance.
MARK = "slipway.codedeploy/on-premises-instance"
POLICY_NAME = "codedeploy-agent"


# The attempts to create an access key while AWS reports the limit of two keys, left over from lost responses.
KEY_ATTEMPTS = 3

# The belongings that prevent the deletion of a user: how to list and remove them (AWS IAM user guide, "Deleting an IAM user").
BELONGINGS = (
    ("list_access_keys", "AccessKeyMetadata", "AccessKeyId", "delete_access_key", "AccessKeyId"),
    ("list_user_policies", "PolicyNames", "", "delete_user_policy", "PolicyName"),
    ("list_attached_user_policies", "AttachedPolicies", "PolicyArn", "detach_user_policy", "PolicyArn"),
    ("list_groups_for_user", "Groups", "GroupName", "remove_user_from_group", "GroupName"),
)


@aws_find("read the IAM user")
def _get_user(iam: t.Any, name: str) -> dict[str, t.Any] | None:
    return t.cast("dict[str, t.Any]", iam.get_user(UserName=name)["User"])


@aws_call("create the IAM user")
def _create_user(iam: t.Any, name: str, path: str, region: str) -> None:
    iam.create_user(UserName=name, Path=path, Tags=[{"Key": MARK, "Value": region}])


@aws_call("attach the inline policy to the IAM user")
def _put_policy(iam: t.Any, name: str, document: str) -> None:
    iam.put_user_policy(UserName=name, PolicyName=POLICY_NAME, PolicyDocument=document)


@aws_call("create an access key of the IAM user")
def _create_access_key(iam: t.Any, name: str) -> dict[str, str]:
    return t.cast("dict[str, str]", iam.create_access_key(UserName=name)["AccessKey"])


@aws_find("read when the access key was last used", default="")
def _last_use(iam: t.Any, access_key_id: str) -> str:
    """Return when the access key was last used; an empty string if never."""
    answer = iam.get_access_key_last_used(AccessKeyId=access_key_id)
    return str(answer.get("AccessKeyLastUsed", {"LastUsedDate": "an unknown time"}).get("LastUsedDate", ""))


@aws_find("list the access keys, policies and groups of the IAM user", default=[])
def _list_belongings(iam: t.Any, name: str, method: str, answer: str) -> list[t.Any]:
    return list(getattr(iam, method)(UserName=name).get(answer, []))


@aws_find("remove the access keys, policies and groups of the IAM user")
def _remove_belonging(iam: t.Any, name: str, method: str, member: str, value: str) -> None:
    getattr(iam, method)(UserName=name, **{member: value})


@aws_find("delete the IAM user")
def _delete_user(iam: t.Any, name: str) -> None:
    iam.delete_user(UserName=name)


def find_user(iam: t.Any, name: str, region: str) -> dict[str, t.Any] | None:
    """Return the IAM user NAME; its member `ours` says whether this collection created it for an instance in the REGION. None if there is none."""
    user = _get_user(iam, name)
    if user is None:
        return None
    marks = [tag.get("Value") for tag in user.get("Tags", []) if tag["Key"] == MARK]
    return {"arn": user["Arn"], "ours": marks == [region]}


def check_ours(name: str, user: dict[str, t.Any] | None, arn: str) -> None:
    """Raise CodeDeployError if the IAM user NAME exists, but this collection did not create it, or not with ARN."""
    if user and not user["ours"]:
        raise CodeDeployError(
            f"iam_user: an IAM user named {name!r} already exists, and this module did not create it for an instance in this region. "
            "Set iam_user_arn to its ARN, or use another instance_name."
        )
    if user and user["arn"] != arn:
        raise CodeDeployError(
            f"iam_user.path: the IAM user already exists under a different path: {user['arn']}, expected {arn}"
        )


def check_new_user(iam: t.Any, name: str, region: str, arn: str) -> None:
    """Raise CodeDeployError if the IAM user NAME exists, and is not ours with ARN, or has an access key that may be in use."""
    user = find_user(iam, name, region)
    check_ours(name, user, arn)
    if user:
        _check_unused(iam, name)


def _check_unused(iam: t.Any, name: str) -> None:
    """Raise CodeDeployError if an access key of the IAM user NAME has ever been used. A key of a killed run has not: nobody knows its secret."""
    for key in _list_access_keys(iam, name):
        used = _last_use(iam, key)
        if used:
            raise CodeDeployError(
                f"iam_user: the IAM user {name!r} has the access key {key}, which was last used at {used} and may still be in use; "
                "delete the key, or remove the user with state=absent, and run this task again, or set iam_user_arn to use the user as it is"
            )


@contextlib.contextmanager
def new_user(iam: t.Any, name: str, options: UserOptions, account: Account) -> t.Iterator[Credentials]:
    """Create the IAM user NAME with an access key, and remove it again if the body of the context fails.

    Reuse a user that a killed run has left, with a new key: nobody knows the secret of the old one.
    """
    try:
        _create_user(iam, name, options.path, account.region)
    except CodeDeployError as error:
        user = find_user(iam, name, account.region) if error_code(error) == "EntityAlreadyExists" else None
        if not (user and user["ours"]):
            raise
        _check_unused(iam, name)
        _remove_belongings(iam, name)
    try:
        if options.buckets:
            _put_policy(iam, name, policy_document(account.partition, options.buckets))
        key = _new_access_key(iam, name)
        yield Credentials(account.user_arn(options.path, name), key["AccessKeyId"], key["SecretAccessKey"])
    except BaseException:
        remove_user(iam, name)
        raise


def _new_access_key(iam: t.Any, name: str, attempts: int = KEY_ATTEMPTS) -> dict[str, str]:
    """Return a new access key of the IAM user NAME, who has none before and only this one afterwards.

    A call whose response is lost has created a key too, whose secret nobody knows. botocore silently retries it, so the only
    sign are extra keys.
    """
    try:
        key = _create_access_key(iam, name)
    except CodeDeployError as error:
        if error_code(error) != "LimitExceeded" or attempts == 1:
            raise
        _remove_access_keys(iam, name)
        return _new_access_key(iam, name, attempts - 1)
    _remove_access_keys(iam, name, but=key["AccessKeyId"])
    return key


def _list_access_keys(iam: t.Any, name: str) -> list[str]:
    return [key["AccessKeyId"] for key in _list_belongings(iam, name, "list_access_keys", "AccessKeyMetadata")]


def _remove_access_keys(iam: t.Any, name: str, but: str = "") -> None:
    for key in _list_access_keys(iam, name):
        if key != but:
            _remove_belonging(iam, name, "delete_access_key", "AccessKeyId", key)


def _remove_belongings(iam: t.Any, name: str) -> None:
    for listing, answer, key, removal, member in BELONGINGS:
        for each in _list_belongings(iam, name, listing, answer):
            _remove_belonging(iam, name, removal, member, each[key] if key else each)


def remove_user(iam: t.Any, name: str) -> None:
    """Remove the IAM user NAME, which must be ours, with its keys, policies and memberships."""
    _remove_belongings(iam, name)
    _delete_user(iam, name)
