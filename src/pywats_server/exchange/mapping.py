"""Decides which property each column of a list is: from the user's instructions, else from its header."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pywats_server.errors import InvalidInput
from pywats_server.exchange.cells import Cell, Exact, is_blank
from pywats_server.exchange.dates import DateOrder, read_date
from pywats_server.exchange.properties import (
    COUNTS,
    DATES,
    FILLERS,
    INTERVALS,
    SERVER_OWN,
    SPECIFIC,
    TAG_WORDS,
    UNIT_WORDS,
    WORDS,
    Property,
    squeeze,
    words,
)
from pywats_server.exchange.tables import Table
from pywats_server.exchange.values import Unit, read_count, read_period, read_state

LONGEST_KEY = 100
"""Characters of a header that become the key of a tag; some people write an instruction into the header."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a column becomes. *key* is the tag's, for tags; *unit* that of an interval, None when it is not known."""

    property: Property
    key: str = ""
    unit: Unit | None = None

    def __str__(self) -> str:
        return f"{self.property}:{self.key or self.unit}" if self.key or self.unit else str(self.property)


@dataclass(frozen=True, slots=True)
class Column:
    """One column and what it becomes; *is_stated* when the user or an exact wire name says so, else it is a guess."""

    header: str
    target: Target
    is_stated: bool = False

    @property
    def is_wire_name(self) -> bool:
        """Tell whether the header is the property's own name, as in a list that was exported."""
        return self.header == self.target.property


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the user says about a list: headers to targets, values for new assets, and the order of dates."""

    columns: dict[str, Target] = field(default_factory=dict)
    defaults: dict[Property, str] = field(default_factory=dict)
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of a list, leftmost first, and sentences about what was not obvious."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()

    def find(self, property: Property) -> Column | None:
        """Return the column that is *property*, if the list has one."""
        return next((column for column in self.columns if column.target.property is property), None)


def read_instructions(path: Path) -> Instructions:
    """
    Return the mapping in a TOML file, of which every part may be absent::

        date_order = "dmy"                        # or "mdy", "ymd"

        [columns]                                 # header = property; columns that are not named are guessed
        "S/N" = "serialNumber"
        "Cycle" = "calibrationInterval:months"    # or years, weeks, days
        "Owner" = "tag:owner"
        "Remarks" = "ignore"

        [defaults]                                # for new assets, where the list gives no value
        typeName = "Instrument"

    Raises:
        InvalidInput: The file is missing or no TOML, or names something that is none of these.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not a TOML file: {error}") from error
    unknown = sorted(content.keys() - {"date_order", "columns", "defaults"})
    if unknown:
        raise InvalidInput(f"{path}: {unknown[0]!r} is not known; a mapping has date_order, [columns] and [defaults]")
    return instructions(_texts(path, content, "columns"), _texts(path, content, "defaults"), content.get("date_order"))


def instructions(columns: dict[str, str], defaults: dict[str, str], date_order: str | None = None) -> Instructions:
    """
    Return the instructions that the texts of a mapping file or of the command line make.

    Raises:
        InvalidInput: A property, a unit or an order is not known, or two columns are to be the same property.
    """
    if date_order is not None and date_order not in list(DateOrder):
        raise InvalidInput(f"date_order {date_order!r} is not known; dmy, mdy and ymd are")
    targets = {header: read_target(text) for header, text in columns.items()}
    named = [str(target) for target in targets.values() if target.property is not Property.IGNORE]
    twice = next((target for target in named if named.count(target) > 1), None)
    if twice:
        raise InvalidInput(f"two columns are mapped to {twice}")
    return Instructions(
        targets,
        {_default_property(name): value for name, value in defaults.items()},
        DateOrder(date_order) if date_order else None,
    )


def combined(file: Instructions, line: Instructions) -> Instructions:
    """Return the instructions of a mapping *file* and of the command *line*, which wins where both say something."""
    kept = {
        header: target
        for header, target in file.columns.items()
        if target.property is Property.IGNORE or target not in line.columns.values()
    }
    return Instructions(
        {**kept, **line.columns}, {**file.defaults, **line.defaults}, line.date_order or file.date_order
    )


