"""Writes a table as CSV or Excel so that a spreadsheet and the import both read back what was written."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pywats_server.errors import InvalidInput
from pywats_server.exchange.cells import EXACT_DIGITS, guard
from pywats_server.instants import instant

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Written = str | int | float | datetime | None
"""What a cell can be written from; moments are aware."""

MAX_SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet, the headers among them."""

_FIRST_SHEET_DAY = datetime(1900, 3, 1, tzinfo=UTC)
_WIDTHS = range(10, 50)


def write_table(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Written]], title: str = "Assets") -> None:
    """
    Write *headers* and *rows* to *path*, as CSV or Excel by its ending; a file that is there is replaced as a whole.
    The *title* is that of the sheet.

    Texts that would not come back as they are get an apostrophe in front, which the import takes off again: in a CSV
    what a spreadsheet would run as a formula or turn into a number or a date. Midnight UTC is written as a date alone.

    Raises:
        InvalidInput: The ending is neither .csv nor .xlsx, the file cannot be written, or a sheet has too few rows.
    """
    check_ending(path)
    write = _write_csv if path.suffix.lower() == ".csv" else partial(_write_xlsx, title=title)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-") as folder:
            unfinished = Path(folder) / path.name
            write(unfinished, headers, rows)
            unfinished.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}", file=str(path)) from error


def check_ending(path: Path) -> None:
    """
    Let a *path* pass whose ending says how to write it.

    Raises:
        InvalidInput: It ends in neither .csv nor .xlsx.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise InvalidInput(f"{path} ends in {path.suffix!r}; lists are written as .csv or .xlsx", file=str(path))


def _write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> None:
    # Excel takes a CSV for UTF-8 only when it begins with a byte order mark.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(file, [headers])
        write_csv(file, rows)


def write_csv(file: TextIO, rows: Iterable[Sequence[Written]]) -> None:
    """Write *rows* as CSV, guarded as `write_table` does; *file* ends lines as they are written."""
    csv.writer(file).writerows([_csv_cell(value) for value in row] for row in rows)


def _csv_cell(value: Written) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard(value, for_spreadsheet=True)
    return _date_text(value) if isinstance(value, datetime) else _number_text(value)


def _write_xlsx(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Written]], title: str) -> None:
    # Imported where it is needed: reading a list, and every other command, should not wait for it.
    import xlsxwriter

    # Nothing is turned into a formula, a link or a number by its looks, and rows wait on disk.
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet(title)
        sheet.freeze_panes(1, 1)
        heading = workbook.add_format({"bold": True})
        dates = (
            workbook.add_format({"num_format": "yyyy-mm-dd"}),
            workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        for column, header in enumerate(headers):
            sheet.write_string(0, column, guard(header, for_spreadsheet=False), heading)
            sheet.set_column(column, column, max(_WIDTHS.start, min(len(header) + 2, _WIDTHS.stop)))
        for number, row in enumerate(rows, start=1):
            if number >= MAX_SHEET_ROWS:
                raise InvalidInput(f"An Excel sheet holds {MAX_SHEET_ROWS:,} rows and the list has more; write a .csv")
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, dates)
        sheet.autofilter(0, 0, 0, max(len(headers) - 1, 0))


def _write_cell(sheet: "Worksheet", row: int, column: int, value: Written, dates: "tuple[Format, Format]") -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, guard(value, for_spreadsheet=False))
    elif isinstance(value, datetime):
        if value < _FIRST_SHEET_DAY or value.microsecond:
            # A sheet counts days from 1900 and keeps fractions of a second badly.
            sheet.write_string(row, column, _date_text(value))
        else:
            sheet.write_datetime(
                row, column, value.astimezone(UTC).replace(tzinfo=None), dates[not _is_midnight(value)]
            )
    elif abs(value) >= 10**EXACT_DIGITS:
        sheet.write_string(row, column, _number_text(value))
    else:
        sheet.write_number(row, column, value)


def _date_text(moment: datetime) -> str:
    text = instant(moment)
    return text.removesuffix("T00:00:00")


def _is_midnight(moment: datetime) -> bool:
    return "T" not in _date_text(moment)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
