"""Decides which property each column of a list is: from the user's instructions, else from its header and values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.exchange.cells import Cell, is_blank
from pywats_server.exchange.dates import DateOrder, read_date
from pywats_server.exchange.headers import guess, tag_key
from pywats_server.exchange.instructions import Instructions, Target
from pywats_server.exchange.properties import COUNTS, DATES, INTERVALS, LIMITS, THRESHOLDS, Property, squeeze
from pywats_server.exchange.tables import Table
from pywats_server.exchange.values import Unit, read_count, read_limit, read_percent, read_period, read_state


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
class ColumnMapping:
    """The columns of a list, leftmost first, and sentences about what was not obvious."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()

    def find(self, property: Property) -> Column | None:
        """Return the column that is *property*, if the list has one."""
        return next((column for column in self.columns if column.target.property is property), None)


def is_header_line(instructions: Instructions, cells: Sequence[str]) -> bool:
    """Tell whether *cells* are headers: one of them is, or is said to be, the serial number, and there are others."""
    targets = (_instructed(instructions, cell) or guess(cell)[1] for cell in cells if cell)
    return any(target.property is Property.SERIAL_NUMBER for target in targets) and sum(map(bool, cells)) > 1


def map_columns(table: Table, instructions: Instructions) -> ColumnMapping:
    """
    Decide what each column of *table* becomes. A column that fits no property becomes a tag, so that nothing is lost.

    Raises:
        InvalidInput: A header of the instructions is not in the list, or no column is the serial number.
    """
    _check_headers(table, instructions)
    mapping = guess_columns(table, instructions)
    if mapping.find(Property.SERIAL_NUMBER) is None:
        raise InvalidInput(_no_serial_number_column(table, mapping.columns))
    return mapping


def guess_columns(table: Table, instructions: Instructions) -> ColumnMapping:
    """Return what the columns of *table* seem to be, be there a serial number among them or not."""
    stated = {header: target for header in table.headers if (target := _instructed(instructions, header))}
    assigned, notes = _assign_guesses(table, stated)
    squeezed = set(map(squeeze, table.headers))
    for header, target in assigned.items():
        # `calibrationInterval` is in days, unless its unit stands in a column of its own.
        if header not in stated and f"{squeeze(header)}unit" in squeezed and target.property in INTERVALS:
            assigned[header] = replace(target, unit=None)
    columns = tuple(Column(header, assigned[header], _is_stated(header, stated)) for header in table.headers)
    return ColumnMapping(columns, tuple(notes))


def choose_columns(table: Table, chosen: Mapping[str, Target]) -> ColumnMapping:
    """
    Return the mapping of a person who was shown the guesses, and chose for every column, by its header.

    What they left as it was guessed stays a guess.

    Raises:
        InvalidInput: Two columns are to be the same, or none is the serial number. `details` has the `column`.
    """
    guessed = guess_columns(table, Instructions())
    targets = [(column, chosen.get(column.header, column.target)) for column in guessed.columns]
    columns = tuple(
        Column(column.header, target, column.is_stated or target != column.target) for column, target in targets
    )
    check_columns({column.header: column.target for column in columns})
    notes = guessed.notes if all(target == column.target for column, target in targets) else ()
    return ColumnMapping(columns, notes)


def check_columns(chosen: Mapping[str, Target]) -> None:
    """
    Let pass what a person chose for the columns of a list, by their headers.

    Raises:
        InvalidInput: Two columns are to be the same, or none is the serial number. `details` has the `column`.
    """
    taken: dict[Target, str] = {}
    for header, target in chosen.items():
        what = replace(target, unit=None)
        if what.property is not Property.IGNORE and taken.setdefault(what, header) != header:
            both = Sentence(
                "The columns %(one)r and %(other)r cannot both be %(what)s.", one=taken[what], other=header, what=what
            )
            raise InvalidInput(both, column=header)
    if Target(Property.SERIAL_NUMBER) not in taken:
        raise InvalidInput(
            Sentence("No column is the serial number; choose which one is, because an asset is known by it.")
        )


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
    numbers = (column.header for column in columns if column.target.property is Property.ASSET_NUMBER)
    return (
        f"{table.name}: no column looks like the serial number; the columns are {', '.join(map(repr, table.headers))}. "
        f'Name it with --column "{next(numbers, "HEADER")}=serialNumber".'
    )


def _assign_guesses(table: Table, stated: dict[str, Target]) -> tuple[dict[str, Target], list[str]]:
    """Give each property to the column whose header fits it best, the leftmost of equals; the others become tags."""
    assigned = dict(stated)
    notes: list[str] = []
    guesses = {header: guess(header) for header in table.headers if header not in stated}
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
    numbered = (f"{tag_key(header)} ({number})" for number in range(2, len(taken) + 3))
    return Target(Property.TAG, key=next(key for key in [tag_key(header), *numbered] if key not in taken))


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
    if target.property in LIMITS:
        return "" if any(_reads(read_limit, cell) for cell in cells) else "no value is a count"
    if target.property in THRESHOLDS:
        return "" if any(_reads(read_percent, cell) for cell in cells) else "no value is a percentage"
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
