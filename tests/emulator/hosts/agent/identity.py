# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the host is to the command service, and its credentials.

On-premises hosts say it in codedeploy.onpremises.yml (AWS user guide, instances-on-premises-register), EC2 instances in the environment: the
stand-in asks no instance metadata (observed with host agent 1.8.1: the variables are enough).
"""

from __future__ import annotations

import configparser
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from .config import ConfigError, read_settings

_REREAD_AFTER = 30 * 60
# The agent takes these out of its own environment, so no hook sees them (observed with host agent 1.8.1).
_DROPPED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CREDENTIAL_FILE")


class CredentialsError(Exception):
    """The credentials cannot be had now; never says what they are."""


@dataclass(frozen=True)
class Identity:
    """A host: `environment` is the agent's own, as its hooks inherit it; `credentials()` may raise CredentialsError."""

    host_identifier: str
    region: str
    environment: Mapping[str, str]
    credentials: Callable[[], Credentials]


def find_identity(on_premises_file: Path, environment: Mapping[str, str]) -> Identity:
    """The identity in `on_premises_file`, if it is there and names an ARN, else the one in `environment`; else ConfigError."""
    kept = {name: value for name, value in environment.items() if name not in _DROPPED}
    settings = read_settings(on_premises_file) if on_premises_file.is_file() else {}
    user, session = settings.get("iam_user_arn"), settings.get("iam_session_arn")
    if user and session:
        raise ConfigError(f"{on_premises_file}: it cannot contain both 'iam_user_arn' and 'iam_session_arn'")
    if session:
        _require(on_premises_file, settings, "iam_session_arn", ("region", "aws_credentials_file"))
        return _session_identity(settings, kept)
    if user:
        _require(on_premises_file, settings, "iam_user_arn", ("region", "aws_access_key_id", "aws_secret_access_key"))
        kept |= {
            "AWS_REGION": settings["region"],
            "AWS_ACCESS_KEY": settings["aws_access_key_id"],
            "AWS_SECRET_KEY": settings["aws_secret_access_key"],
            "AWS_HOST_IDENTIFIER": user,
        }
    return _environment_identity(on_premises_file, kept)


def _require(path: Path, settings: Mapping[str, Any], kind: str, keys: tuple[str, ...]) -> None:
    for key in keys:
        if not isinstance(settings.get(key), str) or not settings[key]:
            raise ConfigError(f"{path}: '{key}' key is required when '{kind}' is provided, as text")


def _session_identity(settings: Mapping[str, Any], environment: dict[str, str]) -> Identity:
    file = Path(settings["aws_credentials_file"])
    environment |= {
        "AWS_REGION": settings["region"],
        "AWS_HOST_IDENTIFIER": settings["iam_session_arn"],
        "AWS_CREDENTIALS_FILE": str(file),
    }
    return Identity(settings["iam_session_arn"], settings["region"], environment, FileCredentials(file))


def _environment_identity(on_premises_file: Path, environment: dict[str, str]) -> Identity:
    names = ("AWS_HOST_IDENTIFIER", "AWS_REGION", "AWS_ACCESS_KEY", "AWS_SECRET_KEY")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise ConfigError(f"{on_premises_file} names no host, and the environment lacks {', '.join(missing)}")
    host_identifier, region, access_key, secret_key = (environment[name] for name in names)
    credentials = Credentials(access_key, secret_key, environment.get("AWS_SESSION_TOKEN"))
    return Identity(host_identifier, region, environment, lambda: credentials)


class FileCredentials:
    """Profile `default` of a shared credentials file, read again when the last reading is 30 minutes old."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._read: tuple[float, Credentials] | None = None

    def __call__(self) -> Credentials:
        now = self._clock()
        if self._read is None or now - self._read[0] >= _REREAD_AFTER:
            self._read = (now, _credentials_from_file(self._file))
        return self._read[1]


def _credentials_from_file(file: Path) -> Credentials:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
        profile = parser["default"]
        return Credentials(
            profile["aws_access_key_id"], profile["aws_secret_access_key"], profile.get("aws_session_token")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsError(f"{file}: cannot be read: {error}") from error
    except (configparser.Error, KeyError):
        # Without the cause: a parser's message quotes the line it stumbled over.
        raise CredentialsError(
            f"{file}: profile 'default' with aws_access_key_id and aws_secret_access_key is missing"
        ) from None
