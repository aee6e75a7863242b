"""Alerts from the command line: rules, their trial on the past, what fired, and whether a channel works.

Rules and firings are those of the desk's first owner, whose machine it is; other people have theirs on the page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from openbell.cli import terminal, typed
from openbell.model.errors import InvalidInput
from openbell.model.words import counted
from openbell.settings import Settings

if TYPE_CHECKING:
    from openbell.alerts.conditions import Target
    from openbell.desk import Desk
    from openbell.rulebook import Rulebook
    from openbell.store.alertbook import StoredRule
    from openbell.store.firingbook import Firing
    from openbell.store.outbox import State

app = typer.Typer(no_args_is_help=True, help="Rules, what they would have done, and what fired.")

Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]


@app.command("add", context_settings={"ignore_unknown_options": True})  # a negative number is a value
def add(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[SYMBOL] [KIND] [VALUE] [FIELD=VALUE]...",
            help=f"Such as AAPL crosses 190 direction=up. Kinds: {', '.join(typed.KINDS)}; none: moves 1 (percent).",
        ),
    ],
    watchlist: Annotated[str | None, typer.Option(help="On every symbol of this watchlist.")] = None,
    name: Annotated[str | None, typer.Option(help="A name; default: what it waits for.")] = None,
    repeat: Annotated[
        typed.Repeat | None,
        typer.Option(
            help="How often it may fire on each symbol; default: once for crosses, new-high and new-low, "
            "daily for moves from a close or open, else always."
        ),
    ] = None,
    hysteresis: Annotated[float, typer.Option(help="Percent to come back before it fires again.")] = 0.0,
    cooldown: Annotated[float, typer.Option(help="Minutes of silence after each firing.")] = 0.0,
    expires: Annotated[str | None, typer.Option(help="The date or instant it ends at.")] = None,
    quiet: Annotated[str | None, typer.Option(help="Such as 22:00-07:00@Europe/Amsterdam.")] = None,
    session_only: Annotated[bool, typer.Option("--session-only", help="In regular hours only.")] = False,
    message: Annotated[str, typer.Option(help="What it says; {symbol} and {price} are filled in.")] = "",
    channel: Annotated[list[str] | None, typer.Option(help="The channels it tells; default: all.")] = None,
) -> None:
    """Add a rule; a desk that is open follows it within seconds."""
    from openbell.alerts.conditions import JobFailed  # noqa: PLC0415  # loads slowly
    from openbell.alerts.rules import Rule, cooldown_of  # noqa: PLC0415  # loads slowly
    from openbell.alerts.words import sentence  # noqa: PLC0415
    from openbell.history.stretch import instant  # noqa: PLC0415
    from openbell.jobs import job_of  # noqa: PLC0415
    from openbell.rulebook import Rulebook, body_of, rule_of  # noqa: PLC0415

    symbol, condition = typed.worded(words, on_list=watchlist is not None)
    if isinstance(condition, JobFailed) and condition.job:
        job_of("job", condition.job)
    with _desk() as desk:
        owner = _owner(desk)
        rule = Rule(
            id="new",
            name=name or typed.named(symbol or watchlist, condition),
            condition=condition,
            target=_target(desk, symbol, watchlist, owner),
            hysteresis_pct=hysteresis,
            cooldown=cooldown_of(cooldown),
            repeat=(repeat or typed.preset(condition)).value,
            expires=instant("expires", expires) if expires else None,
            quiet=typed.quiet(quiet) if quiet else None,
            session_only=session_only,
            message=message,
        )
        rule.assert_ahead(desk.clock())
        book = Rulebook(desk)
        numbers = [_channel(desk, each) for each in channel] if channel else None
        stored = book.kept.add_rule(rule.name, body_of(rule), desk.clock(), owner=owner, channels=numbers)
        terminal.said(f"Rule {stored.id}: {symbol or watchlist or 'the desk'} {sentence(rule_of(stored))}.")
        if symbol is not None and not _is_known(desk, symbol):
            terminal.warned(
                f"Nothing is known of {symbol}: no price of it is here, and no watchlist has it. If the spelling is "
                f"wrong, this rule never fires: `openbell alerts remove {stored.id}` removes it."
            )


@app.command("list")
def rules(as_json: Json = False) -> None:
    """List the rules."""
    from openbell.rulebook import Rulebook  # noqa: PLC0415

    with _desk() as desk:
        book = Rulebook(desk)
        rows = [_listed(book, each) for each in book.kept.rules(_owner(desk))]
    schema = {"id": pl.Int64, "on": pl.String, "rule": pl.String, "enabled": pl.Boolean, "name": pl.String}
    terminal.frame(pl.DataFrame(rows, schema=schema), as_json=as_json, empty="There are no rules yet.")


@app.command("remove")
def remove(numbers: Annotated[list[int], typer.Argument(help="Numbers that `openbell alerts list` shows.")]) -> None:
    """Remove rules; what they have fired stays in the log."""
    from openbell.store.alertbook import AlertBook  # noqa: PLC0415

    with _desk() as desk:
        for number in numbers:
            AlertBook(desk.ledger).remove_rule(number, _owner(desk))
            terminal.said(f"Rule {number} is removed.")


@app.command("test")
def tried(
    number: Annotated[int, typer.Argument(help="A number that `openbell alerts list` shows.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far back.")] = 90,
    as_json: Json = False,
) -> None:
    """Say when a rule would have fired."""
    from openbell.rulebook import Rulebook, rule_of  # noqa: PLC0415
    from openbell.trials import trials  # noqa: PLC0415

    with _desk() as desk:
        book, owner = Rulebook(desk), _owner(desk)
        rule = rule_of(_stored(book.kept.rules(owner), number))
        done = trials(desk, rule, book.members(rule.target, owner), days)
    rows = [
        (str(day or f"{fired.at:%Y-%m-%d %H:%M:%S}Z"), each.symbol, fired.price, fired.message)
        for each in done
        for fired, day in each.fired
    ]
    if not as_json:
        times = "once" if len(rows) == 1 else f"{len(rows):,} times"
        terminal.note(f"{rule.name} would have fired {times} in the last {counted(days, 'day')}.")
        for each in done:
            terminal.note(f"{each.symbol}: tried since {each.since:%Y-%m-%d}{_hidden(each.days)}.")
    schema = {"at": pl.String, "symbol": pl.String, "price": pl.Float64, "message": pl.String}
    terminal.frame(pl.DataFrame(rows, schema=schema, orient="row"), as_json=as_json)


def _hidden(days: int) -> str:
    return f", on {counted(days, 'date')} by daily bars, which hide how often" if days else ""


@app.command("log")
def log(
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")] = 20, as_json: Json = False
) -> None:
    """Show what fired, newest first, and how its deliveries stand; in JSON with every try to deliver it."""
    from openbell.store.firingbook import FiringBook  # noqa: PLC0415
    from openbell.store.outbox import Outbox  # noqa: PLC0415

    with _desk() as desk:
        found = FiringBook(desk.ledger).firings(_owner(desk), most=most + 1)
        older, found = len(found) > most, found[:most]
        if as_json:
            print(json.dumps(_told(desk, found)))
        else:
            _show(found, Outbox(desk.ledger).standing([each.id for each in found]))
    if older:
        terminal.note(f"These are the newest {most}; older ones are shown with --most, 1,000 at once.")


@app.command("channels")
def channels(as_json: Json = False) -> None:
    """List the channels, without their secrets; the Alerts page adds them."""
    from openbell.alerts.channels import shown  # noqa: PLC0415
    from openbell.store.alertbook import AlertBook  # noqa: PLC0415

    with _desk() as desk:
        rows = [
            {
                "name": each.name,
                "kind": each.kind,
                "enabled": each.enabled,
                "config": ", ".join(f"{key}={value}" for key, value in shown(each.kind, each.config).items()),
            }
            for each in AlertBook(desk.ledger).channels()
        ]
    schema = {"name": pl.String, "kind": pl.String, "enabled": pl.Boolean, "config": pl.String}
    empty = "There are no channels yet: the Alerts page adds them."
    terminal.frame(pl.DataFrame(rows, schema=schema), as_json=as_json, empty=empty)


@app.command("try")
def try_channel(name: Annotated[str, typer.Argument(help="The name of a channel.")]) -> None:
    """Send a test message through a channel, and show the receipt."""
    from openbell.alerts.channels import channel_of  # noqa: PLC0415
    from openbell.alerts.deliver import send_test  # noqa: PLC0415
    from openbell.store.alertbook import AlertBook  # noqa: PLC0415

    with _desk() as desk:
        number = _channel(desk, name)
        held = next(each for each in AlertBook(desk.ledger).channels() if each.id == number)
        channel = channel_of(held.kind, held.config)
        receipt = "The page shows these itself." if channel is None else asyncio.run(send_test(channel, desk.clock()))
    terminal.said(f"{name}: {receipt}")


def _show(firings: Sequence[Firing], standing: Mapping[int, Mapping[State, int]]) -> None:
    rows = [
        {
            "at": f"{each.at:%Y-%m-%d %H:%M:%S}Z",
            "rule": each.rule_id,
            "message": each.message,
            "delivery": ", ".join(f"{count} {state}" for state, count in standing.get(each.id, {}).items()),
        }
        for each in firings
    ]
    schema = {"at": pl.String, "rule": pl.Int64, "message": pl.String, "delivery": pl.String}
    terminal.frame(pl.DataFrame(rows, schema=schema), as_json=False, empty="Nothing has fired yet.")


def _told(desk: Desk, firings: Sequence[Firing]) -> list[dict[str, Any]]:
    """All that is kept of `firings`: a channel or a rule that was removed since has no name."""
    from openbell.store.alertbook import AlertBook  # noqa: PLC0415
    from openbell.store.outbox import Outbox  # noqa: PLC0415

    book, outbox = AlertBook(desk.ledger), Outbox(desk.ledger)
    rules, channels = ({each.id: each.name for each in kept} for kept in (book.rules(), book.channels()))
    return [
        {
            "id": firing.id,
            "at": _instant(firing.at),
            "rule": firing.rule_id,
            "rule_name": rules.get(firing.rule_id),
            "event": firing.event,
            "symbol": firing.symbol,
            "price": firing.price,
            "message": firing.message,
            "quiet": firing.quiet,
            "seen": firing.seen,
            "deliveries": [
                {
                    "channel": way.channel_id,
                    "channel_name": channels.get(way.channel_id),
                    "key": way.key,
                    "state": way.state,
                    "next_try": None if way.next_try is None else _instant(way.next_try),
                    "created": _instant(way.created),
                    "attempts": [
                        {"at": _instant(each.at), "ok": each.ok, "receipt": each.receipt}
                        for each in outbox.attempts(way.id)
                    ],
                }
                for way in outbox.deliveries(firing.id)
            ],
        }
        for firing in firings
    ]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _listed(book: Rulebook, stored: StoredRule) -> dict[str, Any]:
    """A line of the list; a rule that another version wrote is in it, to be removed by its number."""
    from openbell.alerts.words import sentence  # noqa: PLC0415
    from openbell.rulebook import rule_of  # noqa: PLC0415

    on = ""
    try:
        rule = rule_of(stored)
    except InvalidInput as error:
        said = f"cannot be read: {error.what}"
    else:
        why = book.left_out(rule.target, stored.owner)
        said = sentence(rule) if why is None else f"{sentence(rule)}. Left out: {why}"
        on = "" if rule.target is None else book.named(rule.target, stored.owner)
    return {"id": stored.id, "on": on, "rule": said, "enabled": stored.enabled, "name": stored.name}


def _is_known(desk: Desk, symbol: str) -> bool:
    """Whether there are prices of a symbol, or somebody watches it."""
    from openbell.store.watchbook import WatchBook  # noqa: PLC0415

    if any(symbol in each.symbols for each in WatchBook(desk.ledger).lists()):
        return True
    return not desk.history.stored(desk.history.register.id_of(symbol)).is_empty()


def _target(desk: Desk, symbol: str | None, watchlist: str | None, owner: int) -> Target | None:
    from openbell.alerts.conditions import Symbol, Watchlist  # noqa: PLC0415  # loads slowly
    from openbell.rulebook import Rulebook  # noqa: PLC0415

    if watchlist is not None:
        lists = Rulebook(desk).lists(owner)
        held = next((each for each in lists if each.name == watchlist), None)
        if held is None:
            names = ", ".join(each.name for each in lists) or "none yet"
            raise InvalidInput("watchlist", f"There is no watchlist {watchlist!r}.", remedy=f"There are: {names}.")
        return Watchlist(str(held.id))
    return None if symbol is None else Symbol(symbol)


def _channel(desk: Desk, name: str) -> int:
    from openbell.store.alertbook import AlertBook  # noqa: PLC0415

    known = AlertBook(desk.ledger).channels()
    found = next((each.id for each in known if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in known) or "none yet: the Alerts page adds them"
        raise InvalidInput("channel", f"There is no channel {name!r}.", remedy=f"There are: {names}.")
    return found


def _stored(rules: Sequence[StoredRule], number: int) -> StoredRule:
    found = next((each for each in rules if each.id == number), None)
    if found is None:
        raise InvalidInput("number", f"There is no rule {number}.", remedy="See `openbell alerts list`.")
    return found


def _owner(desk: Desk) -> int:
    """Whose alerts these are."""
    owner = desk.accounts.people.first_owner()
    if owner is None:
        raise InvalidInput("owner", "The desk has no owner.", remedy="Add one with `openbell user add`.")
    return owner.id


@contextmanager
def _desk() -> Iterator[Desk]:
    """The desk of the settings, without its vendors."""
    from openbell.desk import open_desk  # noqa: PLC0415  # loads slowly

    desk = open_desk(Settings(offline=True))
    try:
        yield desk
    finally:
        desk.close()
