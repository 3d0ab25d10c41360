# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which bundles go, and that no other ever does."""

from __future__ import annotations

import datetime
import typing as t

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.retention import (
    StoredBundle,
    expired_bundles,
    find_expired,
    remove_bundles,
    surplus_bundles,
)
from emulator import Emulator
from unit.deployments import LiveStage
from unit.scenarios import Connect, module_actions

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
LATER = NOON + datetime.timedelta(days=30)
FAILING = {"host": {"AfterInstall": 1}}


def bundle_key(number: int, folder: str = "apps/shop", bundle_type: str = "zip") -> str:
    return f"{folder}/{number:064x}.{bundle_type}"


def stored(*numbers: int) -> list[StoredBundle]:
    """Bundles, each stored an hour after the one before."""
    return [StoredBundle(bundle_key(number), NOON + datetime.timedelta(hours=at)) for at, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("bundles", "current", "keep", "used", "expected"),
    [
        pytest.param([], 9, 1, [], [], id="nothing is stored yet"),
        pytest.param([9], 9, 1, [], [], id="the current one stays"),
        pytest.param([1, 2, 3], 9, 1, [], [1, 2, 3], id="one that is to be stored counts"),
        pytest.param([1, 2, 3], 9, 3, [], [1], id="the oldest goes"),
        pytest.param([3, 2, 1], 9, 2, [], [3, 2], id="time decides, not the key"),
        pytest.param([9, 1, 2], 9, 2, [], [1], id="the current one is the newest, whenever it was stored"),
        pytest.param([1, 2, 3], 9, 4, [], [], id="as many as are to stay"),
        pytest.param([1, 2, 3], 9, 50, [], [], id="fewer than are to stay"),
        pytest.param([1, 2, 3, 4], 9, 2, [1, 3], [2], id="what is used stays, beside the newest"),
        pytest.param([1, 2, 3], 9, 2, [9], [1, 2], id="the current one may be used"),
    ],
)
def test_the_newest_and_the_used_stay(
    bundles: list[int], current: int, keep: int, used: list[int], expected: list[int]
) -> None:
    surplus = surplus_bundles(stored(*bundles), bundle_key(current), keep)
    found = expired_bundles(surplus, {bundle_key(number) for number in used}, LATER)
    assert found == ([bundle_key(number) for number in expected], 0)


@pytest.mark.parametrize(
    ("hours", "keep", "used", "expected", "spared"),
    [
        pytest.param(9, 1, [], [1, 2, 3, 4], 0, id="all are old"),
        pytest.param(2, 1, [], [1, 2], 2, id="stored since then"),
        pytest.param(2, 3, [], [1, 2], 0, id="only what would go is spared"),
        pytest.param(2, 1, [3], [1, 2], 1, id="what is used stays anyway"),
        pytest.param(0, 1, [], [], 4, id="all are young"),
    ],
)
def test_what_was_stored_a_short_while_ago_is_spared(
    hours: int, keep: int, used: list[int], expected: list[int], spared: int
) -> None:
    in_use, since = {bundle_key(number) for number in used}, NOON + datetime.timedelta(hours=hours)
    found = expired_bundles(surplus_bundles(stored(1, 2, 3, 4), bundle_key(9), keep), in_use, since)
    assert found == ([bundle_key(number) for number in expected], spared)


@pytest.mark.parametrize(
    "key",
    [
        "apps/shop/notes.txt",
        "apps/shop/1.4.2.zip",
        bundle_key(1, bundle_type="jar"),
        bundle_key(1, bundle_type="zip.bak"),
        bundle_key(1, folder="apps/shop/old"),
        bundle_key(1, folder="apps/shop-2"),
        bundle_key(1, folder="apps"),
        f"apps/shop/{1:063x}.zip",
        f"apps/shop/{'F' * 64}.zip",
        f"apps/shop/{1:064x}.zip\n",
        f"apps/shop/x{1:064x}.zip",
    ],
)
def test_what_does_not_look_like_a_bundle_of_ours_stays(key: str) -> None:
    assert surplus_bundles([StoredBundle(key, NOON)], bundle_key(9), 1) == []


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_bundles_of_every_type_go(bundle_type: str) -> None:
    old = StoredBundle(bundle_key(1, bundle_type=bundle_type), NOON)
    assert surplus_bundles([old], bundle_key(9), 1) == [old]


