"""What vendors send in place of prices, with the status of a success: limits, refusals, pages; and portfolios."""

from __future__ import annotations

import re

from openbell.model.errors import UnreadableFile
from openbell.providers.files.table import TRANSACTIONS
from openbell.providers.files.unpack import Member

LONGEST_BYTES = 65_536
MESSAGES = (
    (r"No data\.?\s*$", "Stooq has no data for this symbol and range.", "Check the symbol, or ask another source."),
    (r"Exceeded the daily hits limit", "Stooq's daily limit was reached.", "Try again tomorrow."),
    (
        r"\{.*(call frequency|requests per day|rate limit|premium)",
        "Alpha Vantage's limit was reached.",
        "Try again later, or use another key.",
    ),
    (r"\{.*Error Message", "Alpha Vantage refused the call.", "Check the symbol and the function."),
    (r"\{.*\"activities\"\s*:", TRANSACTIONS, ""),
    (r"(<\?xml.*?)?<(FlexQueryResponse|FlexStatement|.*\baccountId=)", TRANSACTIONS, ""),
    (r"(option|plugin|include) \"|\d{4}-\d\d-\d\d (\*|!|txn|open) ", TRANSACTIONS, ""),
    (r"<(!doctype|html|\?xml)", "this is a web page, no table of prices.", "Download the file itself."),
    (r"[\[{]", "this is JSON, no table of prices.", "Save it as CSV or Parquet."),
)


def refuse_message(member: Member) -> None:
    """Raise UnreadableFile where `member` is a vendor's message instead of prices."""
    opening = member.data[:LONGEST_BYTES].decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    for pattern, what, remedy in MESSAGES:
        if re.match(pattern, opening, re.IGNORECASE | re.DOTALL):
            raise UnreadableFile(member.path, what, remedy=remedy)
