"""Signing in by another site (OpenID Connect Core 1.0: authorization code with PKCE, state and nonce).

The desk believes the provider who somebody is, and nothing else: what they may do here is said here.
"""

from __future__ import annotations

import base64
import hmac
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from hashlib import sha256
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from openbell.accounts import joining
from openbell.accounts.accounts import Accounts, Place
from openbell.accounts.ceremony import begun, come_back
from openbell.accounts.errors import LoginNeeded, NotAllowed
from openbell.accounts.login import ADDRESS, address_bucket, take
from openbell.accounts.names import LONGEST as LONGEST_NAME
from openbell.accounts.names import login_of, name_of
from openbell.accounts.secrets import new_secret
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.store.brakebook import Brake
from openbell.store.peoplebook import Identity, Person

if TYPE_CHECKING:
    import httpx

PURPOSE = "oidc"
WAIT_S = 5.0
AT_ONCE = 8
"""Questions to the provider: one that is slow holds no more of the desk, and is not flooded by it."""
_GATE = BoundedSemaphore(AT_ONCE)
BEGUN = Brake(free=30, longest=timedelta(minutes=15))
LONGEST = 1_000_000
"""Bytes of a provider's answer."""
DRIFT = timedelta(minutes=1)
"""What the provider's clock may be off by."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Ways of signing with a key that only the provider has; never `none`, and none with a secret that is shared."""


class ProviderFailed(OpenbellError):
    """The provider did not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Client:
    """The desk as the provider knows it."""

    issuer: str
    id: str
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to come of it besides signing in: a person whom it is linked to, or an invitation that is accepted; and
    which path of the page the browser goes on to."""

    person: int | None = None
    invitation: str = field(default="", repr=False)
    to: str = "/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with."""

    code: str = field(repr=False)
    state: str = field(repr=False)


def begin(accounts: Accounts, client: Client, back: str, wish: Wish, place: Place) -> tuple[str, str]:
    """Where the browser goes, and the mark that it carries meanwhile; `back` is where it returns to."""
    take(accounts, {_begun_at(place): BEGUN})
    told = {
        "state": new_secret(),
        "nonce": new_secret(),
        "verifier": new_secret(),
        "back": back,
        "person": wish.person,
        "invitation": wish.invitation,
        "to": wish.to,
    }
    with _wire() as wire:
        found = _discovered(wire, client)
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": told["state"],
        "nonce": told["nonce"],
        "code_challenge": _digest(str(told["verifier"])),
        "code_challenge_method": "S256",
    }
    there = _text(found, "authorization_endpoint")
    return f"{there}{'&' if urlsplit(there).query else '?'}{urlencode(asked)}", begun(accounts, PURPOSE, told)


def finish(
    accounts: Accounts, client: Client, mark: str, answer: Answer, place: Place, *, open_to_all: bool
) -> tuple[Person, str]:
    """Who came back, and which path they go on to.

    Raises LoginNeeded, NotAllowed for somebody unknown, InvalidInput, or ProviderFailed.
    """
    bucket = address_bucket(place)
    take(accounts, {bucket: ADDRESS})
    told = come_back(accounts, PURPOSE, mark)
    if not hmac.compare_digest(str(told["state"]).encode(), answer.state.encode()):
        raise LoginNeeded("This login was not begun in this browser.", remedy="Begin again.")
    claims = _claims(accounts, client, told, answer.code)
    person = _person(accounts, client, told, claims, place, open_to_all=open_to_all)
    if person.disabled:
        raise LoginNeeded("This account is disabled.", remedy="Ask the desk's owner.")
    accounts.brakes.give_back([bucket, _begun_at(place)])
    return person, str(told["to"])


def _begun_at(place: Place) -> str:
    return f"oidc:{address_bucket(place)}"


def _claims(accounts: Accounts, client: Client, told: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What the provider says of who came back, checked as OpenID Connect Core 1.0, 3.1.3.7 asks for."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": told["back"]}
    asked |= {"code_verifier": told["verifier"], "client_id": client.id}
    credentials = None
    if client.secret is not None:
        credentials = quote(client.id, safe=""), quote(client.secret, safe="")  # RFC 6749, 2.3.1
    with _wire() as wire:
        found = _discovered(wire, client)
        tokens = _json(wire, "POST", _text(found, "token_endpoint"), data=asked, auth=credentials)
        keys = _json(wire, "GET", _text(found, "jwks_uri"))
    claims = _signed(_text(tokens, "id_token"), keys)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now = accounts.clock()
    expires = claims.get("exp")
    right = (
        claims.get("iss") == client.issuer
        and client.id in audiences
        and claims.get("azp", client.id) == client.id
        and (len(audiences) == 1 or "azp" in claims)
        and isinstance(expires, int | float)
        and expires > (now - DRIFT).timestamp()
        and hmac.compare_digest(str(claims.get("nonce", "")).encode(), str(told["nonce"]).encode())
        and isinstance(claims.get("sub"), str)
        and 0 < len(claims["sub"]) <= 255
    )
    if not right:
        raise ProviderFailed("The login provider answered for somebody or something else.", remedy="Begin again.")
    return claims


