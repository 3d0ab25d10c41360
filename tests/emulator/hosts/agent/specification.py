# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment specification: what the command service says about one deployment (observed with host agent 1.8.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .pkcs7 import InvalidMessage, content_from_signed

if TYPE_CHECKING:
    from typing import TypeAlias

_BUNDLE_TYPES = ("tar", "tgz", "zip")


class SpecificationError(Exception):
    """The specification cannot be used; the message names the field."""


@dataclass(frozen=True)
class S3Revision:
    """A bundle in S3; `version` and `etag` only if the service knows them."""

    bucket: str
    key: str
    bundle_type: str
    version: str | None
    etag: str | None


@dataclass(frozen=True)
class GitHubRevision:
    """A commit on GitHub."""

    account: str
    repository: str
    commit_id: str


@dataclass(frozen=True)
class LocalRevision:
    """A bundle or, with `bundle_type` directory, a tree on the host itself."""

    location: str
    bundle_type: str


Revision: TypeAlias = "S3Revision | GitHubRevision | LocalRevision"


@dataclass(frozen=True)
class Specification:
    """One deployment to one group; both ids are single names, fit for a directory."""

    deployment_id: str
    deployment_group_id: str
    deployment_group_name: str
    application_name: str
    deployment_creator: str
    deployment_type: str
    appspec_filename: str
    file_exists_behavior: str
    revision: Revision

    @property
    def is_blue_green_rollback(self) -> bool:
        return self.deployment_creator == "codeDeployRollback" and self.deployment_type == "BLUE_GREEN"


def specification_from_envelope(envelope: Mapping[str, Any]) -> Specification:
    """The specification in a GenericEnvelope {Format, Payload}; TEXT/JSON is refused, as host agents in service do."""
    if envelope.get("Format") != "PKCS7/JSON":
        raise SpecificationError(f"Unsupported DeploymentSpecification format: {envelope.get('Format')}")
    try:
        fields = json.loads(content_from_signed(str(envelope.get("Payload"))))
    except InvalidMessage as error:
        raise SpecificationError(f"Validation of PKCS7 signed message failed: {error}") from error
    except ValueError as error:
        raise SpecificationError(f"The deployment specification is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise SpecificationError("The deployment specification is not a JSON object")
    return _specification(fields)


def _specification(fields: Mapping[str, Any]) -> Specification:
    for name in ("DeploymentId", "DeploymentGroupId", "DeploymentGroupName", "ApplicationName"):
        if not fields.get(name):
            raise SpecificationError(f"Deployment Spec has no {name}")
    overrides = (fields.get("AgentActionOverrides") or {}).get("AgentOverrides") or {}
    return Specification(
        deployment_id=_directory_name("DeploymentId", re.sub("^arn:.*?:deployment/", "", fields["DeploymentId"])),
        deployment_group_id=_directory_name("DeploymentGroupId", fields["DeploymentGroupId"]),
        deployment_group_name=fields["DeploymentGroupName"],
        application_name=fields["ApplicationName"],
        deployment_creator=fields.get("DeploymentCreator") or "user",
        deployment_type=fields.get("DeploymentType") or "IN_PLACE",
        appspec_filename=fields.get("AppSpecFilename") or "appspec.yml",
        file_exists_behavior=(overrides.get("FileExistsBehavior") or "DISALLOW").upper(),
        revision=_revision(fields.get("Revision") or {}),
    )


def _directory_name(field: str, value: str) -> str:
    if "/" in value or "\0" in value or value in (".", ".."):
        raise SpecificationError(f"{field} {value!r} cannot be the name of a directory")
    return value


def _revision(fields: Mapping[str, Any]) -> Revision:
    source = fields.get("RevisionType")
    if source == "S3":
        revision = _members(fields, "S3Revision", ("Bucket", "Key", "BundleType"))
        bundle_type = _one_of("S3Revision", revision["BundleType"], _BUNDLE_TYPES)
        return S3Revision(
            revision["Bucket"], revision["Key"], bundle_type, revision.get("Version"), revision.get("ETag")
        )
    if source == "GitHub":
        revision = _members(fields, "GitHubRevision", ("Account", "Repository", "CommitId"))
        return GitHubRevision(revision["Account"], revision["Repository"], revision["CommitId"])
    if source in ("Local File", "Local Directory"):
        revision = _members(fields, "LocalRevision", ("Location", "BundleType"))
        bundle_type = _one_of("LocalRevision", revision["BundleType"], (*_BUNDLE_TYPES, "directory"))
        return LocalRevision(revision["Location"], bundle_type)
    raise SpecificationError(f"RevisionType is {source!r}; S3, GitHub, Local File or Local Directory is expected")


def _members(fields: Mapping[str, Any], name: str, required: tuple[str, ...]) -> Mapping[str, Any]:
    members: Mapping[str, Any] = fields.get(name) or {}
    if any(not members.get(member) for member in required):
        raise SpecificationError(f"{name} in Deployment Spec must specify {', '.join(required)}")
    return members


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise SpecificationError(f"BundleType in {name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value
