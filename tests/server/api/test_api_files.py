"""Files of assets."""

import hashlib

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_file
from server.api.asking import told

_PATH = "/api/internal/Blob/Asset"


@pytest.mark.parametrize(
    "name",
    ["a.pdf", "as found/2026.pdf", "Prüfung 中文 🔧.pdf", "../../etc/passwd", 'a"b\\c;d.pdf', "100 %.txt", "a+b&c=d"],
)
def test_attached_file_is_listed_read_and_detached_under_its_name(api: TestClient, name: str) -> None:
    asset = make_asset(api, serialNumber="S-1")
    content = bytes(range(256)) * 300
    make_file(api, asset, name, content)
    assert api.get(f"{_PATH}/List/{asset['assetId'].upper()}").json() == [name]
    answer = api.get(_PATH, params={"assetId": asset["assetId"], "filename": name})
    assert answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    detached = api.request("DELETE", "/api/internal/Blob/Assets", params={"assetId": asset["assetId"]}, json=[name])
    assert (detached.status_code, detached.json()) == (200, None)
    assert api.get(f"{_PATH}/List/{asset['assetId']}").json() == []
    digest = f"{name} (SHA-256 {hashlib.sha256(content).hexdigest()})"
    assert told(api, "S-1") == [(2, "file", None, digest), (2, "file", digest, None)]


@pytest.mark.parametrize("content_type", [None, "application/json", "multipart/form-data", "text/plain; charset=x"])
def test_attached_bytes_are_kept_whatever_they_are_called(api: TestClient, content_type: str | None) -> None:
    asset = make_asset(api)
    headers = {"Content-Type": content_type} if content_type else {}
    params = {"assetId": asset["assetId"], "filename": "f"}
    assert api.post(_PATH, params=params, content=b"{\xff", headers=headers).status_code == 200
    assert api.get(_PATH, params=params).content == b"{\xff"


def test_same_file_again_changes_nothing(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1")
    for _ in range(2):
        make_file(api, asset, "a.pdf", b"same")
    assert len(told(api, "S-1")) == 1


def test_file_of_a_serial_number_is_found_too(api: TestClient) -> None:
    make_file(api, make_asset(api, serialNumber="S/1"), "a.pdf", b"content")
    assert api.get(_PATH, params={"serialNumber": "S/1", "filename": "a.pdf"}).content == b"content"


def test_detaching_names_a_file_twice_and_takes_it_once(api: TestClient) -> None:
    asset = make_asset(api)
    make_file(api, asset, "a")
    make_file(api, asset, "b")
    answer = api.request("DELETE", "/api/internal/Blob/Assets", params={"assetId": asset["assetId"]}, json=["a", "a"])
    assert answer.status_code == 200
    assert api.get(f"{_PATH}/List/{asset['assetId']}").json() == ["b"]
