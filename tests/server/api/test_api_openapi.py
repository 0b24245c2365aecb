"""The OpenAPI document against the server: calls made of the document alone, and judged by the document alone."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from conftest import Clients
from pywats_server.services.session import Role
from server.api.calls import BY_NAME, Call

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture(scope="module")
def operations(built: FastAPI) -> dict[str, Any]:
    """Every operation of the document, by its name."""
    document = schemathesis.openapi.from_dict(built.openapi())
    return {operation.label: operation for operation in (result.ok() for result in document.get_all_operations())}


# Now and then something beside the strategies draws from the common chance while a case is made.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.no_cover
@pytest.mark.parametrize("name", BY_NAME)
def test_answers_are_as_documented(furnished: Clients, operations: dict[str, Any], name: str) -> None:
    client = furnished.anonymous
    client.headers |= furnished.headers(Role.ADMINISTRATOR)
    cases = st.one_of(*(operations[name].as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, goal=st.sampled_from(["anything", "what exists", "a valid call"]))
    def calls(case: Any, goal: str) -> None:
        _aim(case, BY_NAME[name], goal)
        case.validate_response(_send(client, case), checks=_CHECKS)

    calls()


def _aim(case: Any, valid: Call, goal: str) -> None:
    """Let some of the calls be about what exists, or they would all end at the first check."""
    case.headers = {key: value for key, value in (case.headers or {}).items() if key != "Authorization"}
    if goal == "anything":
        return
    named = {key: value for key, value in valid.params.items() if goal == "a valid call" or key in _NAMES}
    case.query = {**(case.query or {}), **{key: str(value) for key, value in named.items()}}
    case.path_parameters = valid.values or case.path_parameters
    if goal == "a valid call" and valid.json is not None:
        case.body = {**case.body, **valid.json} if isinstance(case.body, dict) else valid.json


_NAMES = {"id", "serialNumber", "assetId", "filename", "name"}


def _send(client: TestClient, case: Any) -> Any:
    request = case.as_transport_kwargs(base_url="http://testserver")
    request["headers"] = {key: value for key, value in request["headers"].items() if key.title() != "Authorization"}
    request.pop("cookies")
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    return client.request(**request)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", BY_NAME)
def test_text_that_a_database_cannot_hold_is_no_defect(
    furnished: Clients, operations: dict[str, Any], name: str
) -> None:
    client = furnished.anonymous
    client.headers |= furnished.headers(Role.ADMINISTRATOR)
    for call in _with_nul(BY_NAME[name], [parameter.name for parameter in operations[name].query]):
        assert call.send(client).status_code < 500, call


def _with_nul(valid: Call, query: Iterable[str]) -> Iterator[Call]:
    """Yield a call with a NUL in one of its texts after the other."""
    for param in query:
        yield valid.but(params={**valid.params, param: "a\0b"})
        yield valid.but(params={param: "a\0b"})
    for value in valid.values:
        yield valid.but(values={**valid.values, value: "a%00b"})
    if isinstance(valid.json, dict):
        yield from (valid.but(json={**valid.json, field: "a\0b"}) for field in valid.json)
    if isinstance(valid.json, list):
        texts = ["a\0b" if isinstance(one, str) else {**one, next(iter(one)): "a\0b"} for one in valid.json]
        yield valid.but(json=texts)


def test_document_leaves_no_error_without_its_shape(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary") or operation.get("description"), path
            for status, response in operation["responses"].items():
                assert "X-Request-Id" in response["headers"], (method, path, status)
                if status >= "400":
                    assert response["content"] == {"application/problem+json": problem}, (method, path, status)


def test_documentation_page_loads_nothing_from_elsewhere(api: TestClient) -> None:
    page = api.get("/docs").text
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
    assert api.get("/docs/static/swagger-ui-bundle.js").status_code == 200
