# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hook events: from which revision an event's scripts come, and running them (observed with host agent 1.8.1).

AWS user guide, reference-appspec-file-structure-hooks: ApplicationStop and the two BlockTraffic events run the previous revision's scripts.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from .appspec import AppSpec, AppSpecError, Script, appspec_from_text
from .containment import OutsideError, confined, joined
from .layout import Deployed, Layout
from .scripts import ScriptLog, run_script
from .specification import GitHubRevision, S3Revision, Specification

HOOK_EVENTS = (
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "BeforeInstall",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)
_FROM_LAST_SUCCESSFUL = ("BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop")
_FROM_LAST_SUCCESSFUL_IN_ROLLBACK = ("ApplicationStop", "BeforeAllowTraffic", "AfterAllowTraffic")
_FROM_MOST_RECENT_IN_ROLLBACK = ("BeforeBlockTraffic", "AfterBlockTraffic")


def scripts_for_event(
    event: str, specification: Specification, layout: Layout
) -> tuple[Path | None, tuple[Script, ...]]:
    """The archive that the event's scripts come from, and the scripts; no archive if the group has no earlier revision.

    Raises AppSpecError if that archive's AppSpec is missing or refused.
    """
    source = _source(event, specification, layout)
    if source is None:
        return None, ()
    appspec = read_appspec(source.archive, specification.appspec_filename)
    return source.archive, appspec.hooks.get(event, ())


def _source(event: str, specification: Specification, layout: Layout) -> Deployed | None:
    group = specification.deployment_group_id
    current = layout.deployed(group, specification.deployment_id)
    rollback = specification.is_blue_green_rollback
    if current.archive.exists():
        return current
    if event in (_FROM_LAST_SUCCESSFUL_IN_ROLLBACK if rollback else _FROM_LAST_SUCCESSFUL):
        return layout.last_successful(group)
    if rollback and event in _FROM_MOST_RECENT_IN_ROLLBACK:
        return layout.most_recent(group)
    return current


def read_appspec(archive: Path, name: str) -> AppSpec:
    """The AppSpec called `name` in an unpacked revision; AppSpecError if it is not there or refused."""
    try:
        text = confined(archive, joined(archive, name)).read_text(encoding="utf-8")
    except OutsideError as error:
        raise AppSpecError(f"The AppSpec file must be in the revision: {error}") from error
    except UnicodeDecodeError as error:
        raise AppSpecError(f"The AppSpec file {name} is not UTF-8: {error}") from error
    except OSError as error:
        raise AppSpecError(
            "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at "
            f'revision-relative path "{name}". The revision was unpacked to directory "{archive}".'
        ) from error
    return appspec_from_text(text)


def run_hook(
    event: str,
    specification: Specification,
    layout: Layout,
    environment: Mapping[str, str],
    deployments_log: Path | None,
    stopping: threading.Event,
) -> None:
    """Runs the event's scripts one after the other; raises AppSpecError, ScriptFailure or AgentStopping."""
    archive, scripts = scripts_for_event(event, specification, layout)
    if archive is None or not scripts:
        return
    current = layout.deployed(specification.deployment_group_id, specification.deployment_id)
    log = ScriptLog(specification.deployment_id, current.scripts_log, deployments_log)
    log.add(f"LifecycleEvent - {event}\n")
    for script in scripts:
        run_script(script, archive, environment, log, stopping)


def hook_environment(
    event: str, specification: Specification, agents_own: Mapping[str, str], host_root: Path
) -> dict[str, str]:
    """The agent's own environment with what CodeDeploy tells every hook; HOST_ROOT is empty on a host whose root is `/`."""
    return {
        **agents_own,
        "LIFECYCLE_EVENT": event,
        "DEPLOYMENT_ID": specification.deployment_id,
        "APPLICATION_NAME": specification.application_name,
        "DEPLOYMENT_GROUP_NAME": specification.deployment_group_name,
        "DEPLOYMENT_GROUP_ID": specification.deployment_group_id,
        "HOST_ROOT": "" if host_root == Path("/") else str(host_root),
        **_revision_environment(specification),
    }


def _revision_environment(specification: Specification) -> dict[str, str]:
    revision = specification.revision
    if isinstance(revision, S3Revision):
        known = {
            "BUNDLE_BUCKET": revision.bucket,
            "BUNDLE_KEY": revision.key,
            "BUNDLE_VERSION": revision.version,
            "BUNDLE_ETAG": revision.etag,
        }
        return {name: value for name, value in known.items() if value is not None}
    return {"BUNDLE_COMMIT": revision.commit_id} if isinstance(revision, GitHubRevision) else {}
