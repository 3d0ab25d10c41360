# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed in the middle of an upload does no harm, and the next one mends it."""

from __future__ import annotations

import io
import os
import pathlib
import random
import subprocess
import sys
import typing as t
import zipfile

import pytest

from emulator import Emulator
from unit.trees import make_tree

KILLS = 10
PARTS = 6
LIMIT = 60.0
BUCKET = "releases"

# Uploads the tree in small parts; stops before the part that it is told, and waits there to be killed.
UPLOAD = r"""
import json, os, sys, time
import boto3
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases import uploads
from ansible_collections.slipway.codedeploy.plugins.modules import revision

source, abort, stop_before = sys.argv[1:]
uploads.PART = 5 << 20

def stop(params, **_rest):
    if params["query_string"]["partNumber"] >= int(stop_before):
        os.write(1, b"stopped\n")
        time.sleep(3600)

def connect(service, config=None):
    client = boto3.client(service, config=config)
    client.meta.events.register("before-call.s3.UploadPart", stop)
    return client

options = {"source": source, "s3_bucket": "releases", "abort_incomplete": abort == "yes"}
others = dict.fromkeys(("description", "keep"))
print(json.dumps(revision.ensure(connect, {"application_name": "web", **others, **options}, False)))
"""


@pytest.fixture
def tree(tmp_path: pathlib.Path, codedeploy: t.Any, emulator: Emulator) -> pathlib.Path:
    codedeploy.create_application(applicationName="web")
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    make_tree(tmp_path / "app")
    (tmp_path / "app" / "data").write_bytes(os.urandom((PARTS * 5 - 2) << 20))
    return tmp_path / "app"


def start(emulator: Emulator, tree: pathlib.Path, abort: str, stop_before: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UPLOAD, str(tree), abort, str(stop_before)],
        env={**os.environ, **emulator.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_before_part(emulator: Emulator, tree: pathlib.Path, number: int) -> None:
    """Start an upload and kill it when it wants to send part NUMBER, wherever the parts before are on their way."""
    run = start(emulator, tree, "no", number)
    try:
        assert t.cast("t.IO[str]", run.stdout).readline() == "stopped\n"
    finally:
        run.kill()
        run.communicate()


def test_ten_killed_uploads_and_then_a_whole_one(emulator: Emulator, tree: pathlib.Path, codedeploy: t.Any) -> None:
    s3 = emulator.client("s3")
    for _again in range(KILLS):
        kill_before_part(emulator, tree, random.randint(1, PARTS))
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == KILLS
    assert codedeploy.list_application_revisions(applicationName="web")["revisions"] == []

    run = start(emulator, tree, "yes", PARTS + 1)
    output, _nothing = run.communicate(timeout=LIMIT)
    assert run.returncode == 0, output
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    (stored,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    found = s3.get_object(Bucket=BUCKET, Key=stored["Key"])
    assert stored["Key"] == f"web/{found['Metadata']['slipway-digest']}.zip"
    with zipfile.ZipFile(io.BytesIO(found["Body"].read())) as archive:
        assert archive.testzip() is None
        assert archive.read("data") == (tree / "data").read_bytes()
    assert len(codedeploy.list_application_revisions(applicationName="web")["revisions"]) == 1