def test_bundles_of_the_same_moment_go_in_the_order_of_their_keys() -> None:
    same = [StoredBundle(bundle_key(number), NOON) for number in (3, 1, 2)]
    found = surplus_bundles(same, bundle_key(9), 2)
    assert [bundle.key for bundle in found] == [bundle_key(1), bundle_key(2)]


@given(st.lists(st.integers(0, 20), unique=True), st.integers(0, 20), st.integers(1, 25), st.sets(st.integers(0, 20)))
def test_the_current_the_used_and_the_newest_stay_and_all_else_goes(
    numbers: list[int], current: int, keep: int, used: set[int]
) -> None:
    in_use = {bundle_key(number) for number in used}
    gone = expired_bundles(surplus_bundles(stored(*numbers), bundle_key(current), keep), in_use, LATER).keys
    by_age = [number for number in numbers if number != current] + [current]
    staying = {*by_age[-keep:], *used}
    assert gone == [bundle_key(number) for number in by_age if number not in staying]


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    """The application `shop` with a group, a host and six bundles, of which the key says how old it is."""
    stage = LiveStage(emulator)
    stage.set_up("host")
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="bundles")
    for number in range(1, 7):
        s3.put_object(Bucket="bundles", Key=bundle_key(number), Body=b"")
    s3.put_object(Bucket="bundles", Key="apps/shop/notes.txt", Body=b"")
    s3.put_object(Bucket="bundles", Key=bundle_key(1, folder="apps/shop/old"), Body=b"")
    s3.put_object(Bucket="bundles", Key=bundle_key(1, folder="apps/other"), Body=b"")
    return stage


def options(**given: t.Any) -> dict[str, t.Any]:
    names = {"application_name": "shop", "s3_bucket": "bundles"}
    return {**names, "expected_bucket_owner": None, "keep": None, "keep_younger_than": 0, **given}


def current(number: int = 6) -> dict[str, t.Any]:
    place = {"bucket": "bundles", "key": bundle_key(number), "bundle_type": "zip"}
    return {"revision_type": "S3", "s3_location": place}


def objects(emulator: Emulator) -> set[str]:
    return {found["Key"] for found in emulator.client("s3").list_objects_v2(Bucket="bundles")["Contents"]}


def test_target_last_successful_and_last_attempted_revisions_are_never_removed(
    stage: LiveStage, connect: Connect, emulator: Emulator
) -> None:
    stage.create_group("canary")
    stage.deploy(bundle_key(1))
    stage.deploy(bundle_key(2), group="canary")
    stage.deploy(bundle_key(3), FAILING, group="canary")
    before = objects(emulator)
    expired = find_expired(connect, options(keep=2), current()).keys
    assert expired == [bundle_key(4)]
    assert objects(emulator) == before
    assert remove_bundles(connect, options(), expired) == expired
    assert objects(emulator) == before - {bundle_key(4)}


def test_a_bundle_whose_deployment_is_in_flight_is_used(stage: LiveStage, connect: Connect) -> None:
    stage.create_deployment(bundle_key(1))
    assert find_expired(connect, options(keep=5), current()).keys == []


def test_what_a_group_has_come_to_use_meanwhile_is_not_removed(
    stage: LiveStage, connect: Connect, emulator: Emulator
) -> None:
    expired = find_expired(connect, options(keep=4), current()).keys
    assert expired == [bundle_key(1), bundle_key(2)]
    stage.create_deployment(bundle_key(1))
    assert remove_bundles(connect, options(), expired) == [bundle_key(2)]
    assert bundle_key(1) in objects(emulator)


def test_a_revision_in_another_bucket_protects_nothing_here(stage: LiveStage, connect: Connect) -> None:
    stage.codedeploy.create_deployment(
        applicationName="shop",
        deploymentGroupName="web",
        revision={
            "revisionType": "S3",
            "s3Location": {"bucket": "elsewhere", "key": bundle_key(1), "bundleType": "zip"},
        },
    )
    assert find_expired(connect, options(keep=5), current()).keys == [bundle_key(1)]


