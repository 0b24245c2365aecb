"""What a person chose on a page about a list, as it is kept between two visits, and what is shown them to choose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.exchange.cells import is_blank, text_of
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.instructions import Instructions, Target, read_target
from pywats_server.exchange.mapping import choose_columns, guess_columns, is_header_line
from pywats_server.exchange.plan import plan_import
from pywats_server.exchange.properties import INTERVALS, Property
from pywats_server.exchange.records import Plan
from pywats_server.exchange.tables import Table, sheet_names, table_of

MAX_ROWS = 100_000
"""Rows of a list: the server holds all of them, 5 kB each, while it reads them."""

_SAMPLES = 4
_LONGEST_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    How a person wants a list to be read.

    Attributes:
        columns: What each column is, by its header; empty as long as nobody has said it.
        defaults: Texts of properties of new assets, where the list gives none.
        sheet, encoding: Of the file; None finds them out.
        clear_blank: A blank cell clears text and tags of an asset that exists.
    """

    columns: Mapping[str, Target] = field(default_factory=dict)
    defaults: Mapping[Property, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    sheet: str | None = None
    encoding: str | None = None
    clear_blank: bool = False

    @classmethod
    def kept(cls, data: Mapping[str, Any]) -> "Wishes":
        """Return the wishes that `to_keep` gave."""
        return cls(
            columns={header: read_choice(choice) for header, choice in data.get("columns", {}).items()},
            defaults={Property(name): text for name, text in data.get("defaults", {}).items()},
            date_order=DateOrder(data["date_order"]) if data.get("date_order") else None,
            sheet=data.get("sheet"),
            encoding=data.get("encoding"),
            clear_blank=bool(data.get("clear_blank")),
        )

    def to_keep(self) -> dict[str, Any]:
        """Return the wishes as plain data."""
        return {
            "columns": {header: choice_of(target) for header, target in self.columns.items()},
            "defaults": {str(property): text for property, text in self.defaults.items()},
            "date_order": self.date_order and str(self.date_order),
            "sheet": self.sheet,
            "encoding": self.encoding,
            "clear_blank": self.clear_blank,
        }

    def for_file(self, *, sheet: str | None, encoding: str | None) -> "Wishes":
        """Return the wishes for another sheet or encoding; its columns are others."""
        return replace(self, sheet=sheet, encoding=encoding, columns={})


def choice_of(target: Target) -> str:
    """Return a target as a text that tells an interval of unknown unit from one in days: `calibrationInterval:`."""
    return f"{target.property}:" if target.property in INTERVALS and target.unit is None else str(target)


def read_choice(text: str) -> Target:
    """
    Return the target that `choice_of` gave the *text* for.

    Raises:
        InvalidInput: It is no target.
    """
    name = text.removesuffix(":")
    return Target(Property(name)) if name in INTERVALS and text.endswith(":") else read_target(text)


def plan_list(file_name: str, content: bytes, wishes: Wishes) -> Plan:
    """
    Return what the list in a file asks for.

    Raises:
        InvalidInput: The file is no list, or does not have what the wishes name.
    """
    table = _table(file_name, content, wishes)
    mapping = choose_columns(table, wishes.columns)
    return plan_import(table, mapping, Instructions(defaults=dict(wishes.defaults), date_order=wishes.date_order))


def understand(file_name: str, content: bytes, wishes: Wishes) -> dict[str, Any]:
    """
    Return what a person has to see to say what the columns are, as plain data.

    `columns` has `header`, `samples` and `guess` (a choice) of each; `notes` say how the file was read, `sheets` are
    those of an Excel file, and `rows` is how many there are.

    Raises:
        InvalidInput: The file is no list, or has more than `MAX_ROWS`.
    """
    table = _table(file_name, content, wishes)
    if len(table.rows) > MAX_ROWS:
        raise InvalidInput(
            Sentence(
                "The list has %(rows)s rows; accepted: up to %(most)s at once. Split it.",
                rows=len(table.rows),
                most=MAX_ROWS,
            )
        )
    guessed = guess_columns(table, Instructions())
    return {
        "columns": [
            {"header": column.header, "samples": _samples(table, column.header), "guess": choice_of(column.target)}
            for column in guessed.columns
        ],
        "notes": [*table.notes, *guessed.notes],
        "sheets": sheet_names(file_name, content),
        "rows": len(table.rows),
    }


def _table(file_name: str, content: bytes, wishes: Wishes) -> Table:
    looks_like_header = partial(is_header_line, Instructions())
    return table_of(file_name, content, looks_like_header, sheet=wishes.sheet, encoding=wishes.encoding)


def _samples(table: Table, header: str) -> list[str]:
    """Return the first different values of a column."""
    return list(islice(_different(table, header), _SAMPLES))


def _different(table: Table, header: str) -> Iterator[str]:
    seen: set[str] = set()
    for cell in table.column(header):
        text = text_of(cell)
        if not is_blank(cell) and text not in seen:
            seen.add(text)
            yield text if len(text) <= _LONGEST_SAMPLE else f"{text[: _LONGEST_SAMPLE - 1]}…"
