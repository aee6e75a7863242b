"""Whether the docs keep up with the code: links, settings, commands, routes, packages, dependencies."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from openbell.alerts import rules
from openbell.alerts.given import fields_of
from openbell.cli.commands import app
from openbell.cli.typed import KINDS
from openbell.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]


def problems() -> Iterator[str]:
    """A sentence for each thing that is missing."""
    yield from _dead_links()
    text = {page.name: page.read_text() for page in PAGES}
    for name in Settings.model_fields:
        variable = f"OPENBELL_{name.upper()}"
        if f"`{variable}`" not in text["settings.md"]:
            yield f"docs/settings.md does not tell of {variable}."
        if f"# {variable}=" not in (ROOT / ".env.example").read_text():
            yield f".env.example does not show {variable}."
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").rstrip("_")
        if f"`{name}`" not in text["cli.md"]:
            yield f"docs/cli.md does not tell of the command {name}."
    for path, item in json.loads((ROOT / "web" / "openapi.json").read_text())["paths"].items():
        for method in item:
            if f"{method.upper()} {path.removeprefix('/api/v1')}`" not in text["api.md"]:
                yield f"docs/api.md does not tell of {method.upper()} {path}."
    for package in sorted(p.parent.name for p in (ROOT / "src" / "openbell").glob("*/__init__.py")):
        if f"{package}.md" not in text:
            yield f"docs/{package}.md is missing."
    yield from _untold_fields(text["alerts.md"])
    yield from _untold_dependencies(text["dependencies.md"])


def _untold_fields(told: str) -> Iterator[str]:
    """Where the table of what each kind of rule takes says otherwise than the kinds do."""
    table, kind = dict[str, dict[str, tuple[str, str]]](), ""
    for first, field, values, without in re.findall(
        r"^\| (?:`([\w-]+)`)? ?\| `(\w+)` \| (.*) \| (.*) \|$", told, re.MULTILINE
    ):
        kind = first or kind
        table.setdefault(kind, {})[field] = (values, without)
    for kind, (name, bare) in KINDS.items():
        condition = getattr(rules, name)
        fields = {each.name: each.default for each in msgspec.structs.fields(condition)}
        if kind.startswith("new-"):
            del fields["of"]  # the kind's name says it
        if list(table.get(kind, ())) != sorted(fields, key=lambda field: field != bare):
            yield f"docs/alerts.md does not tell of the fields of {kind}, the bare one first: {', '.join(fields)}."
            continue
        for field, default in fields.items():
            values, without = table[kind][field]
            may_be = fields_of(condition)[field]
            if not values.startswith(may_be) and values.replace("`", "") != may_be:
                yield f"docs/alerts.md does not say that {field} of {kind} may be {may_be}."
            expected = "must be given" if default is msgspec.NODEFAULT else f"`{default}`".replace(".0`", "`")
            if default is not None and without != expected:
                yield f"docs/alerts.md does not say what {field} of {kind} is where it is left out: {expected}."


def _dead_links() -> Iterator[str]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if not target.startswith(("http:", "https:")) and not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)} links to {target}, which is not there."


def _untold_dependencies(told: str) -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [re.split(r"[<>=~!\[; ]", line)[0] for line in project["dependencies"]]
    wanted += [
        line for line in (ROOT / "requirements-dev.in").read_text().split() if re.fullmatch(r"[A-Za-z][\w-]*", line)
    ]
    page = json.loads((ROOT / "web" / "package.json").read_text())
    wanted += list(page.get("dependencies", {}))
    for name in wanted:
        if name.lower() not in told.lower():
            yield f"docs/dependencies.md does not tell of {name}."


if __name__ == "__main__":
    found = list(problems())
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
