import asyncio
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from databases import PostgresDatabases, contents
from factories import Taken
from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState
from pywats_server.demo.factory import fill
from pywats_server.errors import PreconditionFailed
from pywats_server.instants import instant
from pywats_server.rules import chain
from pywats_server.rules.model import Monitor
from pywats_server.services import reading
from pywats_server.services.backend import Backend
from pywats_server.services.files import list_files, read_file
from pywats_server.services.identify import AssetRef
from pywats_server.services.journal import log_statement
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.services.status import StatusReport, get_status
from pywats_server.store.documents import Query
from pywats_server.store.postgres import PostgresDatabase
from server.demo.conftest import Factory, filled

_THREE_YEARS = timedelta(days=3 * 365 + 4)


def _assets(factory: Factory, filter: str | None = None) -> list[dict[str, Any]]:
    query = Query(filter=filter, top=1000)
    taken = Taken()
    asyncio.run(factory.backend.read(LOCAL_ADMINISTRATOR, reading.list_assets, query, taken))
    return taken.documents


def _status(factory: Factory, serial_number: str) -> StatusReport:
    return asyncio.run(factory.backend.read(LOCAL_ADMINISTRATOR, get_status, AssetRef(serial_number=serial_number)))


def _log(factory: Factory) -> list[sqlite3.Row]:
    return factory.rows.execute(
        "SELECT log_entry.*, asset_id FROM log_entry JOIN asset ON asset.key = asset_key ORDER BY log_id"
    ).fetchall()


def test_factory_has_300_assets_of_ten_types(factory: Factory) -> None:
    of_type = Counter(asset["typeName"] for asset in _assets(factory))
    assert of_type.total() == 300
    assert len(of_type) == 10


def test_tree_has_three_levels(factory: Factory) -> None:
    parents = {asset["serialNumber"]: asset["parentSerialNumber"] for asset in _assets(factory)}

    def level(serial: str | None) -> int:
        return 0 if serial is None else 1 + level(parents[serial])

    levels = Counter(level(serial) for serial in parents)
    assert set(levels) == {1, 2, 3}
    assert min(levels.values()) >= 25


@pytest.mark.parametrize("level", [AssetAlarmState.WARNING, AssetAlarmState.ALARM])
@pytest.mark.parametrize("monitor", Monitor)
def test_every_monitor_shows_every_level(factory: Factory, monitor: Monitor, level: AssetAlarmState) -> None:
    seen = {
        (reason.monitor, reason.level)
        for asset in _assets(factory, "alarmState gt 0")
        for reason in _status(factory, asset["serialNumber"]).verdict.reasons
    }
    assert (monitor, level) in seen


def test_most_assets_are_fine(factory: Factory) -> None:
    assert 200 <= len(_assets(factory, "alarmState eq 0")) < 270


def test_stations_show_what_is_wrong_below_them(factory: Factory) -> None:
    reports = [_status(factory, asset["serialNumber"]) for asset in _assets(factory, "typeName eq 'Test Station'")]
    assert any(
        report.verdict.alarm_state is AssetAlarmState.OK and report.bubbled is AssetAlarmState.ALARM
        for report in reports
    )


def test_states_but_unknown_all_occur(factory: Factory) -> None:
    assert {asset["state"] for asset in _assets(factory)} == set(AssetState) - {AssetState.UNKNOWN}


@pytest.mark.parametrize("serial", ["DMM-001", "FIXTURE-001", "FIXTURE-100"])
def test_assets_that_examples_use_are_in_operation(factory: Factory, serial: str) -> None:
    (found,) = _assets(factory, f"serialNumber eq '{serial}'")
    assert found["state"] == AssetState.IN_OPERATION
    assert found["lastSeenDate"] is not None


@pytest.mark.parametrize("serial", ["SCOPE-042", "STATION-001", "FIXTURE-A"])
def test_assets_that_examples_create_do_not_exist(factory: Factory, serial: str) -> None:
    assert _assets(factory, f"serialNumber eq '{serial}'") == []


@pytest.mark.parametrize(
    "filter",
    ["location eq 'Lab A'", "location eq 'Line 3 - Station 5'", "typeId eq '12345678-1234-1234-1234-123456789012'"],
)
def test_filters_that_examples_use_find_assets(factory: Factory, filter: str) -> None:
    assert _assets(factory, filter)


def test_log_is_within_three_years_and_in_order(factory: Factory) -> None:
    dates = [row["date"] for row in _log(factory)]
    assert dates == sorted(dates)
    assert instant(factory.now - _THREE_YEARS) <= dates[0] < instant(factory.now - timedelta(days=1080))
    assert instant(factory.now - timedelta(days=7)) < dates[-1] <= instant(factory.now)


def test_log_has_every_type_of_entry_by_many_authors(factory: Factory) -> None:
    log = _log(factory)
    assert {row["type"] for row in log} == set(AssetLogType)
    assert {"line-3", "bench-2", "metrology", "quality", "workshop"} <= {row["principal"] for row in log}


