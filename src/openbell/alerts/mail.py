"""An alert as a mail to one address."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Literal

from openbell.alerts.message import SECRET, TIMEOUT_S, Message, Undelivered, short, unanswered
from openbell.model.errors import InvalidInput
from openbell.providers.http import redacted


@dataclass(frozen=True, slots=True)
class Email:
    """A mail to one address. `tls` from the first byte, `starttls` before anything is said, or `none`."""

    host: str
    sender: str
    to: str
    port: int = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False, metadata=SECRET)

    def __post_init__(self) -> None:
        _assert_host(self.host)
        for name in ("sender", "to"):
            if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", address := getattr(self, name)):
                raise InvalidInput(
                    name, f"{address!r} is no e-mail address.", remedy="Give one, such as name@example.org."
                )
            if not address.isascii():  # most servers take no others (RFC 6531)
                raise InvalidInput(name, f"{name} has letters beyond ASCII.", remedy="Write the domain as xn--….")
        if not 0 < self.port < 65536:
            raise InvalidInput(
                "port", f"port is {self.port}.", remedy="Give 1 to 65535: 587 for starttls, 465 for tls."
            )
        if self.password and self.security == "none":
            raise InvalidInput("security", "A password would go over an open line.", remedy="Choose starttls or tls.")

    async def send(self, message: Message, key: str, now: datetime) -> str:  # noqa: ARG002  # the mail bears the event's time
        """As Channel promises; the Message-ID is the key."""
        import aiosmtplib  # noqa: PLC0415  # only desks that send mail need it

        server = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            timeout=TIMEOUT_S,
        )
        line = None
        try:
            await server.connect()
            line = server.transport
            if self.username:
                await server.login(self.username, self.password)
            _, answer = await server.send_message(self._mail(message, key))
            with suppress(aiosmtplib.SMTPException):  # it has the mail, whatever it says to a good-bye
                await server.quit(timeout=1.0)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._refused(error.recipients[0].code, error.recipients[0].message) from None
        except aiosmtplib.SMTPResponseException as error:
            raise self._refused(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(short(unanswered(self.host, self.port, error))) from None
        finally:
            server.close()
            if isinstance(line, asyncio.WriteTransport):
                line.abort()  # closing one in TLS would wait for the server's good-bye
        return short(redacted(answer, self.password))

    def _refused(self, code: int, said: str) -> Undelivered:
        """RFC 5321, 4.2.1: 4yz may be repeated, 5yz not."""
        return Undelivered(short(redacted(f"{code} {said}", self.password)), permanent=500 <= code < 600)

    def _mail(self, message: Message, key: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, self.to
        mail["Subject"] = short(" ".join(message.text.split()))
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        foot = f"{message.symbol} at {message.at:%Y-%m-%d %H:%M:%S %Z}"
        mail.set_content(f"{message.text}\n\n{foot}\n", cte="quoted-printable")
        page = f"<p>{escape(message.text)}</p>\n<p><small>{escape(foot)}</small></p>\n"
        mail.add_alternative(page, subtype="html", cte="quoted-printable")
        mail.set_boundary(key)  # else a random one: the same key is to bear the same bytes
        return mail


def _assert_host(host: str) -> None:
    if not re.fullmatch(r"[^\s/@]+", host):
        raise InvalidInput("host", f"{host!r} is no name of a server.", remedy="Give one, such as smtp.example.org.")
