"""The desk's key: made at first use, kept in a file of its owner, and never in the ledger.

Who reads the ledger alone can thereby neither sign in as somebody nor read the secrets of codes. Without the file all
must sign in again, and codes must be set up anew.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openbell.model.errors import StoreError

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

FILE = "accounts.key"
SIZE = 32


class Key:
    """Signs what browsers carry and seals what the ledger keeps; each purpose has a key of its own, made of one."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._main: bytes | None = None
        self._keys: dict[str, OctKey] = {}

    def sign(self, purpose: str, claims: Mapping[str, Any], expires: datetime) -> str:
        """A JWT (HS256) for `purpose` that holds until `expires`."""
        from joserfc import jwt  # noqa: PLC0415  # 0.1 s and 20 MB that a desk without passwords never needs

        told = {**claims, "exp": int(expires.timestamp())}
        return jwt.encode({"alg": "HS256"}, told, self._key(purpose), algorithms=["HS256"])

    def read(self, purpose: str, token: str, now: datetime) -> dict[str, Any] | None:
        """The claims of a JWT that this desk signed for `purpose` and that still holds."""
        from joserfc import jwt  # noqa: PLC0415  # as above
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            claims = jwt.decode(token, self._key(purpose), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            return None
        expires = claims.get("exp")
        return claims if isinstance(expires, int) and now.timestamp() < expires else None

    def mark(self, purpose: str, text: str) -> str:
        """What only this desk can say of `text`: HMAC-SHA256."""
        return hmac.new(self._derived(purpose), text.encode(), sha256).hexdigest()

    def seal(self, purpose: str, plain: bytes) -> str:
        """`plain`, readable by this desk only (JWE, A256GCM)."""
        from joserfc import jwe  # noqa: PLC0415  # as above

        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, plain, self._key(purpose))

    def unseal(self, purpose: str, sealed: str) -> bytes | None:
        """What was sealed; None where the key is another one by now."""
        from joserfc import jwe  # noqa: PLC0415  # as above
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            return jwe.decrypt_compact(sealed, self._key(purpose)).plaintext
        except (JoseError, ValueError):
            return None

    def _key(self, purpose: str) -> OctKey:
        from joserfc.jwk import OctKey  # noqa: PLC0415  # as above

        if purpose not in self._keys:
            self._keys[purpose] = OctKey.import_key(self._derived(purpose))
        return self._keys[purpose]

    def _derived(self, purpose: str) -> bytes:
        if self._main is None:
            self._main = _kept(self._path)
        return hmac.new(self._main, purpose.encode(), sha256).digest()


def _kept(path: Path) -> bytes:
    """The key in the file, which is made where it is missing; whole or not at all, by whichever process is first."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"The key {path} cannot be used: {error.strerror}.", remedy="Give the desk's user the right to read it."
        ) from error
    if len(key) != SIZE:
        raise StoreError(
            f"The key {path} is broken: {len(key)} bytes instead of {SIZE}.",
            remedy="Restore it from a backup, or remove it: all sign in again, and codes are set up anew.",
        )
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
