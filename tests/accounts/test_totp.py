"""Codes of the moment are those of the standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.accounts import totp

SEED = b"12345678901234567890"
"""Of RFC 6238, appendix B, and RFC 4226, appendix D."""


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("1970-01-01T00:00:59", "94287082"),
        ("2005-03-18T01:58:29", "07081804"),
        ("2005-03-18T01:58:31", "14050471"),
        ("2009-02-13T23:31:30", "89005924"),
        ("2033-05-18T03:33:20", "69279037"),
        ("2603-10-11T11:33:20", "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238(at: str, code: str):
    assert totp.code_of(SEED, totp.step_at(datetime.fromisoformat(at).replace(tzinfo=UTC)), digits=8) == code


def test_the_codes_are_those_of_rfc_4226():
    expected = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
    assert " ".join(totp.code_of(SEED, step) for step in range(10)) == expected


NOW = datetime(2026, 3, 4, 12, 0, 10, tzinfo=UTC)


@given(st.integers(-5, 5), st.binary(min_size=20, max_size=20))
def test_a_code_is_taken_within_a_step_of_now(off: int, secret: bytes):
    here = totp.step_at(NOW)
    found = totp.step_of(secret, totp.code_of(secret, here + off), NOW)
    assert found == here + off if abs(off) <= 1 else found is None or abs(found - here) <= 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 100])
def test_what_is_no_code_is_of_no_step(typed: str):
    assert totp.step_of(SEED, typed, NOW) is None


def test_a_code_may_be_typed_as_it_is_shown():
    code = totp.code_of(SEED, totp.step_at(NOW))
    assert totp.step_of(SEED, f" {code[:3]} {code[3:]}\n", NOW + timedelta(seconds=1)) == totp.step_at(NOW)


def test_an_authenticator_reads_the_address():
    parts = urlsplit(totp.address_of(SEED, "Ann & Bob"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Openbell:Ann%20%26%20Bob")
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Openbell"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_recovery_codes_are_read_however_they_are_typed():
    codes = totp.recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code) == 19 for code in codes)
    assert totp.recovery_of(f" {codes[0].lower().replace('-', ' ')}\n") == codes[0].replace("-", "")
