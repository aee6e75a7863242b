"""Any request that the API's own document allows is answered, or refused with a sentence; none makes the desk fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core import NotSet

from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings


@pytest.fixture(scope="module")
def client(demo_desk: Desk) -> TestClient:
    return TestClient(create_app(demo_desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)


document = schemathesis.openapi.from_path(Path(__file__).parents[2] / "web" / "openapi.json")


DECLARED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def answered(case: schemathesis.Case, client: TestClient, query: dict[str, object]) -> None:
    """The request of `case` is answered, or refused in the form of problems."""
    body = case.body
    told = {} if isinstance(body, NotSet) else {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = client.request(case.method, case.formatted_path, params=query, **told)
    case.validate_response(answer, checks=DECLARED)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


@document.include(method="GET").parametrize()
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_no_reading_request_makes_the_desk_fail(case: schemathesis.Case, client: TestClient):
    known = {"symbol": "QUORB", "symbols": "QUORB,HAZLO"}  # else nearly every request names nobody
    query = {name: known.get(name, value) for name, value in (case.query or {}).items()}
    answered(case, client, query)


@pytest.fixture(scope="module")
def changeable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A desk that may be changed."""
    desk = open_desk(Settings(home=tmp_path_factory.mktemp("changeable"), offline=True))
    yield TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    desk.close()


@document.include(method=["POST", "PUT", "DELETE"]).exclude(path_regex="/test$").parametrize()
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_no_writing_request_makes_the_desk_fail(case: schemathesis.Case, changeable: TestClient):
    answered(case, changeable, dict(case.query or {}))
