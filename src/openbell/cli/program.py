"""The program: it runs a command, and ends with an exit code, after a failure with a sentence too."""

from __future__ import annotations

import sys
from typing import Any

import typer
from pydantic import ValidationError

from openbell.cli import terminal
from openbell.cli.commands import app
from openbell.model.errors import InvalidInput, OpenbellError, StoreError, Unconfirmed

USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises for any wrong word; its releases keep the class in different places."""


def main() -> None:
    """Run the command line; an error is one sentence on standard error, and exit code 1 (2 for wrong arguments)."""
    try:
        code = app(prog_name=terminal.program(), standalone_mode=False)
    except USAGE as error:
        _misused(error)
        sys.exit(2)
    except typer.Abort:
        sys.exit(1)
    except InvalidInput as error:
        terminal.failed(error)
        sys.exit(2)
    except OpenbellError as error:
        terminal.failed(error)
        if isinstance(error, Unconfirmed):
            terminal.note(f"--{error.field.replace('_', '-')} confirms it.")
        sys.exit(1)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"OPENBELL_{str(first['loc'][0]).upper()}" if first["loc"] else "the settings"
        why = first["msg"].removeprefix("Value error, ")
        terminal.failed(InvalidInput(name, f"{name}: {why}.", remedy="See .env.example."))
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
        terminal.failed(StoreError(what, remedy="`openbell doctor` says which folders are used."))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _misused(error: Any) -> None:
    """One sentence for what was typed; a command without what it needs has shown its help already."""
    if said := error.format_message().strip().replace("Value error, ", ""):
        where = error.ctx.command_path if error.ctx else terminal.program()
        terminal.failed(InvalidInput("usage", f"{said.rstrip('.')}.", remedy=f"See `{where} --help`."))
