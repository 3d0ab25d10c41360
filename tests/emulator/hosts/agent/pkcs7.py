# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of an opaque-signed PKCS#7 message, given out only if its signature is whole.

Who signed is not asked: the message brings its signer's certificate and no chain is checked, as with host agents of both lines (host agent 2.x
refuses a broken signature). DER is read here because the cryptography package signs such messages but does not open them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
_SET, _OCTETS, _TAGGED = 0x31, 0x04, 0xA0


class InvalidMessage(Exception):
    """The text is no signed message, or its signature does not fit."""


@dataclass(frozen=True)
class _Node:
    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list[_Node]:
        nodes, offset = [], 0
        while offset < len(self.content):
            node = _node_at(self.content, offset)
            nodes.append(node)
            offset += len(node.raw)
        return nodes


def _node_at(data: bytes, offset: int) -> _Node:
    try:
        tag, length, start = data[offset], data[offset + 1], offset + 2
    except IndexError:
        raise InvalidMessage("it ends in the middle of an element") from None
    if length >= 0x80:
        size = length & 0x7F
        if not size:
            raise InvalidMessage("an element has no definite length, so it is not DER")
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise InvalidMessage("it ends in the middle of an element")
    return _Node(tag, data[start : start + length], data[offset : start + length])


def content_from_signed(text: str) -> bytes:
    """The content of the PEM `text`; InvalidMessage unless the one signer's certificate is in it and its signature fits."""
    armour = re.search(r"-----BEGIN (PKCS7|CMS)-----(.+?)-----END \1-----", text, re.DOTALL)
    if armour is None:
        raise InvalidMessage("it is not PKCS#7 in PEM form")
    try:
        message = _node_at(base64.b64decode(armour[2]), 0)
        kind, wrapped = message.children()
        if kind.content != _SIGNED_DATA:
            raise InvalidMessage("it is not signed data")
        (signed,) = wrapped.children()
        _version, _digests, inner, *rest = signed.children()
        content = _content(inner)
        certificates = [node for field in rest if field.tag == _TAGGED for node in field.children()]
        (signer,) = rest[-1].children()
        _verify(content, signer, [x509.load_der_x509_certificate(node.raw) for node in certificates])
    except (ValueError, IndexError, binascii.Error, UnsupportedAlgorithm) as error:
        raise InvalidMessage(f"its structure is not that of a message with one signer: {error}") from error
    return content


def _content(inner: _Node) -> bytes:
    kind, wrapped = inner.children()
    (octets,) = wrapped.children()
    if kind.content != _DATA or octets.tag != _OCTETS:
        raise InvalidMessage("it holds no plain content")
    return octets.content


def _verify(content: bytes, signer: _Node, certificates: list[x509.Certificate]) -> None:
    _version, identity, digest, *rest = signer.children()
    issuer, serial = identity.children()
    attributes = rest[0] if rest[0].tag == _TAGGED else None
    _algorithm, signature = rest[1:3] if attributes else rest[:2]
    number = int.from_bytes(serial.content, "big", signed=True)
    matching = [
        certificate
        for certificate in certificates
        if certificate.serial_number == number and certificate.issuer.public_bytes() == issuer.raw
    ]
    algorithm = _HASHES.get(digest.children()[0].content)
    if len(matching) != 1 or algorithm is None:
        raise InvalidMessage(
            "its signer's certificate is missing, or its digest is none of SHA-256, SHA-384 and SHA-512"
        )
    signed_bytes = _signed_attributes(attributes, content, algorithm) if attributes else content
    try:
        _verify_bytes(matching[0], signature.content, signed_bytes, algorithm)
    except InvalidSignature:
        raise InvalidMessage("its signature does not fit") from None


def _signed_attributes(attributes: _Node, content: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    """What was signed in place of the content: the attributes, of which one is the content's digest."""
    hasher = hashes.Hash(algorithm)
    hasher.update(content)
    digest = hasher.finalize()
    for attribute in attributes.children():
        kind, values = attribute.children()
        if kind.content == _MESSAGE_DIGEST and hmac.compare_digest(values.children()[0].content, digest):
            return bytes([_SET]) + attributes.raw[1:]
    raise InvalidMessage("its content is not the one that was signed")


def _verify_bytes(
    certificate: x509.Certificate, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm
) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm))
    else:
        raise InvalidMessage("its signer's key is neither RSA nor of an elliptic curve")
