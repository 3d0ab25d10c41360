# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DownloadBundle: gets a revision onto the host and unpacks it (observed with host agent 1.8.1)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .archive import unpack
from .config import AgentConfig
from .identity import Identity
from .layout import Deployed
from .specification import GitHubRevision, LocalRevision, Revision, S3Revision
from .wire import proxies, trusted_certificates


class DownloadError(Exception):
    """The revision could not be had; the message says from where."""


def download_revision(revision: Revision, deployed: Deployed, config: AgentConfig, identity: Identity) -> None:
    """Leaves the unpacked revision in `deployed.archive`; DownloadError or ArchiveError if that is not possible."""
    if isinstance(revision, GitHubRevision):
        raise DownloadError("GitHub revisions are not available in the stand-in agent; use an S3 revision")
    if isinstance(revision, LocalRevision) and revision.bundle_type == "directory":
        _copy_directory(revision, deployed.archive)
        return
    if isinstance(revision, LocalRevision):
        _copy_bundle(revision, deployed.bundle)
    else:
        _download_from_s3(revision, deployed.bundle, config, identity)
    unpack(deployed.bundle, revision.bundle_type, deployed.archive)


def _copy_directory(revision: LocalRevision, archive: Path) -> None:
    if archive.exists():
        shutil.rmtree(archive)
    try:
        shutil.copytree(revision.location, archive, symlinks=True)
    except (OSError, shutil.Error) as error:
        raise DownloadError(f"{revision.location} cannot be copied: {error}") from error


def _copy_bundle(revision: LocalRevision, bundle: Path) -> None:
    try:
        shutil.copyfile(revision.location, bundle)
    except OSError as error:
        raise DownloadError(f"{revision.location} cannot be copied: {error}") from error


def _download_from_s3(revision: S3Revision, bundle: Path, config: AgentConfig, identity: Identity) -> None:
    if config.s3_endpoint_override is None:
        raise DownloadError(":s3_endpoint_override: is not set, and the stand-in agent never calls the real S3")
    credentials = identity.credentials().get_frozen_credentials()
    client: Any = botocore.session.Session().create_client(
        "s3",
        region_name=identity.region,
        endpoint_url=config.s3_endpoint_override,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        verify=trusted_certificates(),
        config=Config(s3={"addressing_style": "path"}, proxies=proxies(config)),
    )
    version = {"VersionId": revision.version} if revision.version else {}
    try:
        answer = client.get_object(Bucket=revision.bucket, Key=revision.key, **version)
        with bundle.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(1 << 20):
                file.write(chunk)
    except (BotoCoreError, ClientError) as error:
        raise DownloadError(f"s3://{revision.bucket}/{revision.key} cannot be downloaded: {error}") from error
    etag = answer["ETag"]
    if revision.etag and revision.etag.strip('"') != etag.strip('"'):
        raise DownloadError(f"Expected deployment artifact bundle etag {revision.etag} but was actually {etag}")
