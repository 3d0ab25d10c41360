# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies where below root_dir, and how long it stays (observed with host agent 1.8.1)."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

_STALE_AFTER = 24 * 60 * 60


@dataclass(frozen=True)
class Deployed:
    """One deployment's own directory."""

    directory: Path

    @property
    def bundle(self) -> Path:
        """The bundle as downloaded, by this name whatever its type."""
        return self.directory / "bundle.tar"

    @property
    def archive(self) -> Path:
        """The unpacked revision."""
        return self.directory / "deployment-archive"

    @property
    def scripts_log(self) -> Path:
        return self.directory / "logs" / "scripts.log"


@dataclass(frozen=True)
class Layout:
    """The directories and files of one agent; `group` is a deployment group's id everywhere."""

    root_dir: Path
    tracking_name: str

    def deployed(self, group: str, deployment_id: str) -> Deployed:
        return Deployed(self.root_dir / group / deployment_id)

    @property
    def deployments_log(self) -> Path:
        return self.root_dir / "deployment-logs" / "codedeploy-agent-deployments.log"

    def install_file(self, group: str) -> Path:
        return self._instructions / f"{group}-install.json"

    def cleanup_file(self, group: str) -> Path:
        """One path a line: what the group's last Install made, in the order in which it was made."""
        return self._instructions / f"{group}-cleanup"

    def last_successful(self, group: str) -> Deployed | None:
        """The deployment whose Install was the group's last to succeed."""
        return _deployed_from_pointer(self._instructions / f"{group}_last_successful_install")

    def most_recent(self, group: str) -> Deployed | None:
        """The deployment whose DownloadBundle was the group's last to succeed."""
        return _deployed_from_pointer(self._instructions / f"{group}_most_recent_install")

    def point_last_successful(self, group: str, deployed: Deployed) -> None:
        _write(self._instructions / f"{group}_last_successful_install", str(deployed.directory))

    def point_most_recent(self, group: str, deployed: Deployed) -> None:
        _write(self._instructions / f"{group}_most_recent_install", str(deployed.directory))

    def discard_old(self, group: str, current: Deployed, keep: int) -> None:
        """Removes the group's oldest deployments until `keep` are left with `current`; never the last successful one."""
        others = [path for path in (self.root_dir / group).iterdir() if path != current.directory]
        excess = len(others) - keep + 1
        last_successful = self.last_successful(group)
        removable = [path for path in others if last_successful is None or path != last_successful.directory]
        for path in sorted(removable, key=lambda path: path.stat().st_mtime_ns)[: max(excess, 0)]:
            shutil.rmtree(path)

    def track(self, deployment_id: str, command_identifier: str) -> None:
        """Leaves a trace of the command that is about to run, for the next start if this run does not live to its end."""
        _write(self._tracking / deployment_id, command_identifier)

    def forget(self, deployment_id: str) -> None:
        """Removes the trace of a command whose end has been reported."""
        (self._tracking / deployment_id).unlink(missing_ok=True)

    def interrupted(self) -> dict[str, str]:
        """The command identifiers that an earlier run left behind, by deployment id; traces a day old are removed instead."""
        found: dict[str, str] = {}
        for trace in sorted(self._tracking.iterdir()) if self._tracking.is_dir() else []:
            if time.time() - trace.stat().st_mtime > _STALE_AFTER:
                trace.unlink()
            else:
                found[trace.name] = trace.read_text(encoding="utf-8")
        return found

    @property
    def _instructions(self) -> Path:
        return self.root_dir / "deployment-instructions"

    @property
    def _tracking(self) -> Path:
        return self.root_dir / self.tracking_name


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _deployed_from_pointer(file: Path) -> Deployed | None:
    return Deployed(Path(file.read_text(encoding="utf-8").rstrip("\n"))) if file.is_file() else None
