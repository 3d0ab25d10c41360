# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the region and the IAM user of a host agent outside Amazon EC2. It contains a secret.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import os
import pathlib

from .._validation import InvalidOption


def check_directory(option: str, directory: str) -> None:
    """Raise InvalidOption unless DIRECTORY is a writable directory."""
    if not pathlib.Path(directory).is_dir():
        raise InvalidOption(f"{option}: {directory!r} is not a directory; create it first")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise InvalidOption(
            f"{option}: {directory!r} is not writable; use another directory, or change its permissions"
        )


def host_config_path(directory: str, instance_name: str) -> str:
    """Return the path of an instance's file in DIRECTORY."""
    return str(pathlib.Path(directory) / f"{instance_name}.codedeploy.onpremises.yml")


def agent_config_text(region: str, iam_user_arn: str, access_key_id: str, secret_access_key: str) -> str:
    """Return the text of the file (AWS user guide, "Configure the on-premises instance": codedeploy.onpremises.yml)."""
    return (
        f"---\nregion: {region}\niam_user_arn: {iam_user_arn}\n"
        f"aws_access_key_id: {access_key_id}\naws_secret_access_key: {secret_access_key}\n"
    )


def write_private_file(path: str, text: str) -> None:
    """Replace the file at PATH with one that has TEXT and that only its owner can read, from the start."""
    new = pathlib.Path(f"{path}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def remove_file(path: str) -> None:
    """Remove the file at PATH, if it exists."""
    pathlib.Path(path).unlink(missing_ok=True)
