"""What must hold of a database after anything: it has what was acknowledged, once, and does not contradict itself."""

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from faults.load import Caller, Ledger
from pywats.domains.asset.enums import AssetLogType
from pywats_server.checking.run import check
from pywats_server.rules.chain import Link, first_break
from pywats_server.store import backups
from pywats_server.store.opening import open_database
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset_counter, usage

_PAGE = 1000
_COVERED_BY_HASH = ("assetId", "comment", "date", "oldValue", "principal", "property", "type", "user", "value")
_COUNTERS = Statement(
    select(
        asset_counter.c.asset_key,
        asset_counter.c.running_count,
        asset_counter.c.total_count,
        asset_counter.c.carried_count,
        func.coalesce(func.sum(usage.c.uses), 0),
        func.coalesce(func.min(usage.c.uses), 0),
    )
    .select_from(asset_counter.outerjoin(usage, usage.c.asset_key == asset_counter.c.asset_key))
    .group_by(*asset_counter.c)
)


async def check_database(database: str) -> None:
    """Check a database from the inside: counters against the use by day, and all that `db check` looks at."""
    opened = open_database(database, scan_seconds=60)
    try:
        counters = await opened.scan(lambda connection: connection.fetch_all(_COUNTERS))
    finally:
        await opened.close()
    for key, running, total, carried, uses, least in counters:
        assert (total, least >= 0, running >= 0) == (carried + uses, True, True), f"counter of asset {key}"
    report = await check(lambda: backups.reading(database), lambda *_: None)
    assert report.findings == []


async def check_ledger(call: Caller, ledger: Ledger) -> None:
    """Check that the server has exactly what *ledger* says was acknowledged."""
    assets = {asset["serialNumber"]: asset for asset in await pages_of(call, "/api/Asset", "serialNumber")}
    log: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in await pages_of(call, "/api/Asset/Log", "logId"):
        log[entry["serialNumber"]].append(entry)
    _check_counts(assets, ledger)
    for serial in assets:
        _check_log(log[serial], ledger, serial)
    assert {serial: assets[serial]["assetId"] for serial in ledger.created} == ledger.created


async def pages_of(call: Caller, path: str, key: str) -> list[dict[str, Any]]:
    """Return everything that a list has, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        above = {"$filter": f"{key} gt {_literal(found[-1][key])}"} if found else {}
        page = await call("GET", path, params={"$orderby": key, "$top": _PAGE, **above})
        found += page
        if len(page) < _PAGE:
            return found


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def _check_counts(assets: dict[str, dict[str, Any]], ledger: Ledger) -> None:
    counted = {serial: asset["totalCount"] for serial, asset in assets.items() if asset["totalCount"]}
    assert counted == {serial: uses for serial, uses in ledger.uses.items() if uses}
    assert all(asset["runningCount"] == asset["totalCount"] for asset in assets.values())
    for serial, steps in ledger.steps.items():
        # Each answer told the total after its own uses, so the answers of an asset form a staircase without gaps.
        ordered = sorted(steps)
        assert all(low + uses == high for (low, _), (high, uses) in pairwise(ordered)), serial
        assert ordered[0][0] == ordered[0][1], serial
        assert ordered[-1][0] == ledger.uses[serial], serial


def _check_log(entries: list[dict[str, Any]], ledger: Ledger, serial: str) -> None:
    """Every entry stands once, and they form an unbroken chain."""
    told = defaultdict(list)
    for entry in entries:
        told[entry["type"]].append(entry)
    assert len(told[AssetLogType.REGISTER]) == 1, serial
    messages = [entry["comment"] for entry in told[AssetLogType.MESSAGE]]
    assert sorted(messages) == sorted(ledger.messages[serial]), serial
    calibrations = [entry["value"].partition("/")[0] for entry in told[AssetLogType.CALIBRATION]]
    assert sorted(calibrations) == sorted(ledger.calibrations[serial]), serial
    assert len(entries) == 1 + len(messages) + len(calibrations), serial
    links = [
        Link(entry["previousHash"], {name: entry[name] for name in _COVERED_BY_HASH}, entry["hash"])
        for entry in entries
    ]
    assert first_break(links) is None, serial


def check_server_log(log: Path, *expected: str) -> None:
    """Check that a server met no errors but those that were *expected*, by the names of their events."""
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    errors = [event for event in events if event["level"] in {"error", "critical"}]
    assert [event for event in errors if event["event"] not in expected] == []
