"""The names that people sign in with."""

from __future__ import annotations

import unicodedata

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import MACHINE

LONGEST = 60


def name_of(text: str) -> str:
    """A name as it is shown; raises InvalidInput for one that is none."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not 0 < len(name) <= LONGEST:
        raise InvalidInput("name", f"A name has 1 to {LONGEST} characters.", remedy="Choose another.")
    if any(unicodedata.category(each)[0] in "CZ" and each != " " for each in name):
        raise InvalidInput("name", "The name holds a character that cannot be seen.", remedy="Type it anew.")
    if login_of(name).replace("\u2019", "'") == MACHINE:
        raise InvalidInput("name", f"The log calls the command line {MACHINE}.", remedy="Choose another.")
    return name


def login_of(text: str) -> str:
    """What is compared when somebody signs in: spelling with capitals, or composed otherwise, is the same name."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).strip().casefold())
