# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mirror of a region's bucket with the agent's packages, on loopback, with the keys of the real ones (AWS user guide, agent version)."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import pathlib
import shutil
import ssl
import threading
import typing as t
from dataclasses import dataclass

from .packages import line_of, package_name

# As in a company's store of packages, the mirror is not all that there is.
PREFIX = "mirrors/aws-codedeploy"
LATEST = {"1.8": ("latest", "deb"), "2": ("latestv2", "deb_x86_64")}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: t.Any) -> None:
        """Nobody reads it."""


@dataclass(frozen=True)
class Bucket:
    """The bucket at URL, whose objects are the files in FOLDER."""

    url: str
    folder: pathlib.Path

    def publish(self, package: pathlib.Path, version: str) -> None:
        """Put the PACKAGE of VERSION into the releases, and name it as the latest of its line."""
        prefix, kind = LATEST[line_of(version)]
        shutil.copy(package, self.folder / "releases" / package_name(version))
        (self.folder / prefix / "LATEST_VERSION").write_text(json.dumps({kind: f"releases/{package_name(version)}"}))


@contextlib.contextmanager
def serving_bucket(folder: pathlib.Path, certificate: pathlib.Path) -> t.Iterator[Bucket]:
    """A bucket without packages, whose objects are below FOLDER; CERTIFICATE holds its key too."""
    for name in ("releases", "latest", "latestv2"):
        (folder / PREFIX / name).mkdir(parents=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Bucket(f"https://127.0.0.1:{server.server_port}/{PREFIX}", folder / PREFIX)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
