# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the credentials that a command prints to the file that the host agent reads.

The command prints JSON in the format of an AWS CLI `credential_process` or of `aws sts assume-role`. Its output is never shown. The file is replaced
atomically, and is left unchanged if anything fails.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import pwd
import re
import subprocess
import sys
import tempfile

# How long the agent caches credentials (host agent 1.8.1, file_credentials.rb).
_REREAD_SECONDS = 30 * 60
_MEMBERS = {
    "AccessKeyId": "aws_access_key_id",
    "SecretAccessKey": "aws_secret_access_key",
    "SessionToken": "aws_session_token",
}


class RenewalError(Exception):
    """The credentials could not be renewed; the message is one line without a secret."""


def credentials_from_answer(text: str) -> dict[str, str]:
    """The members of the JSON TEXT: those of _MEMBERS, and Expiration, an ISO 8601 time."""
    try:
        answer = json.loads(text)
        answer = answer.get("Credentials", answer)
        found = {name: str(answer[name]) for name in (*_MEMBERS, "Expiration")}
    except (ValueError, AttributeError):
        raise RenewalError("the command did not print a JSON object") from None
    except KeyError as error:
        raise RenewalError(f"the output of the command has no {error.args[0]}") from None
    for name in _MEMBERS:
        if not re.fullmatch("[!-~]+", found[name]):
            raise RenewalError(f"the {name} in the output of the command is empty, or has a space or a line break")
    return found


def seconds_left(expiration: str, now: datetime.datetime) -> float:
    """How many seconds after NOW, an aware time, credentials with EXPIRATION expire."""
    try:
        end = datetime.datetime.fromisoformat(expiration.replace("Z", "+00:00"))
    except ValueError:
        raise RenewalError(
            f"Expiration {expiration!r} is not a valid time; expected something like 2026-11-22T10:15:00Z"
        ) from None
    return (end - now if end.tzinfo else end.replace(tzinfo=datetime.timezone.utc) - now).total_seconds()


def check_lifetime(left: float, again_in: float) -> str:
    """A warning if credentials that expire in LEFT seconds may do so before the agent reads newer ones. Raises RenewalError if they have expired."""
    if left <= 0:
        raise RenewalError("the command's credentials have expired")
    if left < again_in + _REREAD_SECONDS:
        return (
            f"the credentials expire in {left:.0f} s, but the agent may use them for {again_in + _REREAD_SECONDS:.0f} s. "
            "Request a longer session, or renew more often (agent_credentials_renewal)"
        )
    return ""


def write_credentials(path: str, credentials: dict[str, str], owner: str) -> None:
    """Replace the shared credentials file PATH, which only OWNER may read."""
    user = pwd.getpwnam(owner)
    descriptor, name = tempfile.mkstemp(dir=pathlib.Path(path).parent)
    new = pathlib.Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("[default]\n" + "".join(f"{key} = {credentials[name]}\n" for name, key in _MEMBERS.items()))
            # Through the open file: otherwise, a user who replaces it with a link would get the link's target.
            os.fchown(file.fileno(), user.pw_uid, user.pw_gid)
        new.replace(path)
    except OSError:
        new.unlink()
        raise


def renew(path: str, command: str, owner: str, again_in: float) -> str:
    """Run COMMAND, write its credentials to PATH, and return a warning or an empty string. Raises RenewalError or OSError."""
    ended = subprocess.run([command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    if ended.returncode != 0:
        raise RenewalError(f"{command} exited with status {ended.returncode}")
    credentials = credentials_from_answer(ended.stdout.decode("utf-8", "replace"))
    warning = check_lifetime(
        seconds_left(credentials["Expiration"], datetime.datetime.now(datetime.timezone.utc)), again_in
    )
    write_credentials(path, credentials, owner)
    return warning


def main() -> int:
    """Run the command line; 1 if the credentials were not renewed."""
    parser = argparse.ArgumentParser(description="Renew the host agent's credentials.")
    parser.add_argument("--owner", default="root", help="the user that the agent runs as")
    parser.add_argument("--again-in", type=float, default=900, help="seconds until the next renewal")
    parser.add_argument("file")
    parser.add_argument("command")
    options = parser.parse_args()
    try:
        warning = renew(options.file, options.command, options.owner, options.again_in)
    except (RenewalError, OSError, KeyError) as error:
        print(f"The credentials in {options.file} were not renewed: {error}", file=sys.stderr)
        return 1
    print(warning or f"Renewed the credentials in {options.file}.", file=sys.stderr if warning else sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
