"""Makes of a list what it asks for: for each row a record to import, or the reasons why it is refused."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.exchange.columns import Value, column_readings, reader_of
from pywats_server.exchange.instructions import Instructions
from pywats_server.exchange.mapping import ColumnMapping, is_header_line, map_columns
from pywats_server.exchange.properties import DUE, Property
from pywats_server.exchange.records import OTHER_TYPE, Finding, Line, Plan, Record
from pywats_server.exchange.rows import Content, read_row
from pywats_server.exchange.said import Told
from pywats_server.exchange.tables import Table, read_table
from pywats_server.exchange.values import Period


def plan_file(path: Path, instructions: Instructions, *, sheet: str | None = None, encoding: str | None = None) -> Plan:
    """
    Return what the list in the file at *path* asks for.

    Args:
        sheet: Sheet of an Excel file; None takes the first that looks like a list of equipment.
        encoding: Encoding of a CSV; None finds it out.

    Raises:
        InvalidInput: The file is no such list, or does not have what the instructions name.
    """
    table = read_table(path, partial(is_header_line, instructions), sheet=sheet, encoding=encoding)
    return plan_import(table, map_columns(table, instructions), instructions)


def plan_import(table: Table, mapping: ColumnMapping, instructions: Instructions) -> Plan:
    """
    Return what the rows of *table* ask for; nothing is compared with what is stored.

    Raises:
        InvalidInput: A default of the instructions cannot be read.
    """
    readings, notes = column_readings(table, mapping, instructions.date_order)
    defaults = _read_defaults(instructions)
    contents = [read_row(row, readings) for row in table.rows]
    notes += _place_asset_numbers(contents, mapping, defaults)
    notes += _unify_types(contents)
    _derive_next_dates(contents)
    _refuse_contradictions(contents, mapping)
    _refuse_duplicates(contents, mapping)
    lines = tuple(_line(content, defaults) for content in contents)
    demands, disagreements = _agreed_demands([line.record for line in lines if line.record])
    return Plan(table, mapping.columns, lines, demands, (*table.notes, *mapping.notes, *notes, *disagreements))


def _read_defaults(instructions: Instructions) -> dict[Property, Value]:
    defaults: dict[Property, Value] = {}
    for property, text in instructions.defaults.items():
        try:
            value = reader_of(property, instructions.date_order)(text)
        except ValueError as error:
            raise InvalidInput(f"The default {property} = {text!r} {error}") from error
        if value is not None and not isinstance(value, Period):
            defaults[property] = value
    return defaults


def _place_asset_numbers(
    contents: Sequence[Content], mapping: ColumnMapping, defaults: Mapping[Property, Value]
) -> list[str]:
    """Make each asset number the asset's name where the names are types (`POWER METER`), else a tag."""
    number, name = mapping.find(Property.ASSET_NUMBER), mapping.find(Property.ASSET_NAME)
    if number is None:
        return []
    if name is None or not _names_are_types(contents, mapping, defaults):
        for content in contents:
            content.tags[number.header] = _text(content.values.pop(Property.ASSET_NUMBER, None))
        return []
    for content in contents:
        written = _text(content.values.get(Property.ASSET_NAME))
        content.type_name = written and " ".join(written.split())
        content.values[Property.ASSET_NAME] = content.values.pop(Property.ASSET_NUMBER, None) or written
    return [_NAMES_ARE_TYPES.format(name=name.header, number=number.header)]


_NAMES_ARE_TYPES = (
    "No column tells the type of equipment, and the same {name!r} stands in several rows: it is taken as the type, and "
    "{number!r} as the name. To keep it as the name, say that it is the assetName, or which type new assets have."
)


def _names_are_types(contents: Sequence[Content], mapping: ColumnMapping, defaults: Mapping[Property, Value]) -> bool:
    name = mapping.find(Property.ASSET_NAME)
    if name is None or name.is_stated or mapping.find(Property.TYPE_NAME) or Property.TYPE_NAME in defaults:
        return False
    names = [content.values.get(Property.ASSET_NAME) for content in contents]
    return len({name for name in names if name}) < sum(map(bool, names))


def _unify_types(contents: Sequence[Content]) -> list[str]:
    """Write each type as it is written first: `Oscillator` and `OSCILLATOR` are one."""
    spellings: dict[str, str] = {}
    changed: dict[str, str] = {}
    for content in contents:
        stated = _text(content.values.get(Property.TYPE_NAME))
        written = stated or content.type_name
        if not written:
            continue
        first = spellings.setdefault(type_key(written), written)
        if first != written:
            changed[written] = first
        if stated:
            content.values[Property.TYPE_NAME] = first
        else:
            content.type_name = first
    return [f"Type {written!r} is written {first!r}, as in an earlier row." for written, first in changed.items()]


