"""Fields that someone has given, made into a value; what is wrong is told in a sentence with the field's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from openbell.model.errors import InvalidInput

WORDS = {float: "a number", int: "a whole number", str: "a text"}
_EXPECTED = {
    **{kind.__name__: word for kind, word in WORDS.items()},
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_SENTENCES = (
    (re.compile(r"Object missing required field `(?P<name>\w+)`"), "is missing"),
    (re.compile(r"Object contains unknown field `(?P<name>.+)`"), "is no field here"),
    (re.compile(r"Expected `(?P<type>\w+)[^`]*`"), "must be {type}"),
    (re.compile(r"Invalid (?:enum )?value (?P<value>.+)"), "cannot be {value}"),
)
"""How msgspec words an error, and how a reader is told."""


def made(given: object, kind: Any, *, strict: bool = True) -> Any:
    """The value of type `kind`, or of one of its union by its name in `type`; raises InvalidInput.

    Without `strict`, numbers may be given as texts.
    """
    try:
        return msgspec.convert(given, kind, strict=strict)
    except msgspec.ValidationError as error:
        field, what = told(error)
        raise InvalidInput(field, what, remedy=_remedy(given, kind)) from None


def told(error: msgspec.DecodeError, *, whole: str = "value") -> tuple[str, str]:
    """The field that an error of msgspec is of, else `whole`, and the sentence."""
    what, _, path = str(error).partition(" - at `$")  # such as `$.condition.level`
    parts = [path.strip(".`")] if path.strip(".`") else []
    for form, sentence in _SENTENCES:
        if found := form.fullmatch(what.partition(", got")[0]):
            groups = found.groupdict()
            field = ".".join([*parts, *filter(None, [groups.get("name")])]) or whole
            expected = _EXPECTED.get(groups.get("type", ""), "another kind of value")
            return field, f"{field} {sentence.format(type=expected, value=groups.get('value'))}."
    field = ".".join(parts) or whole
    return field, f"{field}: {what}."


def fields_of(kind: Any) -> Mapping[str, str]:
    """The fields of a type, and what each may be: `a number`, or the texts to choose from."""
    return {name: _may_be(hint) for name, hint in get_type_hints(kind).items() if not name.startswith("_")}


def _may_be(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return ", ".join(get_args(hint))
    options = [each for each in get_args(hint) if each is not NoneType] or [hint]
    return WORDS[options[0]]


def _remedy(given: object, kind: Any) -> str:
    kinds = {each.__name__: each for each in get_args(kind) or [kind]}
    name = given.get("type") if isinstance(given, Mapping) else None
    chosen = kind if len(kinds) == 1 else kinds.get(name) if isinstance(name, str) else None
    if chosen is None:
        return f"The type is one of {', '.join(kinds)}."
    fields = ", ".join(f"{name} ({values})" for name, values in fields_of(chosen).items())
    return f"Its fields: {fields}." if fields else "It has no fields."
