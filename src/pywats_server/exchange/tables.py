"""Reads a CSV or Excel file into one table, and says how it read it."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import python_calamine as calamine

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.exchange.cells import Cell, Exact, text_of, unguard

MAX_BYTES = 100 * 1024 * 1024
"""A list of 100,000 instruments has about 20 MiB; a larger file is no equipment list."""

_HEADER_SEARCH_ROWS = 30
_DELIMITERS = ",;\t|"
_SPREADSHEET_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_HEADER_SEARCH_CHARACTERS = 50_000
_MARKUP = re.compile(r"\s*(<|\{|\[\s*[{\[])")
_DECLARED_DELIMITER = re.compile(r"sep=(.)(?=\r?\n)", re.IGNORECASE)
_BINARY_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"SQLite format 3", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

LooksLikeHeader = Callable[[Sequence[str]], bool]
"""Tells whether the texts of one line are the headers of an equipment list."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: its number as an editor or a spreadsheet shows it, and a cell for each header."""

    number: int
    cells: tuple[Cell, ...]
    surplus: tuple[Cell, ...] = ()
    """Values to the right of the last header; they belong to no column."""


@dataclass(frozen=True, slots=True)
class Table:
    """
    An equipment list as it stands in its file.

    Attributes:
        headers: One for each column, never empty and each once.
        rows: Rows with at least one value.
        notes: How the file was read, where another reading was possible. Sentences for a person.
    """

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())

    def column(self, header: str) -> Iterator[Cell]:
        """Yield the cells below *header*, downwards."""
        position = self.headers.index(header)
        return (row.cells[position] for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Sequence[Cell]

    def is_empty(self) -> bool:
        return not any(text_of(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class _Sheet:
    lines: Sequence[_Line]
    notes: tuple[str, ...]


def read_table(
    path: Path, looks_like_header: LooksLikeHeader, *, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """
    Return the equipment list in the CSV or Excel file at *path*, as `table_of` does.

    Raises:
        InvalidInput: The file is missing, empty, too large, or no list.
    """
    return table_of(path.name, _read_bytes(path), looks_like_header, sheet=sheet, encoding=encoding)


def table_of(
    name: str,
    content: bytes,
    looks_like_header: LooksLikeHeader,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Table:
    """
    Return the equipment list in a CSV or Excel file; what it is, its *content* decides and not the ending of its name.

    Args:
        looks_like_header: Finds the line of the headers among the first 30, below titles, and the sheet.
        sheet: Name of the sheet; None takes the first that has such a line.
        encoding: Encoding of a CSV; None takes a byte order mark, else UTF-8, else Windows-1252, which is noted.

    Raises:
        InvalidInput: The file is empty, or no list.
    """
    if not content.strip():
        raise InvalidInput(Sentence("%(file)s is empty", file=name), file=name)
    if is_workbook(content):
        found = _read_spreadsheet(name, content, sheet, looks_like_header)
    else:
        found = _read_csv(name, content, encoding, looks_like_header)
    return _table(name, found, looks_like_header)


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is an Excel file, or wants to be one."""
    return content.startswith(_SPREADSHEET_MAGIC)


def sheet_names(name: str, content: bytes) -> list[str]:
    """
    Return the names of the sheets of an Excel file; of anything else, none.

    Raises:
        InvalidInput: It cannot be read.
    """
    if not is_workbook(content):
        return []
    with _told_of(name):
        return list(calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InvalidInput(f"{path} has {size:,} bytes; an equipment list has at most {MAX_BYTES:,}", size=size)
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", file=str(path)) from error


def _read_spreadsheet(name: str, content: bytes, sheet: str | None, looks_like_header: LooksLikeHeader) -> _Sheet:
    with _told_of(name):
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet is not None and sheet not in workbook.sheet_names:
            there = ", ".join(map(repr, workbook.sheet_names))
            raise InvalidInput(
                Sentence("%(file)s has no sheet %(sheet)r; it has %(there)s", file=name, sheet=sheet, there=there),
                sheet=sheet,
            )
        return _choose_sheet(workbook, [sheet] if sheet else workbook.sheet_names, looks_like_header)


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    try:
        yield
    except calamine.PasswordError as error:
        raise InvalidInput(Sentence("%(file)s is protected by a password; save it without one", file=name)) from error
    except calamine.CalamineError as error:
        raise InvalidInput(
            Sentence("%(file)s is not an Excel file that can be read: %(why)s", file=name, why=error)
        ) from error


def _choose_sheet(
    workbook: calamine.CalamineWorkbook, names: Sequence[str], looks_like_header: LooksLikeHeader
) -> _Sheet:
    """Return the first sheet that has headers, else the first of all."""
    for name in names:
        lines = _sheet_lines(workbook, name)
        if _header_line(lines, looks_like_header):
            return _Sheet(lines, _sheet_notes(name, workbook.sheet_names))
    return _Sheet(_sheet_lines(workbook, names[0]), _sheet_notes(names[0], workbook.sheet_names))


def _sheet_lines(workbook: calamine.CalamineWorkbook, name: str) -> list[_Line]:
    grid = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [_Line(number, [_cell(cell) for cell in cells]) for number, cells in enumerate(grid, start=1)]


def _sheet_notes(chosen: str, names: Sequence[str]) -> tuple[str, ...]:
    others = [name for name in names if name != chosen]
    if not others:
        return ()
    return (f"Read sheet {chosen!r}, not {', '.join(map(repr, others))}; another can be chosen.",)


def _read_csv(name: str, content: bytes, encoding: str | None, looks_like_header: LooksLikeHeader) -> _Sheet:
    text, notes = _decode(name, content, encoding)
    if _MARKUP.match(text):
        raise InvalidInput(
            Sentence("%(file)s is XML, HTML or JSON, not a list of rows; export it as CSV or Excel", file=name)
        )
    declared = _DECLARED_DELIMITER.match(text)
    text = text[declared.end() :].rjust(len(text)) if declared else text
    delimiter = declared[1] if declared else _delimiter(text, looks_like_header)
    return _Sheet(list(_csv_lines(name, text, delimiter)), notes)


def _decode(name: str, content: bytes, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    if content.startswith(_BINARY_MAGIC):
        raise InvalidInput(Sentence("%(file)s is not a list of rows; CSV and Excel files can be imported", file=name))
    marked = next((marked for mark, marked in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    for candidate in [encoding or marked or "utf-8"] + ([] if encoding or marked else ["cp1252"]):
        try:
            text = content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in text or not text.strip():
            break
        return text.removeprefix("\ufeff"), () if candidate != "cp1252" or encoding else (_FALLBACK_NOTE,)
    raise InvalidInput(
        Sentence(
            "%(file)s is not a text in the encoding %(encoding)s; say its encoding, or save it as UTF-8",
            file=name,
            encoding=repr(encoding) if encoding else "UTF-8 / Windows-1252",
        )
    )


_FALLBACK_NOTE = (
    "The file is not UTF-8; it was read as Windows-1252. Look at names with letters such as ø, ü, °, and say another "
    "encoding if they are wrong."
)


def _delimiter(text: str, looks_like_header: LooksLikeHeader) -> str:
    """Return the delimiter that makes headers of one of the first lines, else the one that the first has most of."""
    first_lines = [line for line in text[:_HEADER_SEARCH_CHARACTERS].splitlines() if line.strip()][:_HEADER_SEARCH_ROWS]
    likely_first = sorted(_DELIMITERS, key=first_lines[0].count, reverse=True)
    readable = (
        mark for mark in likely_first for cells in csv.reader(first_lines, delimiter=mark) if looks_like_header(cells)
    )
    return next(readable, likely_first[0])


def _csv_lines(name: str, text: str, delimiter: str) -> Iterator[_Line]:
    # A record may span lines; its number is that of its first line.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for record in reader:
            yield _Line(start, [unguard(cell) for cell in record])
            start = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            Sentence(
                "%(file)s cannot be read from line %(line)s on; look at its quotation marks (%(why)s)",
                file=name,
                line=start,
                why=error,
            )
        ) from error


def _cell(cell: Cell) -> Cell:
    return unguard(cell) if isinstance(cell, str) else cell


def _table(name: str, sheet: _Sheet, looks_like_header: LooksLikeHeader) -> Table:
    header = _header_line(sheet.lines, looks_like_header) or next(_wide_lines(sheet.lines), None)
    if header is None:
        raise InvalidInput(Sentence("%(file)s is not a list: no line has two or more headers", file=name))
    body = [line for line in sheet.lines if line.number > header.number and not line.is_empty()]
    headers, notes = _headers(header, body)
    rows = tuple(_row(line, len(headers)) for line in body)
    if not rows:
        raise InvalidInput(
            Sentence("%(file)s has headers in row %(row)s, but no rows below them", file=name, row=header.number)
        )
    if header.number > 1 and any(not line.is_empty() for line in sheet.lines if line.number < header.number):
        notes = (f"The headers stand in row {header.number}; what is above was left out.", *notes)
    return Table(name, headers, rows, sheet.notes + notes)


def _header_line(lines: Sequence[_Line], looks_like_header: LooksLikeHeader) -> _Line | None:
    return next(
        (line for line in _wide_lines(lines) if looks_like_header([text_of(cell) for cell in line.cells])), None
    )


def _wide_lines(lines: Iterable[_Line]) -> Iterator[_Line]:
    return (line for line in islice(lines, _HEADER_SEARCH_ROWS) if sum(text_of(cell) != "" for cell in line.cells) > 1)


def _headers(line: _Line, body: Sequence[_Line]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name every column that has a header or lies between such; a second column of the same name gets a number."""
    texts = [_header(cell) for cell in line.cells]
    while texts and not texts[-1]:
        texts.pop()
    headers: list[str] = []
    notes: list[str] = []
    for position, text in enumerate(texts):
        name = _unused(text or f"Column {position + 1}", headers)
        if text and name != text:
            notes.append(f"Two columns are headed {text!r}; the later one is called {name!r} here.")
        elif not text and any(text_of(cell) for cells in body for cell in cells.cells[position : position + 1]):
            notes.append(f"Column {position + 1} has values but no header; it is called {name!r} here.")
        headers.append(name)
    return tuple(headers), tuple(notes)


def _header(cell: Cell) -> str:
    return cell if isinstance(cell, Exact) else re.sub(r"\s*[\t\r\n]\s*", " ", text_of(cell))


def _unused(name: str, taken: Sequence[str]) -> str:
    candidates = (name if number == 1 else f"{name} ({number})" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def _row(line: _Line, width: int) -> Row:
    cells = (*line.cells, *[""] * (width - len(line.cells)))
    return Row(line.number, cells[:width], tuple(cell for cell in cells[width:] if text_of(cell)))
