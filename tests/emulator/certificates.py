# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for servers on loopback, each signed by an authority of its own whose key never leaves memory."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

CA_FILE = "ca.pem"
_NAMES = ("localhost", "127.0.0.1")


def server_context(folder: Path) -> ssl.SSLContext:
    """A context for a server on loopback; the certificate of its new authority is in ``ca.pem`` in ``folder`` afterwards.

    The server's key is in a file, which only its owner can read, for as long as it takes to load it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    _write_at_once(folder / CA_FILE, authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*_NAMES).configure_cert(context)
    return context


def write_certificate(path: Path) -> None:
    """Write to a file, which only its owner can read, what a server on loopback and its clients load: the server's key, its
    certificate, and last the certificate of its authority."""
    authority = trustme.CA()
    server = authority.issue_cert(*_NAMES)
    path.touch(mode=0o600)
    path.write_bytes(server.private_key_and_cert_chain_pem.bytes() + authority.cert_pem.bytes())


def _write_at_once(file: Path, content: bytes) -> None:
    """Clients may be reading the one before."""
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)
