"""The API is what its description says, whatever is sent: Schemathesis, on the real application."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from effort import examples
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from ninja.openapi.schema import OpenAPISchema
from readers import clear
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.api.app import api
from fourfold.node.roles import Role

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
PLACES = [(path, method) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods]


@cache
def described() -> Any:
    """The API as it describes itself, asked once."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())


@pytest.fixture
def headers(me: Any, other: Any, agreed: Any, incident: Any) -> dict[str, str]:
    """The token of an account with every role, on a node with something in it."""
    del me, other, agreed  # asked for, so that there is a node with a counterpart
    incident()
    add_account("ada", "correct horse battery", list(Role), "operator")
    clear("ada")
    return {"Authorization": f"Bearer {issue_token('ada', 'tests', 1, 'operator')}"}


@pytest.mark.parametrize(("path", "method"), PLACES)
def test_nothing_that_is_sent_makes_the_api_break_its_description(
    headers: dict[str, str], path: str, method: str
) -> None:
    schema = described()

    @hypothesis_given(case=schema[path][method.upper()].as_strategy())
    @settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
    def sent(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    sent()


COURSES = [place for place in PLACES if "{digest}" in place[0]]


@pytest.mark.parametrize(("path", "method"), COURSES)
def test_nothing_that_is_sent_to_what_is_there_makes_the_api_break_its_description(
    headers: dict[str, str], end: Any, path: str, method: str
) -> None:
    digest = (end.begun() if "joint" in path else end.proposed()).digest
    schema = described()

    @hypothesis_given(case=schema[path][method.upper()].as_strategy())
    @settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
    def sent(case: Any) -> None:
        case.path_parameters = {"digest": digest}
        case.call_and_validate(headers=headers, checks=CHECKS[:-1])

    sent()


def test_the_description_is_made_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Client().get("/api/v1/openapi.json").content
    monkeypatch.setattr(OpenAPISchema, "__init__", pytest.fail)
    assert Client().get("/api/v1/openapi.json").content == first


def test_the_description_is_served_as_it_is() -> None:
    assert Client().get("/api/v1/openapi.json").json()["info"]["title"] == "Fourfold node"
