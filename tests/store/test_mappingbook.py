"""Mappings in the ledger, each under its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openbell.store.ledger import Ledger
from openbell.store.mappingbook import MappingBook


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


def test_a_mapping_is_kept_under_its_name(ledger: Ledger):
    book = MappingBook(ledger)
    book.keep(1, "My bank", {"day": "Datum"})
    kept = book.keep(1, "My bank", {"day": "Date"})
    assert book.mappings(1) == [kept]
    assert (kept.id, kept.body) == (1, {"day": "Date"})
    book.remove(1, kept.id)
    assert book.mappings(1) == []
