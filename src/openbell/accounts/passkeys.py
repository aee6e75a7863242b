"""Passkeys (WebAuthn level 2): a key pair on a device that unlocks it by a finger, a face or a PIN.

One takes the place of password and code, so the device must have verified its user. It is bound to the desk's name: a
site that looks like it gets nothing.
"""

from __future__ import annotations

import base64
from typing import Any

from openbell.accounts.accounts import Accounts, Place
from openbell.accounts.ceremony import Site, begun, come_back
from openbell.accounts.errors import LoginNeeded
from openbell.accounts.login import ADDRESS, address_bucket, assert_is, take
from openbell.model.errors import InvalidInput
from openbell.store.passkeybook import Passkey
from openbell.store.peoplebook import Person

MOST = 20


def offer(accounts: Accounts, person: Person, password: str, site: Site, place: Place) -> tuple[dict[str, Any], str]:
    """What the browser is asked to make a passkey with, and the mark that it carries meanwhile."""
    from webauthn import generate_registration_options, helpers  # noqa: PLC0415  # 0.3 s and 30 MB
    from webauthn.helpers import structs  # noqa: PLC0415

    assert_is(accounts, person, password, place)
    if person.password is None:
        raise InvalidInput("password", "You have no password that a passkey could replace.", remedy="Set one first.")
    held = accounts.passkeys.passkeys(person.id)
    if len(held) >= MOST:
        raise InvalidInput("name", f"You have {MOST} passkeys already.", remedy="Remove some.")
    options = generate_registration_options(
        rp_id=site.name,
        rp_name="Openbell",
        user_name=person.name,
        user_id=accounts.key.mark("passkey user", str(person.id))[:32].encode(),  # no number to recognise by elsewhere
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(each.credential)) for each in held],
    )
    told = {"challenge": _text(options.challenge), "person": person.id}
    return helpers.options_to_json_dict(options), begun(accounts, "new passkey", told)


def add(
    accounts: Accounts, person: Person, mark: str, credential: dict[str, Any], name: str, site: Site, place: Place
) -> Passkey:
    """Keep the passkey that a browser has made; raises InvalidInput for what is none."""
    from webauthn import verify_registration_response  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    told = come_back(accounts, "new passkey", mark)
    if told.get("person") != person.id:
        raise LoginNeeded("Somebody else began this.", remedy="Begin again.")
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=_bytes(told["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise InvalidInput("credential", f"This is no passkey for {site.name}.", remedy="Begin again.") from error
    deed = accounts.deed(person, "passkey added", place, name)
    key = _text(made.credential_public_key)
    return accounts.passkeys.add_passkey(person.id, _text(made.credential_id), key, made.sign_count, name, deed)


def ask(accounts: Accounts, site: Site) -> tuple[dict[str, Any], str]:
    """What the browser is asked to sign, by whichever passkey it has for the desk, and the mark that it carries."""
    from webauthn import generate_authentication_options, helpers  # noqa: PLC0415  # as above
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    options = generate_authentication_options(rp_id=site.name, user_verification=UserVerificationRequirement.REQUIRED)
    mark = begun(accounts, "passkey", {"challenge": _text(options.challenge)})
    return helpers.options_to_json_dict(options), mark


def log_in(accounts: Accounts, mark: str, credential: dict[str, Any], site: Site, place: Place) -> Person:
    """Whose passkey has signed; raises LoginNeeded for what none of the desk's has."""
    bucket = address_bucket(place)
    take(accounts, {bucket: ADDRESS})
    told = come_back(accounts, "passkey", mark)
    held = accounts.passkeys.passkey_of(str(credential.get("id", "")))
    person = None if held is None else accounts.people.person(held.person)
    if held is None or person is None or person.disabled or not _is_signed(accounts, held, told, credential, site):
        accounts.audit.write(accounts.deed(None, "passkey refused", place, "" if person is None else person.name))
        raise LoginNeeded("This passkey does not open this desk.", remedy="Use another, or your password.")
    accounts.brakes.give_back([bucket])
    return person


def _is_signed(accounts: Accounts, held: Passkey, told: dict[str, Any], credential: dict[str, Any], site: Site) -> bool:
    """Whether the passkey has signed what was asked; a count that did not grow is a copy's (WebAuthn, 6.1.1)."""
    from webauthn import verify_authentication_response  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=_bytes(told["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=_bytes(held.public_key),
            credential_current_sign_count=held.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return False
    return accounts.passkeys.use_passkey(held, done.new_sign_count, accounts.clock())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
