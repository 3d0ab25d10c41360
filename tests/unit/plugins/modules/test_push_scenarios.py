# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the AWS CLI's own tests demand of `aws deploy push` (aws-cli, tests/unit/customizations/codedeploy/test_push.py), held or bettered.

Each test names the scenario by its number there, in order, and says where ours is better.
"""

from __future__ import annotations

import io
import os
import pathlib
import re
import typing as t
import zipfile

import pytest
import yaml
from botocore.awsrequest import AWSResponse

from ansible_collections.slipway.codedeploy.plugins.doc_fragments.source import ModuleDocFragment
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.uploads import PART
from ansible_collections.slipway.codedeploy.plugins.module_utils._run import client_options, connections
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import revision
from emulator import Emulator
from unit.scenarios import Connect, module_actions
from unit.trees import make_tree

MEBIBYTE = 1 << 20


def options(**given: t.Any) -> dict[str, t.Any]:
    documented = {
        **yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"],
        **yaml.safe_load(revision.DOCUMENTATION)["options"],
    }
    return {**{name: option.get("default") for name, option in documented.items()}, "application_name": "web", **given}


@pytest.fixture
def source(tmp_path: pathlib.Path, codedeploy: t.Any, emulator: Emulator) -> dict[str, t.Any]:
    codedeploy.create_application(applicationName="web")
    emulator.client("s3").create_bucket(Bucket="releases")
    return {"source": str(make_tree(tmp_path / "app")), "s3_bucket": "releases"}


def push(connect: Connect, source: dict[str, t.Any], **given: t.Any) -> dict[str, t.Any]:
    return revision.ensure(connect, options(**source, **given), False)


def grow(source: dict[str, t.Any], size: int) -> None:
    """Let the bundle have about SIZE bytes."""
    pathlib.Path(source["source"], "data").write_bytes(os.urandom(size))


def operations(emulator: Emulator) -> list[str]:
    return [call.operation for call in emulator.calls if call.action.startswith("s3:")]


def test_1_and_4_bad_arguments_stop_before_any_client_is_made(source: dict[str, t.Any]) -> None:
    """Better: bucket and key are options of their own, so no URL can be malformed; what can be wrong is named."""

    def no_client(service: str) -> t.Any:
        raise AssertionError(f"a client of {service} was made")

    for given in ({"application_name": "not valid"}, {"compression": 10}, {"expected_bucket_owner": "me"}):
        with pytest.raises(InvalidOption, match=next(iter(given))):
            revision.ensure(no_client, options(**source, **given), False)


def test_2_two_clients_are_made_and_both_reach_what_they_are_told() -> None:
    """Better: the CLI's client of S3 ignores the endpoint and the certificate's check; ours takes them, or others of its own."""
    made = []

    class Module:
        params: t.ClassVar[dict[str, t.Any]] = {"s3_connection": {"region": "eu-west-1", "endpoint_url": "http://s3"}}

        def client(self, service: str, **extra: str) -> object:
            made.append((service, extra))
            return object()

    connect = connections(Module())
    assert connect("s3") is connect("s3")
    assert connect("codedeploy") is not connect("s3")
    assert made == [("s3", {"region": "eu-west-1", "endpoint": "http://s3"}), ("codedeploy", {})]
    assert client_options({}) == {}


def test_3_and_15_the_arguments_reach_the_registration(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any
) -> None:
    place = push(connect, source, description="Build 814")["revision"]["s3_location"]
    (location,) = codedeploy.list_application_revisions(applicationName="web")["revisions"]
    assert location == {
        "revisionType": "S3",
        "s3Location": {"bucket": "releases", "key": place["key"], "bundleType": "zip", "eTag": place["e_tag"]},
    }
    info = codedeploy.get_application_revision(applicationName="web", revision=location)["revisionInfo"]
    assert info["description"] == "Build 814"


def test_5_hidden_files_are_left_out_by_a_pattern(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    """Better: no two flags that exclude each other, but patterns for anything."""
    tree = pathlib.Path(source["source"])
    (tree / ".hidden").touch()
    (tree / ".config").mkdir()
    (tree / ".config" / "file").touch()
    assert {".hidden", ".config/", ".config/file"} < names(emulator, push(connect, source))
    assert not {".hidden", ".config/", ".config/file"} & names(emulator, push(connect, source, exclude=[".*"]))


def names(emulator: Emulator, result: dict[str, t.Any]) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(stored(emulator, result))) as archive:
        return set(archive.namelist())


def stored(emulator: Emulator, result: dict[str, t.Any]) -> bytes:
    key = result["revision"]["s3_location"]["key"]
    return t.cast("bytes", emulator.client("s3").get_object(Bucket="releases", Key=key)["Body"].read())


def test_6_there_is_no_description_that_differs_from_run_to_run(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any
) -> None:
    """Better: the CLI makes up a comment with the time in it; the service knows when a revision was registered anyway."""
    push(connect, source)
    (location,) = codedeploy.list_application_revisions(applicationName="web")["revisions"]
    info = codedeploy.get_application_revision(applicationName="web", revision=location)["revisionInfo"]
    assert "description" not in info
    assert info["registerTime"]


@pytest.fixture
def failing(connect: Connect) -> t.Iterator[list[str]]:
    """The S3 operations that the test names here are refused."""
    refused: list[str] = []

    def refuse(request: t.Any, event_name: str, **_rest: t.Any) -> AWSResponse | None:
        return AWSResponse(request.url, 403, {}, NoBody()) if event_name.rpartition(".")[2] in refused else None

    events = connect("s3").meta.events
    events.register("before-send.s3", refuse)
    yield refused
    events.unregister("before-send.s3", refuse)


class NoBody:
    def stream(self, **_options: t.Any) -> t.Iterator[bytes]:
        yield b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def test_7_an_upload_that_fails_is_an_error_and_registers_nothing(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any, failing: list[str]
) -> None:
    failing.append("PutObject")
    with pytest.raises(CodeDeployError, match="Failed to upload the bundle"):
        push(connect, source)
    assert codedeploy.list_application_revisions(applicationName="web")["revisions"] == []


def test_8_and_9_the_result_says_all_of_the_location_without_quotes(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    """Better: a mapping that the next task takes, instead of a text to be copied."""
    emulator.client("s3").put_bucket_versioning(Bucket="releases", VersioningConfiguration={"Status": "Enabled"})
    place = push(connect, source)["revision"]["s3_location"]
    found = emulator.client("s3").head_object(Bucket="releases", Key=place["key"])
    assert found["ETag"] == f'"{place["e_tag"]}"'
    assert found["VersionId"] == place["version"]


def test_10_no_appspec_is_an_error(source: dict[str, t.Any], connect: Connect, emulator: Emulator) -> None:
    """Better: before anything is read or archived, not after."""
    pathlib.Path(source["source"], "appspec.yml").unlink()
    pathlib.Path(source["source"], "broken").symlink_to("nowhere")
    with pytest.raises(CodeDeployError, match=r"source: .* has no appspec\.yml at its top level"):
        push(connect, source)
    assert operations(emulator) == ["CreateBucket"]


def test_11_members_are_named_from_the_tree_and_compressed(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    """Better: sorted, with empty directories, and only what gains by it is compressed. That zip64 is used: see test_giant_bundles.py."""
    pathlib.Path(source["source"], "text").write_text("text " * 1000)
    with zipfile.ZipFile(io.BytesIO(stored(emulator, push(connect, source)))) as archive:
        assert archive.namelist() == [
            "appspec.yml", "empty/", "größe.txt", "scripts/", "scripts/start.sh", "text",
        ]  # fmt: skip
        assert archive.getinfo("text").compress_type == zipfile.ZIP_DEFLATED


def test_12_five_mebibytes_are_put_at_once(source: dict[str, t.Any], connect: Connect, emulator: Emulator) -> None:
    grow(source, 5 * MEBIBYTE)
    push(connect, source)
    assert [name for name in operations(emulator) if re.search("Put|Upload|Part", name)] == ["PutObject"]


def test_13_more_goes_in_parts(source: dict[str, t.Any], connect: Connect, emulator: Emulator) -> None:
    """Better: in parallel. The limit is 8 MiB, not 6: up to there one call is faster than three."""
    grow(source, PART)
    result = push(connect, source)
    wanted = ["CreateMultipartUpload", "UploadPart", "UploadPart", "CompleteMultipartUpload"]
    assert [name for name in operations(emulator) if re.search("Put|Upload|Part", name)] == wanted
    assert len(stored(emulator, result)) > PART


@pytest.mark.parametrize("operation", ["UploadPart", "CompleteMultipartUpload"])
def test_14_a_part_that_fails_ends_the_upload_and_leaves_nothing(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator, failing: list[str], operation: str
) -> None:
    """Better: whatever the reason (see test_uploads.py), and not only for an error that S3 answers."""
    grow(source, PART)
    failing.append(operation)
    with pytest.raises(CodeDeployError, match=r"part of the bundle|complete the upload"):
        push(connect, source)
    assert operations(emulator)[-1] == "AbortMultipartUpload"
    assert "Uploads" not in emulator.client("s3").list_multipart_uploads(Bucket="releases")
    failing.clear()
    assert push(connect, source)["bundle"]["uploaded"] is True
    assert module_actions(emulator)[-1] == "codedeploy:RegisterApplicationRevision"
