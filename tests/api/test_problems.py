"""What a caller is told of a wrong request: plain words, and the field."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.desk import Desk

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "detail"),
    [
        ("GET", "/bars", "", "symbol", "symbol: this is missing."),
        ("GET", "/sources/rejects?limit=0", "", "limit", "limit: 0 is less than 1."),
        ("GET", "/sources/rejects?limit=1001", "", "limit", "limit: 1001 is more than 1000."),
        ("GET", "/sources/rejects?limit=all", "", "limit", "limit: 'all' is not a whole number."),
        (
            "GET",
            "/bars?symbol=A&adjust=double",
            "",
            "adjust",
            "adjust: 'double' is not one of 'raw', 'split' or 'total'.",
        ),
        ("GET", "/symbols?remote=perhaps", "", "remote", "remote: 'perhaps' is neither true nor false."),
        ("PUT", "/watchlists/1", "{", "body", "The body is not JSON."),
        ("PUT", "/watchlists/one", "{}", "key", "key: 'one' is not a whole number."),
        ("PUT", "/watchlists/1", "[]", "body", "body: this is not an object."),
        ("PUT", "/watchlists/1", '{"symbols": "ACME"}', "symbols", "symbols: 'ACME' is not a list."),
        ("PUT", "/watchlists/1", '{"symbols": [1]}', "symbols.0", "symbols.0: '1' is not a text."),
        ("PUT", "/watchlists/1", '{"name": ""}', "name", "name: this is too short (at least 1)."),
    ],
)
def test_a_wrong_request_is_told_in_plain_words(desk: Desk, method: str, path: str, body: str, field: str, detail: str):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    answer = client.request(method, f"/api/v1{path}", content=body, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["field"], problem["detail"]) == (422, field, detail)
