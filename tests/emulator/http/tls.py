# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS with an authority of our own: what clients need of it is its certificate, in a file."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

CA_FILE = "ca.pem"
_LIFETIME = datetime.timedelta(days=30)


def server_context(folder: Path) -> ssl.SSLContext:
    """A context for a server on localhost; the certificate of its new authority is in ``ca.pem`` in ``folder`` afterwards.

    The authority's key never leaves memory; the server's is in a file, which only its owner can read, for as long as it takes
    to load it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("emulator authority")
    usable_as_ca = x509.BasicConstraints(ca=True, path_length=0)
    ca = _unsigned(ca_name, ca_name, ca_key).add_extension(usable_as_ca, critical=True).sign(ca_key, SHA256())
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = _unsigned(_name("localhost"), ca_name, key)
    certificate = server.add_extension(x509.SubjectAlternativeName(addresses), critical=False).sign(ca_key, SHA256())
    _write_at_once(folder / CA_FILE, ca.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _loaded_context(folder / f"server-{os.getpid()}.pem", private + certificate.public_bytes(Encoding.PEM))


def _write_at_once(file: Path, content: bytes) -> None:
    """Clients may be reading the one before."""
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
    )


def _loaded_context(file: Path, key_and_certificate: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file.unlink(missing_ok=True)  # one that is left over may have other permissions
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(key_and_certificate)
        context.load_cert_chain(file)
    finally:
        file.unlink(missing_ok=True)
    return context
