# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host agent's configuration file, in the real agent's form: Ruby symbol keys, unknown ones accepted.

Sources: AWS user guide, reference-agent-configuration; keys and defaults that it leaves out as observed with host agent 1.8.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import psych


class ConfigError(Exception):
    """A configuration file cannot be used; the message is one line that names the file, the key and what is allowed."""


@dataclass(frozen=True)
class AgentConfig:
    """What the agent is told; times in seconds. `host_root` stands for `/` wherever an AppSpec names an absolute path."""

    root_dir: Path
    log_dir: Path
    pid_dir: Path
    deploy_control_endpoint: str
    program_name: str = "codedeploy-agent"
    wait_between_runs: float = 30
    # The first pause after a failed poll; it grows by 1.2675 with each further failure, from these 10.66 s to 90 s at the tenth.
    wait_after_error: float = 90 / 1.2675**9
    http_read_timeout: int = 80
    max_revisions: int = 5
    children: int = 1
    proxy_uri: str | None = None
    s3_endpoint_override: str | None = None
    on_premises_config_file: Path = Path("/etc/codedeploy-agent/conf/codedeploy.onpremises.yml")
    ongoing_deployment_tracking: str = "ongoing-deployment"
    enable_auth_policy: bool = False
    enable_deployments_log: bool = True
    verbose: bool = False
    user: str | None = None
    host_root: Path = Path("/")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _directory(value: object) -> Path:
    path = Path(_text(value))
    if not path.is_absolute():
        raise ValueError("expected an absolute path")
    return path


def _url(value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise ValueError("expected an http:// or https:// address")
    return value.rstrip("/")


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError("expected a number of seconds above 0")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("expected a whole number of at least 1")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _single_child(value: object) -> int:
    if value != 1:
        raise ValueError("only 1 is possible")
    return 1


_READERS: dict[str, Callable[[object], Any]] = {
    "root_dir": _directory,
    "log_dir": _directory,
    "pid_dir": _directory,
    "deploy_control_endpoint": _url,
    "program_name": _text,
    "wait_between_runs": _seconds,
    "wait_after_error": _seconds,
    "http_read_timeout": _count,
    "max_revisions": _count,
    "children": _single_child,
    "proxy_uri": _url,
    "s3_endpoint_override": _url,
    "on_premises_config_file": _directory,
    "ongoing_deployment_tracking": _text,
    "enable_auth_policy": _flag,
    "enable_deployments_log": _flag,
    "verbose": _flag,
    "user": _text,
}
# The endpoint is required because a stand-in must never fall back to the address of the real service.
_REQUIRED = ("root_dir", "log_dir", "pid_dir", "deploy_control_endpoint")


def load_config(path: Path, host_root: Path = Path("/")) -> AgentConfig:
    """The configuration in the file `path`; ConfigError if it cannot be read or a value is not allowed."""
    settings = read_settings(path)
    read: dict[str, Any] = {}
    for key, value in settings.items():
        if key in _READERS and value is not None and value != "":
            read[key] = _read(_READERS[key], path, key, value)
    missing = [f":{key}:" for key in _REQUIRED if key not in read]
    if missing:
        raise ConfigError(f"{path}: {', '.join(missing)} must be set")
    return AgentConfig(**read, host_root=host_root)


def read_settings(path: Path) -> dict[str, Any]:
    """The mapping in a configuration file, its keys as plain text; ConfigError names the file."""
    try:
        settings = psych.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except psych.UnreadableYaml as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{path}: expected a mapping of keys to values")
    return {psych.text_from(key): value for key, value in settings.items()}


def _read(reader: Callable[[object], Any], path: Path, key: str, value: object) -> Any:
    try:
        return reader(value)
    except ValueError as error:
        # A proxy's address may hold a password.
        given = "wrong" if key == "proxy_uri" else repr(value)
        raise ConfigError(f"{path}: :{key}: is {given}; {error}") from error


def agent_version(config: AgentConfig) -> str:
    """The text behind `agent_version: ` in the .version file beside the root directory or of the installed agent."""
    for directory in (config.root_dir.parent, Path("/opt/codedeploy-agent")):
        file = directory / ".version"
        if file.is_file():
            return file.read_text(encoding="utf-8").partition(": ")[2].strip() or "UNKNOWN_VERSION"
    return "UNKNOWN_VERSION"