def _person(
    accounts: Accounts,
    client: Client,
    told: Mapping[str, Any],
    claims: Mapping[str, Any],
    place: Place,
    *,
    open_to_all: bool,
) -> Person:
    """The person of the desk that the provider speaks of: known, linked now, or new."""
    known = accounts.passkeys.person_of(client.issuer, claims["sub"])
    if told["person"] is not None:
        person = accounts.person(told["person"])
        if known != person.id:
            deed = accounts.deed(person, "login provider linked", place, client.issuer)
            accounts.passkeys.link(client.issuer, claims["sub"], person.id, deed)
        return person
    if known is not None:
        return accounts.person(known)
    name = _called(accounts, str(claims.get("preferred_username") or claims.get("name") or ""))
    identity = Identity(client.issuer, claims["sub"])
    if told["invitation"]:
        return joining.accept(accounts, told["invitation"], name, None, place, identity)
    if open_to_all:
        return joining.sign_up(accounts, name, None, place, identity)
    raise NotAllowed("Nobody here signs in by that login.", remedy="Ask the desk's owner for an invitation.")


def _called(accounts: Accounts, told: str) -> str:
    """A name that nobody bears yet, like the one that the provider tells."""
    try:
        name = name_of(told)[: LONGEST_NAME - 4].strip()
    except InvalidInput:
        name = "guest"
    others = (f"{name} {number}" for number in range(2, 100))
    return next((each for each in (name, *others) if accounts.people.person_named(login_of(each)) is None), name)


def _discovered(wire: httpx.Client, client: Client) -> dict[str, Any]:
    """Where the provider's parts are (OpenID Connect Discovery 1.0, 4), if it is the one that was asked."""
    found = _json(wire, "GET", f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != client.issuer:
        raise ProviderFailed(
            f"The login provider calls itself {str(found.get('issuer'))[:200]!r}, not {client.issuer!r}.",
            remedy="Set OPENBELL_OIDC_ISSUER to exactly what it calls itself.",
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert_private(_text(found, name))
    return found


def assert_private(address: str) -> None:
    """Raise ProviderFailed for an address that others could listen to."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}):
        raise ProviderFailed(f"{address[:200]} is no https address.", remedy="Use a login provider with TLS.")


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of an ID token that one of the provider's keys has signed."""
    from joserfc import jwt  # noqa: PLC0415  # as in `keys`
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    try:
        known = [
            key for key in keys.get("keys", []) if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"}
        ]
        return jwt.decode(token, KeySet.import_key_set({"keys": known}), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed("What the login provider says is not signed by it.", remedy="Begin again.") from error


@contextmanager
def _wire() -> Iterator[httpx.Client]:
    """A line to the provider; raises ProviderFailed where AT_ONCE others wait for it."""
    import httpx  # noqa: PLC0415  # only where somebody signs in so

    if not _GATE.acquire(blocking=False):
        raise ProviderFailed("Many wait for the login provider.", remedy="Try again in a moment.")
    try:
        with httpx.Client(timeout=WAIT_S, follow_redirects=False, verify=_trusted()) as wire:
            yield wire
    finally:
        _GATE.release()


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts; reading them takes longer than a login."""
    return ssl.create_default_context()


def _json(wire: httpx.Client, method: str, address: str, **more: Any) -> dict[str, Any]:
    """An object that the provider answers; what it says of an error is not told, since it may hold what was sent."""
    import httpx  # noqa: PLC0415  # as above

    assert_private(address)
    try:
        with wire.stream(method, address, headers={"accept": "application/json"}, **more) as answer:
            told = json.loads(_read(answer)) if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProviderFailed("The login provider does not answer.", remedy="Try again later.") from error
    if not isinstance(told, dict):
        raise ProviderFailed("The login provider refused.", remedy="Begin again, or sign in otherwise.")
    return told


def _read(answer: httpx.Response) -> bytes:
    raw = b""
    for part in answer.iter_bytes():
        raw += part
        if len(raw) > LONGEST:
            raise ValueError
    return raw


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise ProviderFailed(f"The login provider does not tell its {name}.", remedy="Sign in otherwise.")
    return value


def _digest(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
