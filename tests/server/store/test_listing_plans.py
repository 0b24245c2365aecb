"""Which way SQLite goes through many assets: in the order that is asked for, without reading an asset or sorting."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from pywats_server.store import listing
from pywats_server.store.listing import AMONG_MANY, Asked, Order
from pywats_server.store.statement import Statement

VALUES = {"now": "2026-03-10T12:00:00", "most": 51, "rows": 51, "key": 7, "value": "A-1"}

WALKED = ["", "state eq 1", "state eq 1 and alarmState in (1,2)", "location eq 'x' and typeId in ('a','b')"]


@pytest.fixture
def database(empty_database: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    with closing(sqlite3.connect(empty_database)) as connection:
        yield connection


def _steps(database: sqlite3.Connection, statement: Statement) -> list[str]:
    text, values = statement.positional(sqlite.dialect(paramstyle="qmark"), VALUES)
    return [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]


@pytest.mark.parametrize("filter", WALKED)
@pytest.mark.parametrize("is_marked", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("order", AMONG_MANY, ids=str)
def test_many_assets_are_gone_through_in_their_order(
    database: sqlite3.Connection, order: Order, backwards: bool, is_marked: bool, filter: str
) -> None:
    walk = listing._Walk(Asked(filter or None), None, order, backwards)
    for of_null in (False, True) if order.by == "dueDate" else (False,):
        steps = _steps(database, listing._stretch(walk, of_null=of_null, is_marked=is_marked))
        assert all("COVERING INDEX" in step for step in steps if " asset " in step), steps
        assert not [step for step in steps if "TEMP B-TREE" in step], steps


def test_what_one_type_has_due_is_found_by_an_index_of_its_own(database: sqlite3.Connection) -> None:
    walk = listing._Walk(Asked("typeId eq 'a'"), None, Order("dueDate"), backwards=False)
    steps = _steps(database, listing._stretch(walk, of_null=False, is_marked=True))
    assert any("ix_asset_type_key_due_at_key (type_key=? AND due_at>?)" in step for step in steps), steps


@pytest.mark.parametrize(
    ("filter", "index"),
    [
        ("location eq 'x'", "ix_asset_location_asset_id"),
        ("typeId eq 'a'", "ix_asset_type_key"),
        ("state in (1,2)", "ix_asset_state_location"),
        ("dueDate gt now() and dueDate le 2026-03-17", "due"),
        ("neverCalibrated", "ix_asset_type_key_last_calibration_at_state"),
        ("nearCountLimit", "ix_asset_count_level"),
        ("alarmState eq 2", "ix_asset_alarm_at_warning_at_count_level"),
        ("alarmState eq 1", "ix_asset_warning_at_count_level"),
        ("tags/any(t: t/key eq 'a' and t/value eq 'b')", "ix_asset_tag_tag_key_tag_value_asset_key"),
        ("startswith(serialNumber,'a')", "serial"),
    ],
)
def test_what_narrows_a_list_is_measured_by_an_index_alone(
    database: sqlite3.Connection, filter: str, index: str
) -> None:
    steps = _steps(database, listing._sizes(Asked(filter)))
    assert any(index in step and "COVERING INDEX" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN asset ") and "COVERING" not in step], steps
