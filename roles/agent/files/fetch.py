# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`main(URL, FILE, PROXY)`: download URL to FILE, or to the standard output if FILE is empty, through PROXY unless it is empty.

The URL of a proxy may contain a password, so the role appends the arguments to this program as a line: on a command line or in the environment of a
task, every user of the host or every reader of Ansible's output could see them.
"""

from __future__ import annotations

import http.client
import pathlib
import shutil
import sys
import urllib.request

_TIMEOUT = 60


def fetch(url: str, file: str, proxy: str) -> None:
    """Download URL. Raises OSError, HTTPException, or ValueError for an invalid URL."""
    handlers = [urllib.request.ProxyHandler({"http": proxy, "https": proxy})] if proxy else []
    with urllib.request.build_opener(*handlers).open(url, timeout=_TIMEOUT) as answer:
        if file:
            with pathlib.Path(file).open("wb") as sink:
                shutil.copyfileobj(answer, sink)
        else:
            shutil.copyfileobj(answer, sys.stdout.buffer)


def main(url: str, file: str, proxy: str) -> None:
    """Download URL, or exit with status 1 and print the reason."""
    try:
        fetch(url, file, proxy)
    except (OSError, http.client.HTTPException, ValueError) as error:
        sys.exit(f"{url}: {error}")
