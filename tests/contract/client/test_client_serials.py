"""Serial numbers that mean something else in a path, a query, a filter or a page: every call takes them as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid5

import pytest

from contract.client.conftest import TYPE_ID, Connect, Stock, restocked, serials
from databases import Databases
from pywats import Asset, AssetState, Setting
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets as asset_cases
from pywats_server.services import files
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR


def asset_id(n: int) -> str:
    """The id of the *n*-th asset."""
    return str(uuid5(TYPE_ID, str(n)))


SERIALS = [
    *("a/b", "//x/", "a b", " leading", "trailing ", "100%", "%2F", "a+b", "a?b", "a#b", "a&b=c", "..", ".", "a/../b"),
    *("it's", 'say "5"', "<script>alert(1)</script>", "Gerät ß", "e\u0301", "é", "示波器", "\U0001f600", "示" * 100),
    *("a\\b", "Status", "types", "Log", "Calibration/External"),
    # The first asset's id, the second's in another form, and an id that nobody has.
    *(asset_id(0), asset_id(1).upper(), asset_id(10**6)),
]


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """An asset of each serial number; its number tells it from the others: in count, state, tag, file and child."""
    return restocked(stock, databases, _furnish)


async def _furnish(backend: Backend) -> None:
    for n, serial in enumerate(SERIALS):
        asset = AssetDraft(
            asset_id=asset_id(n),
            serial_number=serial,
            type_id=str(TYPE_ID),
            total_count=n,
            state=AssetState(n % 7),
            tags=[("n", str(n))],
        )
        child = AssetDraft(serial_number=f"child {n}", type_id=str(TYPE_ID), parent_asset_id=asset_id(n))
        for draft in (asset, child):
            await backend.write(LOCAL_ADMINISTRATOR, asset_cases.save_asset, draft)
        await backend.write(LOCAL_ADMINISTRATOR, files.attach_file, AssetRef(asset_id(n)), f"{n}.txt", b"%d" % n)


# The reads tell the transports apart, of which an awaited `pyWATS` has that of a blocking one. In a change, a serial
# number stands in the query or the body as it does in that of a read.
both_transports = pytest.mark.parametrize("connect", ["pyWATS", "AsyncWATS"], indirect=True)
one_transport = pytest.mark.parametrize("connect", ["AsyncWATS"], indirect=True)

Read = Callable[[AssetService, str, int], Any]
READS: dict[str, tuple[Read, Callable[[int], Any]]] = {
    "get_asset": (lambda s, serial, _: s.get_asset(serial_number=serial).asset_id, asset_id),  # type: ignore[union-attr]
    "get_asset_by_serial": (lambda s, serial, _: s.get_asset_by_serial(serial).asset_id, asset_id),  # type: ignore[union-attr]
    "get_asset_with_id": (
        lambda s, serial, n: s.get_asset(asset_id(n), serial).serial_number,  # type: ignore[union-attr]
        lambda n: SERIALS[n],
    ),
    "get_status": (lambda s, serial, _: s.get_status(serial_number=serial).total_count, lambda n: n),  # type: ignore[union-attr]
    "get_asset_state": (lambda s, serial, _: s.get_asset_state(serial_number=serial), lambda n: n % 7),
    "get_child_assets": (
        lambda s, serial, _: [child.serial_number for child in s.get_child_assets(parent_serial=serial)],
        lambda n: [f"child {n}"],
    ),
    "get_asset_tags": (
        lambda s, serial, _: s.get_asset_tags(serial_number=serial),
        lambda n: [Setting(key="n", value=str(n))],
    ),
    "list_files": (lambda s, serial, _: s.list_files(serial_number=serial), lambda n: [f"{n}.txt"]),
    "download_file": (
        lambda s, serial, n: s.download_file(serial_number=serial, filename=f"{n}.txt"),
        lambda n: b"%d" % n,
    ),
    "filter": (
        lambda s, serial, _: [
            asset.asset_id for asset in s.get_assets("serialNumber eq '" + serial.replace("'", "''") + "'")
        ],
        lambda n: [asset_id(n)],
    ),
}


@both_transports
@pytest.mark.parametrize("call", READS)
def test_call_reads_the_asset_with_exactly_this_serial_number(connect: Connect, call: str) -> None:
    assets, (read, expected) = connect().asset, READS[call]
    found = {serial: read(assets, serial, n) for n, serial in enumerate(SERIALS)}
    assert found == {serial: expected(n) for n, serial in enumerate(SERIALS)}


@dataclass(frozen=True)
class Change:
    """A change of the *n*-th asset by its serial number, and what all assets by id say of it afterwards."""

    make: Callable[[AssetService, str, int], Any]
    told: Callable[[AssetService], dict[str | None, Any]]
    expected: Callable[[int], Any]


def of_assets(field: str) -> Callable[[AssetService], dict[str | None, Any]]:
    """A field of all assets."""
    return lambda s: {asset.asset_id: getattr(asset, field) for asset in s.get_assets()}


def of_log(field: str) -> Callable[[AssetService], dict[str | None, Any]]:
    """A field of the newest log entry of all assets."""
    return lambda s: {entry.asset_id: getattr(entry, field) for entry in s.get_asset_log(orderby="logId")}


def commented(method: str, **arguments: Any) -> Change:
    """A change that leaves its comment in the log."""
    return Change(
        lambda s, serial, n: getattr(s, method)(serial_number=serial, comment=f"c{n}", **arguments),
        of_log("comment"),
        lambda n: f"c{n}",
    )


CHANGES = {
    "set_asset_state": Change(
        lambda s, serial, n: s.set_asset_state((n + 1) % 7, serial_number=serial),
        of_assets("state"),
        lambda n: (n + 1) % 7,
    ),
    "increment_count": Change(
        lambda s, serial, n: s.increment_count(serial_number=serial, amount=1000 + n),
        of_assets("running_count"),
        lambda n: 1000 + n,
    ),
    "set_running_count": Change(
        lambda s, serial, n: s.set_running_count(1000 + n, serial_number=serial),
        of_assets("running_count"),
        lambda n: 1000 + n,
    ),
    "set_total_count": Change(
        lambda s, serial, n: s.set_total_count(1000 + n, serial_number=serial),
        of_assets("total_count"),
        lambda n: 1000 + n,
    ),
    "set_asset_tags": Change(
        lambda s, serial, n: s.set_asset_tags([Setting(key="n", value=f"new {n}")], serial_number=serial),
        of_assets("tags"),
        lambda n: [Setting(key="n", value=f"new {n}")],
    ),
    "add_log_message": Change(
        lambda s, serial, n: s.add_log_message(message=f"m{n}", serial_number=serial),
        of_log("comment"),
        lambda n: f"m{n}",
    ),
    "add_log_message with user": Change(
        lambda s, serial, n: s.add_log_message(message="m", user=f"u{n}", serial_number=serial),
        of_log("user"),
        lambda n: f"u{n}",
    ),
    "reset_running_count": commented("reset_running_count"),
    "record_calibration": commented("record_calibration"),
    "record_maintenance": commented("record_maintenance"),
    "record_calibration_external": commented("record_calibration_external", to_date=datetime(2099, 1, 1)),
    "record_maintenance_external": commented("record_maintenance_external", to_date=datetime(2099, 1, 1)),
    "update_asset": Change(
        lambda s, serial, n: s.update_asset(Asset(serial_number=serial, type_id=TYPE_ID, location=f"Lab {n}")),
        of_assets("location"),
        lambda n: f"Lab {n}",
    ),
    "upload_file": Change(
        lambda s, serial, n: s.upload_file(serial_number=serial, filename=f"new {n}", content=b""),
        of_log("value"),
        lambda n: f"new {n} (SHA-256 {sha256(b'').hexdigest()})",
    ),
    "delete_files": Change(
        lambda s, serial, n: s.delete_files(serial_number=serial, filenames=[f"{n}.txt"]),
        of_log("old_value"),
        lambda n: f"{n}.txt (SHA-256 {sha256(b'%d' % n).hexdigest()})",
    ),
}


@one_transport
@pytest.mark.parametrize("call", CHANGES)
def test_call_changes_the_asset_with_exactly_this_serial_number(connect: Connect, call: str) -> None:
    assets, change = connect().asset, CHANGES[call]
    for n, serial in enumerate(SERIALS):
        assert change.make(assets, serial, n)
    told = change.told(assets)
    assert {serial: told[asset_id(n)] for n, serial in enumerate(SERIALS)} == {
        serial: change.expected(n) for n, serial in enumerate(SERIALS)
    }


@one_transport
def test_asset_with_this_serial_number_is_deleted_and_created_again(connect: Connect) -> None:
    assets = connect().asset
    for serial in SERIALS:
        assert assets.delete_asset(serial_number=serial) is True
    assert {*serials(assets.get_assets())} == {f"child {n}" for n in range(len(SERIALS))}
    made = [assets.create_asset(serial, TYPE_ID) for serial in SERIALS]
    assert serials(made) == SERIALS
    assert len({asset.asset_id for asset in made}) == len(SERIALS)
