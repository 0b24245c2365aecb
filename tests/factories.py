"""What tests begin with: one valid object a call, stored through the API."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from starlette.testclient import TestClient

_numbers = count(1)


def make_type(api: TestClient, **properties: Any) -> dict[str, Any]:
    """Store an asset type and return it; without *properties* it demands nothing."""
    return _stored(api, "/api/Asset/Types", {"typeName": f"Type {next(_numbers)}", **properties})


def make_asset(api: TestClient, **properties: Any) -> dict[str, Any]:
    """Store an asset and return it; it gets a type of its own unless *properties* have a `typeId`."""
    if "typeId" not in properties:
        properties["typeId"] = make_type(api)["typeId"]
    return _stored(api, "/api/Asset", {"serialNumber": f"SN-{next(_numbers)}", **properties})


def make_file(api: TestClient, asset: dict[str, Any], name: str = "certificate.pdf", content: bytes = b"%PDF") -> str:
    """Attach a file to *asset* and return its name."""
    answer = api.post(
        "/api/internal/Blob/Asset", params={"assetId": asset["assetId"], "filename": name}, content=content
    )
    assert answer.status_code == 200, answer.text
    return name


class Taken:
    """Takes a list from a use case, as documents."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []

    def __call__(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Take a part of the list."""
        self.documents += [dict(zip(names, row, strict=True)) for row in rows]


def _stored(api: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.put(path, json=body)
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.json()
    return stored
