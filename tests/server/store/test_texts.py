"""Searching within texts: the index narrows, the filter decides."""

import pytest
from starlette.testclient import TestClient

from factories import make_asset
from pywats_server.odata import parse_filter
from pywats_server.store import texts
from pywats_server.store.documents import ASSET


@pytest.mark.parametrize(
    ("filter", "wanted"),
    [
        ("contains(assetName,'prob')", ('"pro"', '"rob"')),
        ("contains(assetName,'probe') eq true", ('"pro"', '"rob"', '"obe"')),
        ("state eq 1 and contains(location,'abc') and contains(assetName,'bcd')", ('"abc"', '"bcd"')),
        ("contains(description,'a\"b')", ('"a""b"',)),
        ("contains(SERIALNUMBER,'äöü')", ('"äöü"',)),
    ],
)
def test_trigrams_of_demanded_texts_are_asked_for(filter: str, wanted: tuple[str, ...]) -> None:
    assert texts.trigrams(parse_filter(filter), ASSET) == wanted


@pytest.mark.parametrize(
    "filter",
    [
        "contains(assetName,'pr')",
        "contains(revision,'probe')",
        "contains(tolower(assetName),'probe')",
        "not contains(assetName,'probe')",
        "contains(assetName,'probe') eq false",
        "contains(assetName,'probe') or state eq 1",
        "contains('probes',assetName)",
        "startswith(assetName,'probe')",
    ],
)
def test_trigrams_of_what_is_not_demanded_are_not(filter: str) -> None:
    assert texts.trigrams(parse_filter(filter), ASSET) == ()


@pytest.fixture(params=["many", "few", "rare"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found counts as too many to be looked up one by one, as few of them, or as rare by one trigram."""
    monkeypatch.setattr(texts, "FEW", 0 if request.param == "many" else 100)
    monkeypatch.setattr(texts, "RARE", 100 if request.param == "rare" else -1)


def _found(api: TestClient, filter: str) -> list[str]:
    answer = api.get("/api/Asset", params={"$filter": filter, "$orderby": "serialNumber", "$count": "true"})
    serials = [asset["serialNumber"] for asset in answer.json()]
    assert answer.headers["X-Total-Count"] == str(len(serials))
    return serials


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize(
    ("needle", "found"),
    [
        ("probe", ["A", "B"]),
        ("Probe", ["C"]),
        ("50%", ["B"]),
        ("50_", []),
        ('"50%"', ["B"]),
        ("a\\b", ["C"]),
        ("Prüf", ["C"]),
        ("ü", ["C"]),
        ("prober", []),
    ],
)
def test_contains_finds_exactly_what_holds_the_text(api: TestClient, needle: str, found: list[str]) -> None:
    make_asset(api, serialNumber="A", assetName="probe")
    make_asset(api, serialNumber="B", assetName='a probe at "50%" be')
    make_asset(api, serialNumber="C", assetName="Probe (Prüfspitze) a\\b")

    assert _found(api, f"contains(assetName,'{needle}')") == found


@pytest.mark.usefixtures("size")
def test_contains_needs_the_text_in_the_property_that_is_asked(api: TestClient) -> None:
    make_asset(api, serialNumber="A", assetName="scanner", description="near the scaffold")

    assert _found(api, "contains(description,'scanner')") == []


@pytest.mark.usefixtures("size")
def test_contains_follows_changes(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="A", assetName="scanner")
    api.put("/api/Asset", json={"assetId": asset["assetId"], "serialNumber": "A", "assetName": "camera"})
    make_asset(api, serialNumber="B", assetName="scanner")
    make_asset(api, serialNumber="C", assetName="scanner")
    api.delete("/api/Asset", params={"serialNumber": "C"})

    assert _found(api, "contains(assetName,'scanner')") == ["B"]
    assert _found(api, "contains(assetName,'camera')") == ["A"]
