"""What tests ask of the server after a call: what the log says, and what the database holds."""

from typing import Any

from starlette.testclient import TestClient

import databases
from pywats_server.settings import Settings


def log_of(api: TestClient, serial: str) -> list[dict[str, Any]]:
    """Return the log of an asset, oldest entry first."""
    quoted = serial.replace("'", "''")
    answer = api.get("/api/Asset/Log", params={"$filter": f"serialNumber eq '{quoted}'", "$orderby": "logId"})
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()
    return entries


def told(api: TestClient, serial: str) -> list[tuple[Any, ...]]:
    """Return type, property, old value and new value of every log entry of an asset after its registration."""
    return [(entry["type"], entry["property"], entry["oldValue"], entry["value"]) for entry in log_of(api, serial)[1:]]


def get(api: TestClient, serial: str) -> dict[str, Any]:
    """Return an asset."""
    answer = api.get("/api/Asset", params={"$filter": "serialNumber eq '" + serial.replace("'", "''") + "'"})
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()
    asset: dict[str, Any] = found
    return asset


def status_of(api: TestClient, serial: str, **params: Any) -> dict[str, Any]:
    """Return the status of an asset."""
    answer = api.get("/api/Asset/Status", params={"serialNumber": serial, **params})
    assert answer.status_code == 200, answer.text
    status: dict[str, Any] = answer.json()
    return status


def contents(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the database holds, by table."""
    return databases.contents(settings.database_url)
