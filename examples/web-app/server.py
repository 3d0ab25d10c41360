# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small web application: `/` is a page for people, `/health` returns the same as JSON for machines.

Environment variables configure it: PORT and BIND set the address to listen on, HOST_NAME the name of the host, and PID_FILE
the file for the process ID, which is written once the server accepts connections. The release's VERSION file and the
release.json of the AfterInstall hook are in the same directory.
"""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import socket

HOME = pathlib.Path(__file__).resolve().parent
VERSION = (HOME / "VERSION").read_text().strip()
RELEASE = json.loads((HOME / "release.json").read_text())
HOST = os.environ.get("HOST_NAME") or socket.gethostname()

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>web-app {version}</title>
<style>
  body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem; color: #223; }}
  b {{ font-size: 4rem; line-height: 1.1; display: block; color: #0a7; }}
</style>
</head>
<body>
<h1>web-app</h1>
<p><b>version {version}</b> on {host}</p>
<p>Installed by deployment {deployment} of {application} / {group}.</p>
</body>
</html>
"""


def page() -> str:
    """Return the page for people."""
    return PAGE.format(version=VERSION, host=HOST, **RELEASE)


def health() -> str:
    """Return the status, version and host as JSON, for machines."""
    return json.dumps({"status": "ok", "version": VERSION, "host": HOST})


class Answers(http.server.BaseHTTPRequestHandler):
    """Responds to GET requests. The log has the traceback of any error."""

    def do_GET(self) -> None:
        """Respond to a request."""
        if self.path == "/":
            self.answer(200, "text/html; charset=utf-8", page())
        elif self.path == "/health":
            self.answer(200, "application/json", health())
        else:
            self.answer(404, "text/plain; charset=utf-8", f"{self.path} does not exist; use / or /health.\n")

    def answer(self, status: int, content_type: str, text: str) -> None:
        """Send TEXT as the response."""
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Listen and respond to requests until the process is stopped."""
    address = (os.environ["BIND"], int(os.environ["PORT"]))
    with http.server.ThreadingHTTPServer(address, Answers) as server:
        pathlib.Path(os.environ["PID_FILE"]).write_text(f"{os.getpid()}\n")
        print(f"web-app {VERSION} listens on {address[0]} port {address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
