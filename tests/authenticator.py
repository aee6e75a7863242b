"""A passkey in software: what a phone or a security key answers to a browser."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags of WebAuthn, 6.1."""


@dataclass
class Authenticator:
    """One key pair, for one site; `uses` grows with each signature as those of security keys do."""

    origin: str
    site: str
    flags: int = PRESENT | VERIFIED
    uses: int = 0
    credential: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`, without attestation."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}  # RFC 9053, 7.1: ES256, P-256
        held = bytes(16) + len(self.credential).to_bytes(2) + self.credential + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + held}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", options), attestationObject=cbor2.dumps(attestation)
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.uses += 1
        data, client = self._data(0), self._client("webauthn.get", options)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, more: int) -> bytes:
        return sha256(self.site.encode()).digest() + bytes([self.flags | more]) + self.uses.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> dict[str, Any]:
        told = {name: text_of(raw) for name, raw in response.items()}
        number = text_of(self.credential)
        return {"id": number, "rawId": number, "type": "public-key", "response": told}


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
