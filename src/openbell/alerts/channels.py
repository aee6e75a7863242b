"""The kinds of channels an alert leaves by: mail, a signed webhook, and the services that Apprise speaks to.

A channel is its configuration, checked when it is made; `channel_of` makes one from what the ledger keeps. What is
secret in it is in no repr, no error and no receipt. When to send is `alerts.deliver`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any
from urllib.parse import urlsplit

from openbell.alerts.given import made
from openbell.alerts.mail import Email
from openbell.alerts.message import Channel
from openbell.alerts.services import Apprise
from openbell.alerts.webhook import Webhook
from openbell.model.errors import InvalidInput
from openbell.store.outbox import READ_BY_THE_PAGE

_KINDS: Mapping[str, type[Email] | type[Webhook] | type[Apprise]] = {
    "email": Email,
    "webhook": Webhook,
    "apprise": Apprise,
}
KINDS = (*_KINDS, *READ_BY_THE_PAGE)


def channel_of(kind: str, config: Mapping[str, Any]) -> Channel | None:
    """The channel of a kind; None for one that the page reads itself. Raises InvalidInput, without a secret in it."""
    if kind not in KINDS:
        raise InvalidInput("kind", f"There is no kind of channel {kind!r}.", remedy=f"Choose of {', '.join(KINDS)}.")
    known = [each.name for each in fields(_KINDS[kind])] if kind in _KINDS else []
    unknown = sorted(set(config) - set(known))
    if unknown:
        remedy = f"Its fields: {', '.join(known)}." if known else "It has no fields."
        raise InvalidInput(unknown[0], f"A channel of kind {kind} has no {unknown[0]}.", remedy=remedy)
    if kind in READ_BY_THE_PAGE:
        return None
    missing = [each.name for each in fields(_KINDS[kind]) if each.default is MISSING and not config.get(each.name)]
    if missing:
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise InvalidInput(
            missing[0], f"{names} {'is' if len(missing) == 1 else 'are'} missing.", remedy="An alert could not leave."
        )
    channel: Channel = made(dict(config), _KINDS[kind])
    return channel


def shown(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """`config` as it may be shown: of a secret no more than how it ends, and of an address where it leads."""
    if kind not in _KINDS:
        return {}
    secrets = {each.name for each in fields(_KINDS[kind]) if each.metadata.get("secret")}
    hide = {"url": _service if kind == "apprise" else _place}
    return {
        name: hide.get(name, _hidden)(str(value)) if name in secrets and value else value
        for name, value in config.items()
    }


def reconfigured(kind: str, config: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`config` with what `change` says otherwise; a secret that is told as it is `shown` stays what it was."""
    seen = shown(kind, config)
    return {**config, **{name: value for name, value in change.items() if name not in seen or seen[name] != value}}


def _place(url: str) -> str:
    """Scheme, host and port of a webhook's address; what follows is hidden, and so is a password before them."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    rest = url.partition(parts.netloc)[2]
    return f"{parts.scheme}://{host}{f'/{_hidden(rest)}' if rest.strip('/') else rest}"


def _service(url: str) -> str:
    """The service of an address for Apprise, such as `tgram://`; many have their keys where a host would be."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{_hidden(rest)}"


def _hidden(secret: str) -> str:
    """`****` and the last four; of a short secret that would be too much."""
    return f"****{secret[-4:]}" if len(secret) >= 16 else "****"