def type_key(name: str) -> str:
    """Return the name of a type as it is compared: `Oscillator`, `OSCILLATOR ` and `oscillator` are one."""
    return " ".join(name.split()).casefold()


def _derive_next_dates(contents: Sequence[Content]) -> None:
    for content in contents:
        for property, period in content.periods.items():
            last, next = DUE[property]
            last_at = content.values.get(last)
            is_open = content.values.get(next) is None and next not in content.not_due
            if isinstance(last_at, datetime) and is_open and period.days > 0:
                content.values[next] = period.after(last_at)


def _refuse_contradictions(contents: Sequence[Content], mapping: ColumnMapping) -> None:
    for content in contents:
        for last, next in DUE.values():
            last_at, next_at = content.values.get(last), content.values.get(next)
            if isinstance(last_at, datetime) and isinstance(next_at, datetime) and next_at <= last_at:
                reason = Told(Sentence("is not later than the last date, %(last)s", last=f"{last_at:%Y-%m-%d}"))
                content.refusals.append(Finding(_header(mapping, next), f"{next_at:%Y-%m-%d}", reason))
        parent = content.values.get(Property.PARENT_SERIAL_NUMBER)
        if parent and parent == content.values.get(Property.SERIAL_NUMBER):
            header = _header(mapping, Property.PARENT_SERIAL_NUMBER)
            content.refusals.append(Finding(header, str(parent), Told(Sentence("is the asset itself"))))


def _refuse_duplicates(contents: Sequence[Content], mapping: ColumnMapping) -> None:
    rows: dict[Value, list[int]] = defaultdict(list)
    for content in contents:
        serial_number = content.values.get(Property.SERIAL_NUMBER)
        if serial_number:
            rows[serial_number].append(content.number)
    for content in contents:
        serial_number = content.values.get(Property.SERIAL_NUMBER)
        others = [str(number) for number in rows[serial_number or ""] if number != content.number]
        if others:
            reason = Told(_twice(others))
            content.refusals.append(Finding(_header(mapping, Property.SERIAL_NUMBER), str(serial_number), reason))


def _twice(others: Sequence[str]) -> Sentence:
    if len(others) == 1:
        return Sentence("stands in row %(row)s too; a serial number is unique", row=others[0])
    return Sentence("stands in rows %(rows)s too; a serial number is unique", rows=", ".join(others))


def _line(content: Content, defaults: Mapping[Property, Value]) -> Line:
    record = None if content.refusals else _record(content, defaults)
    return Line(content.number, content.label, record, tuple(content.refusals), tuple(content.warnings))


def _record(content: Content, defaults: Mapping[Property, Value]) -> Record:
    types = {Property.TYPE_NAME: content.type_name or defaults.get(Property.TYPE_NAME) or OTHER_TYPE}
    given = {property for property, value in content.values.items() if value is not None}
    return Record(
        serial_number=str(content.values[Property.SERIAL_NUMBER]),
        values={
            property: value for property, value in content.values.items() if property is not Property.SERIAL_NUMBER
        },
        tags=content.tags,
        assumed={property: value for property, value in {**defaults, **types}.items() if property not in given},
        demands={property: period.days for property, period in content.periods.items()} | content.numbers,
        not_due=frozenset(content.not_due),
    )


def _agreed_demands(records: Sequence[Record]) -> tuple[dict[str, dict[Property, float]], list[str]]:
    """Return for each type the demands that all its rows give, and a sentence about the types whose rows differ."""
    given: dict[str, list[Mapping[Property, float]]] = defaultdict(list)
    for record in records:
        # What is of the other type for want of a better one has nothing in common.
        is_other = record.assumed.get(Property.TYPE_NAME) == OTHER_TYPE
        given[record.type_name].append({} if is_other else record.demands)
    agreed: dict[str, dict[Property, float]] = {}
    for type_name, rows in given.items():
        first = rows[0].items()
        agreed[type_name] = {name: number for name, number in first if all(row.get(name) == number for row in rows)}
    differing = [name for name, rows in given.items() if any(row.keys() - agreed[name].keys() for row in rows)]
    note = (
        "The rows of these types do not agree on an interval, a limit or a threshold, so a new type gets none: "
        f"{', '.join(differing)}."
    )
    return agreed, [note] if differing else []


def _header(mapping: ColumnMapping, property: Property) -> str:
    column = mapping.find(property)
    return column.header if column else str(property)


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)
