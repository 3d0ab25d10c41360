# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment specifications, signed as host agents expect them: an opaque PKCS#7 message with the certificate inside.

Agents do not check the signer's chain (observed with host agent 1.8.1), so a certificate made at start will do; the 2.x
line refuses a signature that does not fit.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

FORMAT = "PKCS7/JSON"


class Signer:
    """A key and its self-signed certificate, made anew."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulator deployment signer")])
        now = datetime.datetime.now(datetime.timezone.utc)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=365))
            .sign(self._key, SHA256())
        )

    def envelope(self, content: dict[str, Any]) -> dict[str, str]:
        """``content`` as JSON in a signed PEM message, with the format's name."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(json.dumps(content).encode())
        signed = builder.add_signer(self._certificate, self._key, SHA256())
        payload = signed.sign(Encoding.PEM, [pkcs7.PKCS7Options.Binary])
        return {"Format": FORMAT, "Payload": payload.decode()}
