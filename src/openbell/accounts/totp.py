"""Codes of the moment (RFC 6238 over RFC 4226), as phones' authenticators show them, and codes for when it is lost."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from datetime import datetime
from hashlib import sha1
from urllib.parse import quote, urlencode

PERIOD_S = 30
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be off by, either way (RFC 6238, 5.2)."""
RECOVERY = 10
ISSUER = "Openbell"


def new_secret() -> bytes:
    """160 random bits (RFC 4226, 4: R6)."""
    return secrets.token_bytes(20)


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """HOTP of RFC 4226, 5.3: the last `digits` of 31 bits of HMAC-SHA-1, from where its last four bits point to."""
    tag = hmac.new(secret, struct.pack(">Q", step), sha1).digest()
    start = tag[-1] & 0xF
    (number,) = struct.unpack(">I", tag[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**digits:0{digits}}"


def step_at(now: datetime) -> int:
    """T of RFC 6238, 4.2: whole periods since 1970."""
    return int(now.timestamp()) // PERIOD_S


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step whose code was typed, if it is of now, give or take DRIFT."""
    typed, here = "".join(code.split()), step_at(now)
    found = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if hmac.compare_digest(code_of(secret, step).encode(), typed.encode())
    ]
    return max(found, default=None)


def address_of(secret: bytes, name: str) -> str:
    """What an authenticator reads from a QR code (the key URI format)."""
    told = {"secret": base32(secret), "issuer": ISSUER, "algorithm": "SHA1", "digits": DIGITS, "period": PERIOD_S}
    return f"otpauth://totp/{quote(ISSUER)}:{quote(name)}?{urlencode(told)}"


def base32(secret: bytes) -> str:
    """The secret as it is typed where there is no camera."""
    return base64.b32encode(secret).decode().rstrip("=")


def recovery_codes() -> list[str]:
    """Codes that each work once, 80 random bits, such as `7QXK-M2PD-ULYA-54TB`."""
    plain = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY)]
    return ["-".join(each[at : at + 4] for at in range(0, 16, 4)) for each in plain]


def recovery_of(code: str) -> str:
    """A recovery code as it is compared, however it was typed."""
    return "".join(code.upper().replace("-", "").split())