def test_chains_of_all_logs_are_unbroken(factory: Factory) -> None:
    chains = defaultdict(list)
    for row in _log(factory):
        entry = log_statement(row["asset_id"], dict(row))
        chains[row["asset_id"]].append(chain.Link(row["previous_hash"], entry, row["hash"]))
    assert {chain.first_break(links) for links in chains.values()} == {None}
    assert len(chains) == 300


def test_no_past_date_of_an_asset_lies_in_the_future(factory: Factory) -> None:
    past = ("firstSeenDate", "lastSeenDate", "lastCalibrationDate", "lastMaintenanceDate")
    latest = max(asset[name] for asset in _assets(factory) for name in past if asset[name] is not None)
    assert latest <= instant(factory.now)


def test_uses_by_day_and_carried_counts_add_up(factory: Factory) -> None:
    wrong = factory.rows.execute(
        "SELECT c.asset_key FROM asset_counter c LEFT JOIN usage_daily u USING (asset_key) GROUP BY c.asset_key "
        "HAVING c.total_count <> c.carried_count + coalesce(sum(u.uses), 0) + c.last_day_uses "
        "OR c.running_count > c.total_count"
    )
    assert wrong.fetchall() == []


def test_asset_comes_back_from_the_laboratory_before_it_leaves_again(factory: Factory) -> None:
    states = defaultdict(list)
    for row in _log(factory):
        if row["type"] == AssetLogType.STATE_CHANGE:
            states[row["asset_id"]].append((row["old_value"], row["value"]))
    for changes in states.values():
        assert [old for old, _ in changes[1:]] == [new for _, new in changes[:-1]]
        assert all(old == str(int(AssetState.IN_OPERATION)) for old, new in changes if new == "2")


def test_certificate_named_in_the_log_is_attached(factory: Factory) -> None:
    by_laboratory = next(row for row in _log(factory) if row["comment"] and "ISO/IEC 17025" in row["comment"])
    ref = AssetRef(by_laboratory["asset_id"])
    names = asyncio.run(factory.backend.read(LOCAL_ADMINISTRATOR, list_files, ref))
    comments = " ".join(row["comment"] or "" for row in _log(factory) if row["asset_id"] == by_laboratory["asset_id"])
    assert names
    for name in names:
        assert name.removesuffix(".pdf") in comments
        assert asyncio.run(factory.backend.read(LOCAL_ADMINISTRATOR, read_file, ref, name)).startswith(b"%PDF-")


def test_tags_name_the_manufacturer_of_every_asset(factory: Factory) -> None:
    assert len(_assets(factory, "xmlData eq '//Manufacturer'")) == 300
    assert _assets(factory, "tags/any(t: t/key eq 'Model' and t/value eq 'MSO64')")


def test_rack_is_at_the_station_where_the_asset_is(factory: Factory) -> None:
    racks = factory.rows.execute(
        "SELECT tag_value, parent.serial_number FROM asset_tag JOIN asset ON asset.key = asset_key "
        "JOIN asset parent ON parent.key = asset.parent_key WHERE tag_key = 'Rack'"
    ).fetchall()
    assert racks
    assert all(rack.startswith(f"{station}/") for rack, station in racks)


def test_some_assets_have_been_moved_to_another_station(factory: Factory) -> None:
    moved = [row for row in _log(factory) if row["property"] == "location" and row["value"] != "Storage"]
    assert len(moved) >= 8


def test_progress_is_told_up_to_the_last_event(factory: Factory) -> None:
    done, totals = zip(*factory.progress, strict=True)
    assert list(done) == sorted(set(done))
    assert {done[-1]} == set(totals)


def test_same_moment_gives_the_same_database(factory: Factory, empty_database: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.sqlite"
    path.write_bytes(empty_database.read_bytes())
    again = asyncio.run(filled(path, factory.now, []))
    asyncio.run(again.database.close())
    with closing(sqlite3.connect(path)) as rows:
        assert list(rows.iterdump()) == list(factory.rows.iterdump())


def test_filling_a_second_time_is_refused_and_changes_nothing(factory: Factory) -> None:
    before = list(factory.rows.iterdump())
    with pytest.raises(PreconditionFailed, match="exists already"):
        asyncio.run(fill(factory.backend, factory.now + timedelta(days=1)))
    assert list(factory.rows.iterdump()) == before


@pytest.mark.parametrize("factory", [datetime(2026, 3, 11, 15, 20, tzinfo=UTC)], indirect=True, ids=str)
def test_factory_is_the_same_on_postgresql(factory: Factory, postgresql: PostgresDatabases) -> None:
    address = postgresql.fresh()

    async def fill_another() -> None:
        database = PostgresDatabase(address)
        await fill(Backend(database, lambda: factory.now), factory.now)
        await database.close()

    asyncio.run(fill_another())
    for table, rows in contents(address).items():
        assert rows == [tuple(row) for row in factory.rows.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2')], table
    postgresql.drop(address)