def read_target(text: str) -> Target:
    """
    Return what the *text* of a mapping names: `location`, `tag:owner`, `calibrationInterval:months`, `ignore`.

    Raises:
        InvalidInput: It names nothing of these.
    """
    name, _, detail = text.partition(":")
    property = next((property for property in Property if property.casefold() == name.strip().casefold()), None)
    detail = detail.strip()
    if property is Property.TAG and detail:
        return Target(property, key=detail)
    if property in INTERVALS and detail in list(Unit):
        return Target(property, unit=Unit(detail))
    if property in INTERVALS and not detail:
        return Target(property, unit=Unit.DAYS)
    if property is None or property is Property.TAG or detail:
        accepted = ", ".join(Property)
        raise InvalidInput(f"{text!r} is no property; {accepted} are, as tag:KEY and calibrationInterval:years")
    return Target(property)


def is_header_line(instructions: Instructions, cells: Sequence[str]) -> bool:
    """Tell whether *cells* are headers: one of them is, or is said to be, the serial number, and there are others."""
    targets = (_instructed(instructions, cell) or _guess(cell)[1] for cell in cells if cell)
    return any(target.property is Property.SERIAL_NUMBER for target in targets) and sum(map(bool, cells)) > 1


def map_columns(table: Table, instructions: Instructions) -> Mapping:
    """
    Decide what each column of *table* becomes. A column that fits no property becomes a tag, so that nothing is lost.

    Raises:
        InvalidInput: A header of the instructions is not in the list, or no column is the serial number.
    """
    _check_headers(table, instructions)
    stated = {header: target for header in table.headers if (target := _instructed(instructions, header))}
    assigned, notes = _assign_guesses(table, stated)
    squeezed = set(map(squeeze, table.headers))
    for header, target in assigned.items():
        # `calibrationInterval` is in days, unless its unit stands in a column of its own.
        if header not in stated and f"{squeeze(header)}unit" in squeezed and target.property in INTERVALS:
            assigned[header] = replace(target, unit=None)
    columns = tuple(Column(header, assigned[header], _is_stated(header, stated)) for header in table.headers)
    if not any(column.target.property is Property.SERIAL_NUMBER for column in columns):
        raise InvalidInput(_no_serial_number_column(table, columns))
    return Mapping(columns, tuple(notes))


