# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`revision` on the emulator: what is uploaded and registered, what is left alone, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import re
import typing as t
import zipfile

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.doc_fragments.source import ModuleDocFragment
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.options import SOURCE_ARGUMENTS
from ansible_collections.slipway.codedeploy.plugins.module_utils._run import shown
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import revision
from emulator import Emulator
from unit.scenarios import Connect, module_actions
from unit.trees import archive_of, make_tree

BUCKET = "releases"
APPSPEC = {
    "version": 0.0,
    "Resources": [
        {
            "web": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Name": "web", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"},
            }
        }
    ],
}
CONTENT = json.dumps(APPSPEC)
SHA256 = hashlib.sha256(CONTENT.encode()).hexdigest()


def options(**given: t.Any) -> dict[str, t.Any]:
    """The module's parameters as Ansible fills them in from its documentation."""
    documented = {
        **yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"],
        **yaml.safe_load(revision.DOCUMENTATION)["options"],
    }
    return {**{name: option.get("default") for name, option in documented.items()}, "application_name": "web", **given}


@pytest.fixture
def source(tmp_path: pathlib.Path, codedeploy: t.Any, emulator: Emulator) -> dict[str, t.Any]:
    """The options that name a source tree, on an account with the application and the bucket."""
    codedeploy.create_application(applicationName="web")
    codedeploy.create_application(applicationName="function", computePlatform="Lambda")
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    return {"source": str(make_tree(tmp_path / "app")), "s3_bucket": BUCKET, "s3_prefix": "/apps/"}


def registered(codedeploy: t.Any, application: str = "web") -> list[dict[str, t.Any]]:
    return t.cast(
        "list[dict[str, t.Any]]", codedeploy.list_application_revisions(applicationName=application)["revisions"]
    )


def check_life(connect: Connect, emulator: Emulator, given: dict[str, t.Any]) -> dict[str, t.Any]:
    """Check mode predicts and writes nothing, the task does what it predicted, a second run finds nothing to do. Returns the result."""
    emulator.calls.clear()
    predicted = revision.ensure(connect, options(**given), True)
    assert written(emulator) == []
    done = revision.ensure(connect, options(**given), False)
    same = ("changed", "registered", "diff", "bundle")
    assert {name: predicted.get(name) for name in same} == {name: done.get(name) for name in same}
    assert done["changed"] is done["registered"] is True
    assert done["diff"]["before"] != done["diff"]["after"]
    emulator.calls.clear()
    again = revision.ensure(connect, options(**given), False)
    assert again["changed"] is again["registered"] is False
    assert again["diff"]["before"] == again["diff"]["after"] == done["diff"]["after"]
    assert again["revision"] == done["revision"]
    assert written(emulator) == []
    return done


def written(emulator: Emulator) -> list[str]:
    return [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)]


