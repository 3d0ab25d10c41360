# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`main(URL, FILE, PROXY)`: fetch URL into FILE, or to the standard output where FILE is empty, through PROXY if one is given.

The address of a proxy may hold a password. So the arguments are a line that the role puts below this program: on a command line or in the
environment of a task each user of the host, or each reader of Ansible's output, could see them.
"""

from __future__ import annotations

import http.client
import pathlib
import shutil
import sys
import urllib.request

_TIMEOUT = 60


def fetch(url: str, file: str, proxy: str) -> None:
    """Fetch URL. Raises OSError, HTTPException, or ValueError for an address that is none."""
    handlers = [urllib.request.ProxyHandler({"http": proxy, "https": proxy})] if proxy else []
    with urllib.request.build_opener(*handlers).open(url, timeout=_TIMEOUT) as answer:
        if file:
            with pathlib.Path(file).open("wb") as sink:
                shutil.copyfileobj(answer, sink)
        else:
            shutil.copyfileobj(answer, sys.stdout.buffer)


def main(url: str, file: str, proxy: str) -> None:
    """Fetch URL, or end with 1 and say why not."""
    try:
        fetch(url, file, proxy)
    except (OSError, http.client.HTTPException, ValueError) as error:
        sys.exit(f"{url}: {error}")
