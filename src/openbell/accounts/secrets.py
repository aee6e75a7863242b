"""Secrets that people and programs carry: 256 random bits, of which only a hash is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

TOKEN = "obt_"  # noqa: S105  # what a program's token begins with, so that scanners find one that got away


def new_secret(prefix: str = "") -> str:
    """A secret that nobody can guess."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a secret. SHA-256, not argon2: 256 random bits cannot be tried out, and each request pays."""
    return sha256(secret.encode()).hexdigest()