def test_a_directory_becomes_a_registered_bundle(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    done = check_life(connect, emulator, source)
    digest = done["bundle"]["digest"]
    place = {"bucket": BUCKET, "key": f"apps/web/{digest}.zip", "bundleType": "zip"}
    found = emulator.client("s3").get_object(Bucket=BUCKET, Key=place["key"])
    assert found["Body"].read() == archive_of(pathlib.Path(source["source"]))
    assert found["Metadata"] == {"slipway-digest": digest}
    assert registered(codedeploy) == [{"revisionType": "S3", "s3Location": {**place, "eTag": found["ETag"].strip('"')}}]
    assert done["bundle"] == {
        "digest": digest,
        "bundle_type": "zip",
        "files": 3,
        "directories": 2,
        "links": 0,
        "size": 35,
        "largest": [
            {"path": "appspec.yml", "size": 23},
            {"path": "scripts/start.sh", "size": 10},
            {"path": "größe.txt", "size": 2},
        ],
        "uploaded": True,
    }


def test_an_unchanged_source_costs_three_reads(source: dict[str, t.Any], connect: Connect, emulator: Emulator) -> None:
    revision.ensure(connect, options(**source), False)
    emulator.calls.clear()
    again = revision.ensure(connect, options(**source), False)
    assert again["bundle"]["uploaded"] is False
    assert module_actions(emulator) == [
        "codedeploy:GetApplication",
        "s3:GetObject",
        "codedeploy:GetApplicationRevision",
    ]


@pytest.mark.parametrize("bundle_type", ["tar", "tgz"])
def test_other_formats(source: dict[str, t.Any], connect: Connect, emulator: Emulator, bundle_type: str) -> None:
    (pathlib.Path(source["source"]) / "link").symlink_to("scripts")
    done = check_life(connect, emulator, {**source, "bundle_type": bundle_type, "symlinks": "preserve"})
    place = done["revision"]["s3_location"]
    assert place["key"] == f"apps/web/{done['bundle']['digest']}.{place['bundle_type']}"
    assert done["bundle"]["links"] == 1


def test_what_stays_out_is_no_part_of_the_identity(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    done = check_life(connect, emulator, {**source, "exclude": ["*.log"]})
    (pathlib.Path(source["source"]) / "debug.log").write_text("noise")
    again = revision.ensure(connect, options(**source, exclude=["*.log"]), False)
    assert (again["changed"], again["revision"]) == (False, done["revision"])
    assert revision.ensure(connect, options(**source), True)["changed"] is True


def test_an_appspec_from_elsewhere_is_put_at_the_top(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "production.yml").write_text("version: 0.0\nos: linux\nfiles: []\n")
    done = check_life(connect, emulator, {**source, "appspec": str(tmp_path / "production.yml")})
    found = emulator.client("s3").get_object(Bucket=BUCKET, Key=done["revision"]["s3_location"]["key"])
    with zipfile.ZipFile(io.BytesIO(found["Body"].read())) as archive:
        assert archive.read("appspec.yml") == (tmp_path / "production.yml").read_bytes()
    inline = check_life(connect, emulator, {**source, "appspec": {"version": 0.0, "os": "linux"}})
    assert inline["bundle"]["digest"] != done["bundle"]["digest"]


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_a_ready_made_bundle_is_uploaded_as_it_is(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator, tmp_path: pathlib.Path, bundle_type: str
) -> None:
    (tmp_path / "bundle").write_bytes(archive_of(pathlib.Path(source["source"]), bundle_type))
    done = check_life(connect, emulator, {**source, "source": str(tmp_path / "bundle")})
    assert done["bundle"]["digest"] == hashlib.sha256((tmp_path / "bundle").read_bytes()).hexdigest()
    place = done["revision"]["s3_location"]
    assert place["bundle_type"] == bundle_type
    found = emulator.client("s3").get_object(Bucket=BUCKET, Key=place["key"])
    assert found["Body"].read() == (tmp_path / "bundle").read_bytes()


def test_a_bucket_with_versions_pins_the_version(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    s3 = emulator.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    place = check_life(connect, emulator, source)["revision"]["s3_location"]
    assert place["version"] == s3.head_object(Bucket=BUCKET, Key=place["key"])["VersionId"]


def test_an_object_that_is_not_ours_is_replaced(source: dict[str, t.Any], connect: Connect, emulator: Emulator) -> None:
    key = revision.ensure(connect, options(**source), True)["revision"]["s3_location"]["key"]
    emulator.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"something else")
    done = check_life(connect, emulator, source)
    assert done["bundle"]["uploaded"] is True
    body = emulator.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert body == archive_of(pathlib.Path(source["source"]))


def test_the_description_is_kept_up_to_date(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    check_life(connect, emulator, {**source, "description": "Build 814"})
    check_life(connect, emulator, {**source, "description": "Build 815"})
    assert revision.ensure(connect, options(**source), False)["changed"] is False
    (only,) = registered(codedeploy)
    info = codedeploy.get_application_revision(applicationName="web", revision=only)["revisionInfo"]
    assert info["description"] == "Build 815"


def one_of(place: str, **members: t.Any) -> dict[str, t.Any]:
    """The option `revision` as Ansible fills it in."""
    places = dict.fromkeys(("s3_location", "git_hub_location", "app_spec_content", "string"))
    return {"revision": {"revision_type": None, **places, place: members}}


def test_what_is_there_already_is_registered(
    source: dict[str, t.Any], connect: Connect, codedeploy: t.Any, emulator: Emulator
) -> None:
    emulator.client("s3").put_object(Bucket=BUCKET, Key="web.tgz", Body=b"x")
    place = {"bucket": BUCKET, "key": "web.tgz", "bundle_type": "tgz", "version": None, "e_tag": None}
    check_life(connect, emulator, one_of("s3_location", **place))
    commit = {"repository": "shop/web", "commit_id": "3f786850e387550fdab836ed7e6dc881de23001b"}
    done = check_life(connect, emulator, one_of("git_hub_location", **commit))
    assert done["revision"] == {"revision_type": "GitHub", "git_hub_location": commit}
    assert len(registered(codedeploy)) == 2
    assert "bundle" not in done
    assert source["s3_bucket"] == BUCKET


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(("place", "kind"), [("app_spec_content", "AppSpecContent"), ("string", "String")])
def test_the_content_of_an_appspec_is_registered_by_its_digest(
    connect: Connect, codedeploy: t.Any, emulator: Emulator, place: str, kind: str
) -> None:
    given = {"application_name": "function", **one_of(place, content=CONTENT, path=None, sha256=None)}
    done = check_life(connect, emulator, given)
    assert done["revision"] == {"revision_type": kind, place: {"content": CONTENT, "sha256": SHA256}}
    assert done["diff"]["after"]["revision"] == f"{kind} {SHA256}"
    (location,) = registered(codedeploy, "function")
    assert location["revisionType"] == kind
    by_digest = {"application_name": "function", **one_of(place, content=None, path=None, sha256=SHA256)}
    assert revision.ensure(connect, options(**by_digest), False)["changed"] is False


@pytest.mark.usefixtures("source")
def test_a_returned_revision_can_be_given_back(connect: Connect) -> None:
    given = {"application_name": "function", **one_of("app_spec_content", content=APPSPEC)}
    done = revision.ensure(connect, options(**given), False)
    back = {"application_name": "function", "revision": done["revision"]}
    again = revision.ensure(connect, options(**back), False)
    assert (again["changed"], again["revision"]) == (False, done["revision"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "no such"}, "application_name: 'no such' is not a valid name"),
        ({"application_name": "missing"}, "application_name: there is no application 'missing'"),
        ({"application_name": "function"}, "source: the application is of platform Lambda, which has no bundles"),
        ({"s3_bucket": "nobody-has-this"}, "s3_bucket: there is no bucket 'nobody-has-this'"),
        ({"description": "x" * 257}, "description: has 257 characters; at most 256 are allowed"),
        ({"source": "/nowhere"}, "source: '/nowhere' does not exist"),
        ({"source": "/dev/null"}, "source: '/dev/null' is not a directory"),
        ({"source": "/usr"}, "source: '/usr' has no appspec.yml at its top level"),
        ({"source": "/bin/true"}, "source: '/bin/true' is neither a directory nor a valid zip, tar or tgz file"),
        ({"appspec": "/nowhere"}, "appspec: '/nowhere' cannot be read"),
        ({"exclude": ["!"]}, "exclude: a pattern, '!', is not valid .gitignore syntax"),
        ({"compression": 11}, "compression: 11 is out of range; set 0 to 9"),
        (
            {"source": None, **one_of("app_spec_content", sha256=SHA256), "application_name": "function"},
            f"revision: AppSpecContent {SHA256} is not registered .*, and its content is missing; set content or path",
        ),
    ],
)
def test_what_cannot_work_is_named_and_nothing_is_written(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    for check_mode in (True, False):
        with pytest.raises((InvalidOption, CodeDeployError), match=message):
            revision.ensure(connect, options(**{**source, **given}), check_mode)
    assert written(emulator) == []


def test_a_missing_application_is_found_before_anything_is_packed(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    with pytest.raises(CodeDeployError, match="there is no application"):
        revision.ensure(connect, options(**source, application_name="missing"), False)
    assert module_actions(emulator) == ["codedeploy:GetApplication"]


def test_a_missing_source_is_found_before_anybody_is_asked(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    with pytest.raises(CodeDeployError, match="source: '/nowhere' does not exist"):
        revision.ensure(connect, options(**{**source, "source": "/nowhere"}), False)
    assert module_actions(emulator) == []


def test_the_largest_files_are_for_those_who_ask(source: dict[str, t.Any], connect: Connect) -> None:
    result = revision.ensure(connect, options(**source), True)
    assert "largest" not in shown(result, 0)["bundle"]
    assert shown(result, 1) == result
    assert shown({"changed": False}, 0) == {"changed": False}


def test_the_documented_options_are_those_that_are_taken() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert {name: rules.get("default") for name, rules in SOURCE_ARGUMENTS.items()} == {
        name: option.get("default") for name, option in documented.items()
    }


def test_the_documented_permissions_are_those_that_are_used(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    check_life(connect, emulator, source)
    pathlib.Path(source["source"], "more").touch()
    emulator.calls.clear()
    revision.ensure(connect, options(**source), False)
    revision.ensure(connect, options(**source), False)
    (note,) = [
        note for note in yaml.safe_load(revision.DOCUMENTATION)["notes"] if note.startswith("Required IAM permissions")
    ]
    without_keep = note.partition("with O(keep)")[0]
    assert set(module_actions(emulator)) == set(re.findall(r"C\((\w+:\w+)\)", without_keep))


def test_the_permissions_of_single_options_are_documented(
    source: dict[str, t.Any], connect: Connect, emulator: Emulator
) -> None:
    """What the emulator's record cannot tell by itself (PutObject with an ACL or tags) is left to the AWS service authorization reference."""
    s3 = emulator.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    key = revision.ensure(connect, options(**source), True)["revision"]["s3_location"]["key"]
    s3.create_multipart_upload(Bucket=BUCKET, Key=key)
    emulator.calls.clear()
    done = revision.ensure(connect, options(**source, abort_incomplete=True), False)
    place = {**done["revision"]["s3_location"], "key": f"{key}.copy"}
    place["version"] = s3.put_object(Bucket=BUCKET, Key=place["key"], Body=b"")["VersionId"]
    place.pop("e_tag")
    revision.ensure(connect, options(**one_of("s3_location", **place)), False)
    notes = " ".join(yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["notes"])
    extra = {"s3:ListBucketMultipartUploads", "s3:AbortMultipartUpload", "s3:GetObjectVersion"}
    assert extra <= set(module_actions(emulator))
    assert extra <= set(re.findall(r"C\((\w+:\w+)\)", notes))


@pytest.mark.usefixtures("source")
def test_an_appspec_that_the_service_would_refuse_is_refused_before_it_is_registered(
    connect: Connect, emulator: Emulator
) -> None:
    given = {"application_name": "function", **one_of("app_spec_content", content={"version": 0.0, "Resources": []})}
    with pytest.raises(CodeDeployError, match=r"The AppSpec has 1 error:\n.*Resources must be"):
        revision.ensure(connect, options(**given), False)
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []
