"""Settles for whole columns what no single cell tells: the order of dates, the unit of intervals, how each is read."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.cells import Cell, is_blank, text_of
from pywats_server.exchange.dates import DateOrder, column_order, read_date, says_no_date
from pywats_server.exchange.mapping import Column, ColumnMapping
from pywats_server.exchange.properties import COUNTS, DATES, DUE, INTERVALS, LIMITS, THRESHOLDS, Property
from pywats_server.exchange.tables import Table
from pywats_server.exchange.units import Example, is_bare, proven_unit
from pywats_server.exchange.values import (
    Period,
    Unit,
    read_count,
    read_limit,
    read_line,
    read_percent,
    read_period,
    read_serial_number,
    read_state,
    read_text,
)

MAX_TAG_VALUE = 1000
"""Characters that the value of a tag may have."""

Value = str | int | float | datetime | AssetState
Read = Callable[[Cell], Value | Period | None]
"""Returns the value of a cell, None of a blank one; raises ValueError with what is wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A column and how its cells are read."""

    column: Column
    read: Read


def column_readings(
    table: Table, mapping: ColumnMapping, date_order: DateOrder | None
) -> tuple[list[Reading], list[str]]:
    """
    Return how each column of *mapping* is read, in its order, and sentences about what had to be concluded.

    A bare interval of which no unit is known gives no value.
    """
    orders, order_notes = _date_orders(table, mapping, date_order)
    units, unit_notes = _units(table, mapping, orders)
    readings = [Reading(column, _read(column, orders, units)) for column in mapping.columns]
    return readings, [*order_notes, *unit_notes, *_words_for_no_date(table, mapping)]


def reader_of(property: Property, date_order: DateOrder | None = None, unit: Unit | None = None) -> Read:
    """Return how a cell of *property* is read."""
    if property is Property.SERIAL_NUMBER:
        return read_serial_number
    if property is Property.PARENT_SERIAL_NUMBER:
        return lambda cell: None if is_blank(cell) else read_serial_number(cell)
    if property is Property.STATE:
        return read_state
    if property in COUNTS:
        return read_count
    if property in LIMITS:
        return read_limit
    if property in THRESHOLDS:
        return read_percent
    if property in DATES:
        return partial(read_date, order=date_order)
    if property in INTERVALS:
        return partial(read_period, unit=unit)
    if property is Property.TAG:
        return partial(read_line, longest=MAX_TAG_VALUE)
    return read_text if property is Property.DESCRIPTION else read_line


def _read(column: Column, orders: dict[str, DateOrder | None], units: dict[str, Unit | None]) -> Read:
    return reader_of(column.target.property, orders.get(column.header), units.get(column.header))


def _date_orders(
    table: Table, mapping: ColumnMapping, given: DateOrder | None
) -> tuple[dict[str, DateOrder | None], list[str]]:
    headers = [column.header for column in mapping.columns if column.target.property in DATES]
    found = {header: column_order(header, table.column(header), given) for header in headers}
    return {header: order.order for header, order in found.items()}, [
        order.note for order in found.values() if order.note
    ]


def _units(
    table: Table, mapping: ColumnMapping, orders: dict[str, DateOrder | None]
) -> tuple[dict[str, Unit | None], list[str]]:
    columns = [column for column in mapping.columns if column.target.property in INTERVALS]
    units = {column.header: column.target.unit for column in columns}
    notes: list[str] = []
    for column in columns:
        # Other programs use the wire's name for an interval, but not always its unit.
        is_open = column.target.unit is None or column.is_wire_name
        if is_open and any(map(is_bare, table.column(column.header))):
            unit, proof = proven_unit(list(_examples(table, mapping, column, orders)))
            units[column.header] = unit or column.target.unit
            if units[column.header] is None:
                notes.append(f"{column.header!r} {_no_unit(column)}.")
            elif unit not in (None, column.target.unit):
                notes.append(f"{column.header!r} {proof}.")
    return units, notes


def _no_unit(column: Column) -> str:
    advice = f"say that it is the {column.target.property} in years, months, weeks or days"
    return f"names no unit and no dates show one, so it is kept as a tag and no date comes from it; {advice}"


def _examples(
    table: Table, mapping: ColumnMapping, column: Column, orders: dict[str, DateOrder | None]
) -> Iterator[Example]:
    """Yield the rows that have an interval without a unit, a last and a next date."""
    last, next = (mapping.find(property) for property in DUE[column.target.property])
    if last is None or next is None:
        return
    columns = (table.column(header) for header in (column.header, last.header, next.header))
    for cell, last_cell, next_cell in zip(*columns, strict=True):
        try:
            last_at, next_at = read_date(last_cell, orders[last.header]), read_date(next_cell, orders[next.header])
        except ValueError:
            continue
        if last_at and next_at and is_bare(cell):
            yield cell, last_at, next_at


def _words_for_no_date(table: Table, mapping: ColumnMapping) -> Iterator[str]:
    for column in mapping.columns:
        if column.target.property in DATES:
            cells = (cell for cell in table.column(column.header) if says_no_date(cell) and text_of(cell))
            found = Counter(map(text_of, cells))
            if found:
                counts = ", ".join(f"{word!r} ({count})" for word, count in found.most_common())
                yield f"{column.header!r}: {counts} count as no date."