@pytest.mark.usefixtures("stage")
def test_more_bundles_than_a_page_and_a_call_hold_go_in_bounded_calls(connect: Connect, emulator: Emulator) -> None:
    for number in range(7, 1008):  # not one by one through the API, which takes seconds
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("bundles", bundle_key(number), b"")
    emulator.calls.clear()
    expired = find_expired(connect, options(keep=1), current(1007)).keys
    assert expired == [bundle_key(number) for number in range(1, 1007)]
    remove_bundles(connect, options(), expired)
    assert len(objects(emulator)) == 4
    actions = module_actions(emulator)
    assert [action for action in actions if action.startswith("s3:")] == [
        "s3:ListBucket", "s3:ListBucket", "s3:DeleteObject", "s3:DeleteObject",
    ]  # fmt: skip


@pytest.mark.usefixtures("stage")
def test_nothing_expired_costs_no_further_call(connect: Connect, emulator: Emulator) -> None:
    assert remove_bundles(connect, options(), []) == []
    assert module_actions(emulator) == []


@pytest.fixture
def refusing() -> t.Iterator[tuple[Connect, Stubber]]:
    """Clients of an application without groups, of which S3's answers are dictated by a test."""
    clients = {
        name: boto3.client(name, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        for name in ("codedeploy", "s3")
    }
    with Stubber(clients["codedeploy"]) as codedeploy, Stubber(clients["s3"]) as s3:
        codedeploy.add_response("list_deployment_groups", {"applicationName": "shop", "deploymentGroups": []})
        yield clients.__getitem__, s3


def test_the_account_that_must_own_the_bucket_is_told_to_s3(refusing: tuple[Connect, Stubber]) -> None:
    connect, s3 = refusing
    place = {"Bucket": "bundles", "ExpectedBucketOwner": "123456789012"}
    s3.add_response("list_objects_v2", {}, {**place, "Prefix": "apps/shop/", "Delimiter": "/"})
    assert find_expired(connect, options(keep=1, expected_bucket_owner="123456789012"), current()).keys == []


def test_bundles_that_s3_does_not_remove_are_an_error(refusing: tuple[Connect, Stubber]) -> None:
    connect, s3 = refusing
    s3.add_response(
        "delete_objects",
        {"Errors": [{"Key": bundle_key(1), "Code": "AccessDenied", "Message": "Access Denied"}]},
        {
            "Bucket": "bundles",
            "ExpectedBucketOwner": "123456789012",
            "Delete": {"Objects": [{"Key": bundle_key(1)}, {"Key": bundle_key(2)}], "Quiet": True},
        },
    )
    with pytest.raises(
        CodeDeployError, match=r"keep: 1 expired bundles in s3://bundles could not be removed.*AccessDenied"
    ):
        remove_bundles(connect, options(expected_bucket_owner="123456789012"), [bundle_key(1), bundle_key(2)])


def test_a_deployment_that_cannot_be_read_removes_nothing(refusing: tuple[Connect, Stubber]) -> None:
    connect, _s3 = refusing
    clients = boto3.client("codedeploy", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(clients) as codedeploy:
        codedeploy.add_response("list_deployment_groups", {"deploymentGroups": ["web"]})
        last = {"deploymentId": "d-GONE00000", "status": "Succeeded"}
        group = {"deploymentGroupName": "web", "computePlatform": "Server"}
        group |= {"lastSuccessfulDeployment": last, "lastAttemptedDeployment": last}
        codedeploy.add_response("batch_get_deployment_groups", {"deploymentGroupsInfo": [group]})
        codedeploy.add_response("batch_get_deployments", {"deploymentsInfo": []})
        both = {"codedeploy": clients, "s3": connect("s3")}
        with pytest.raises(CodeDeployError, match=r"Failed to find the revisions that .* uses: .* d-GONE00000"):
            remove_bundles(both.__getitem__, options(), [bundle_key(1)])