def _texts(path: Path, content: dict[str, Any], section: str) -> dict[str, str]:
    table = content.get(section, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise InvalidInput(f'{path}: [{section}] holds lines of the form "name" = "text"')
    return table


def _default_property(name: str) -> Property:
    property = read_target(name).property
    if property in {Property.SERIAL_NUMBER, Property.ASSET_NUMBER, Property.TAG, Property.IGNORE} | INTERVALS:
        raise InvalidInput(f"[defaults] cannot set {name}")
    return property


def _instructed(instructions: Instructions, header: str) -> Target | None:
    named = {squeeze(name) or name: target for name, target in instructions.columns.items()}
    return instructions.columns.get(header) or named.get(squeeze(header) or header)


def _check_headers(table: Table, instructions: Instructions) -> None:
    present = {squeeze(header) or header for header in table.headers}
    missing = next((name for name in instructions.columns if (squeeze(name) or name) not in present), None)
    if missing:
        raise InvalidInput(f"{table.name} has no column {missing!r}; it has {', '.join(map(repr, table.headers))}")


def _is_stated(header: str, stated: dict[str, Target]) -> bool:
    return header in stated or header in list(Property)


def _no_serial_number_column(table: Table, columns: Sequence[Column]) -> str:
    asset_number = next((column for column in columns if column.target.property is Property.ASSET_NUMBER), columns[0])
    return (
        f"{table.name}: no column looks like the serial number; the columns are {', '.join(map(repr, table.headers))}. "
        f'Name it with --column "{asset_number.header}=serialNumber".'
    )


def _assign_guesses(table: Table, stated: dict[str, Target]) -> tuple[dict[str, Target], list[str]]:
    """Give each property to the column whose header fits it best, the leftmost of equals; the others become tags."""
    assigned = dict(stated)
    notes: list[str] = []
    guesses = {header: _guess(header) for header in table.headers if header not in stated}
    for header in sorted(guesses, key=lambda header: guesses[header][0]):
        target = guesses[header][1]
        rival = next((other for other, taken in assigned.items() if _collide(target, taken)), None)
        doubt = "" if _is_stated(header, stated) else _doubt(table, header, target)
        if rival and target.property is not Property.TAG:
            notes.append(f"{header!r} would be {target.property} too, as {rival!r} is; it becomes a tag.")
        elif doubt:
            notes.append(f"{header!r} looked like {target.property}, but {doubt}; it becomes a tag.")
        assigned[header] = _own_tag(header, assigned) if rival or doubt else target
    return assigned, notes


def _collide(target: Target, taken: Target) -> bool:
    same = target.property is taken.property and target.key == taken.key
    return same and target.property is not Property.IGNORE


def _own_tag(header: str, assigned: dict[str, Target]) -> Target:
    taken = {target.key for target in assigned.values()}
    numbered = (f"{_key(header)} ({number})" for number in range(2, len(taken) + 3))
    return Target(Property.TAG, key=next(key for key in [_key(header), *numbered] if key not in taken))


def _key(header: str) -> str:
    return header if len(header) <= LONGEST_KEY else header[: LONGEST_KEY - 1] + "…"


def _doubt(table: Table, header: str, target: Target) -> str:
    """Return why the values below *header* cannot be what it says, or nothing."""
    cells = [cell for cell in table.column(header) if not is_blank(cell)]
    if not cells:
        return ""
    if target.property is Property.STATE:
        return "" if all(_reads(read_state, cell) for cell in cells) else "not all values are states"
    if target.property is Property.ASSET_NAME:
        return "its values are numbers" if all(_reads(read_count, cell) for cell in cells) else ""
    if target.property in COUNTS:
        return "" if any(_reads(read_count, cell) for cell in cells) else "no value is a count"
    if target.property in INTERVALS:
        return "" if any(_reads_as_period(cell) for cell in cells) else "no value is an interval"
    if target.property in DATES:
        return "" if any(_reads_as_date(cell) for cell in cells) else "no value is a date"
    return ""


def _reads(read: Callable[[Cell], object], cell: Cell) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _reads_as_period(cell: Cell) -> bool:
    return _reads(lambda cell: read_period(cell, Unit.DAYS), cell)


def _reads_as_date(cell: Cell) -> bool:
    return _reads(lambda cell: read_date(cell, DateOrder.DMY), cell) or _reads(lambda cell: read_date(cell, None), cell)


def _guess(header: str) -> tuple[int, Target]:
    """Return how freely *header* is read (0 whole, 1 without trimmings, 2 words within it) and what it says."""
    if isinstance(header, Exact) and header.startswith("tag:"):
        return 0, Target(Property.TAG, key=header[4:])
    prefixed = re.fullmatch(r"tag:\s*(.+)|cf:\s*(.+?)(?:,\s*type:.*)?", header, re.IGNORECASE)
    if prefixed:
        return 0, Target(Property.TAG, key=prefixed[1] or prefixed[2])
    if header == Property.CALIBRATION_INTERVAL or header == Property.MAINTENANCE_INTERVAL:
        return 0, Target(Property(header), unit=Unit.DAYS)
    for freedom, variant in _variants(header):
        target = _KNOWN.get(variant)
        if target:
            return freedom, replace(target, unit=_unit(header)) if target.property in INTERVALS else target
    return 0, Target(Property.TAG, key=_key(header))


def _variants(header: str) -> Iterator[tuple[int, str]]:
    bracketed = re.compile(r"[(\[{“\"]([^)\]}”\"]*)[)\]}”\"]")
    yield 0, squeeze(header)
    yield 1, squeeze(bracketed.sub("", header))
    yield from ((1, squeeze(inner)) for inner in bracketed.findall(header))
    header_words = _words(bracketed.sub("", header))
    yield 1, "".join(word for word in header_words if word not in FILLERS and word != "in" and word not in _UNITS)
    pairs = ("".join(pair) for pair in pairwise(header_words))
    yield from ((2, variant) for variant in [*pairs, *header_words] if variant in SPECIFIC)


def _words(header: str) -> list[str]:
    parted = re.sub(r"(?<=[a-zæøåäöü])(?=[A-Z])", " ", header)
    return [word.casefold() for word in re.findall(r"[^\W_]+", parted)]


def _unit(header: str) -> Unit | None:
    return next((_UNITS[word] for word in _words(header) if word in _UNITS), None)


_UNITS = {word: Unit(unit) for unit, listed in UNIT_WORDS.items() for word in words(listed)}

_KNOWN: dict[str, Target] = (
    {word: Target(property) for property, listed in WORDS.items() for word in words(f"{property}, {listed}")}
    | {word: Target(Property.TAG, key=key) for key, listed in TAG_WORDS.items() for word in words(listed)}
    | {word: Target(Property.IGNORE) for word in SERVER_OWN}
)
