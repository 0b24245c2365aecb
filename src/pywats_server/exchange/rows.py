"""Reads one row, cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pywats_server.errors import Sentence
from pywats_server.exchange.cells import Cell, Exact, is_blank, text_of
from pywats_server.exchange.columns import Reading, Value
from pywats_server.exchange.dates import says_no_date
from pywats_server.exchange.mapping import Column
from pywats_server.exchange.properties import DATES, DEMANDS, MANUFACTURER_TAG, MODEL_TAG, Property
from pywats_server.exchange.records import Finding
from pywats_server.exchange.said import Told, Unreadable
from pywats_server.exchange.tables import Row
from pywats_server.exchange.values import Period, doubtful_text


@dataclass(slots=True)
class Content:
    """
    What was read from one row, before it is judged as a whole.

    Attributes:
        periods, numbers: What the asset's type demands: its intervals, and its limits and thresholds.
    """

    number: int
    label: str = ""
    values: dict[Property, Value | None] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    periods: dict[Property, Period] = field(default_factory=dict)
    numbers: dict[Property, float] = field(default_factory=dict)
    type_name: str | None = None
    not_due: set[Property] = field(default_factory=set)
    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def read_row(row: Row, readings: Sequence[Reading]) -> Content:
    """Return what stands in *row*; a cell that cannot be read becomes a refusal, one that looks broken a warning."""
    content = Content(row.number)
    for reading, cell in zip(readings, row.cells, strict=True):
        _read_cell(content, reading, cell)
    if row.surplus:
        values = ", ".join(map(text_of, row.surplus))
        reason = Told(Sentence("stands to the right of the last header; look for a delimiter too many in this row"))
        content.refusals.append(Finding("row", values, reason))
    content.label = _label(content)
    return content


def _read_cell(content: Content, reading: Reading, cell: Cell) -> None:
    column, property = reading.column, reading.column.target.property
    if property is Property.IGNORE:
        return
    if property in DEMANDS and not column.is_wire_name:
        # It is said once for the type; the asset's own figure is kept as it stands.
        content.tags[column.header] = None if is_blank(cell) else text_of(cell)
    try:
        value = reading.read(cell)
    except Unreadable as error:
        findings = content.warnings if property in DEMANDS else content.refusals
        findings.append(Finding(column.header, text_of(cell), error.told))
        return
    _keep(content, column, value)
    if property in DATES and says_no_date(cell) and not is_blank(cell):
        content.not_due.add(property)
    doubt = doubtful_text(value) if isinstance(value, str) and not isinstance(cell, Exact) else None
    if doubt:
        content.warnings.append(Finding(column.header, text_of(cell), doubt))


def _keep(content: Content, column: Column, value: Value | Period | None) -> None:
    if isinstance(value, Period):
        content.periods[column.target.property] = value
    elif column.target.property is Property.TAG:
        content.tags[column.target.key] = None if value is None else str(value)
    elif isinstance(value, int | float) and column.target.property in DEMANDS:
        content.numbers[column.target.property] = value
    elif column.target.property not in DEMANDS:
        content.values[column.target.property] = value


def _label(content: Content) -> str:
    names = [content.values.get(Property.ASSET_NUMBER), content.values.get(Property.ASSET_NAME)]
    make = [content.tags.get(MANUFACTURER_TAG), content.tags.get(MODEL_TAG)]
    return " ".join(str(part) for part in (names if any(names) else make) if part)
