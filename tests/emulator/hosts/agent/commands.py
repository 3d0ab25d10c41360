# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host does for each command name: DownloadBundle, Install and the hook events."""

from __future__ import annotations

import threading

from .appspec import AppSpec
from .config import AgentConfig
from .download import download_revision
from .hooks import HOOK_EVENTS, hook_environment, read_appspec, run_hook, scripts_for_event
from .identity import Identity
from .install import install
from .layout import Deployed, Layout
from .specification import Specification


class UnknownCommand(Exception):
    """The service sent a command that no host agent knows."""


class Commands:
    """The commands of one host. Whatever exception leaves `is_noop` or `run`, the command has failed."""

    def __init__(self, config: AgentConfig, identity: Identity, layout: Layout) -> None:
        self._config, self._identity, self._layout = config, identity, layout

    def is_noop(self, name: str, specification: Specification) -> bool:
        """Whether there is nothing to do; parses the AppSpec that it depends on, and so fails for a broken one."""
        if name in ("DownloadBundle", "Install"):
            return False
        if name not in HOOK_EVENTS:
            return True
        _archive, scripts = scripts_for_event(name, specification, self._layout)
        return not scripts

    def run(self, name: str, specification: Specification, stopping: threading.Event) -> None:
        """Carries the command out; raises AgentStopping if `stopping` is set while a script runs."""
        current = self._layout.deployed(specification.deployment_group_id, specification.deployment_id)
        current.directory.mkdir(parents=True, exist_ok=True)
        if name == "DownloadBundle":
            self._download(specification, current)
        elif name == "Install":
            self._install(specification, current)
        elif name in HOOK_EVENTS:
            self._run_hook(name, specification, stopping)
        else:
            raise UnknownCommand(f"Unsupported command type: {name}.")

    def _download(self, specification: Specification, current: Deployed) -> None:
        group = specification.deployment_group_id
        self._layout.discard_old(group, current, self._config.max_revisions)
        download_revision(specification.revision, current, self._config, self._identity)
        self._layout.point_most_recent(group, current)

    def _install(self, specification: Specification, current: Deployed) -> None:
        install(
            _appspec_to_install(specification, current),
            current.archive,
            specification.deployment_group_id,
            self._layout,
            self._config.host_root,
            specification.file_exists_behavior,
        )
        self._layout.point_last_successful(specification.deployment_group_id, current)

    def _run_hook(self, event: str, specification: Specification, stopping: threading.Event) -> None:
        environment = hook_environment(event, specification, self._identity.environment, self._config.host_root)
        deployments_log = self._layout.deployments_log if self._config.enable_deployments_log else None
        run_hook(event, specification, self._layout, environment, deployments_log, stopping)


def _appspec_to_install(specification: Specification, current: Deployed) -> AppSpec:
    """Install alone also takes `appspec.yaml` where the named file is missing (observed with host agent 1.8.1)."""
    named = specification.appspec_filename
    has_named = (current.archive / named).exists()
    return read_appspec(current.archive, named if has_named else "appspec.yaml")
