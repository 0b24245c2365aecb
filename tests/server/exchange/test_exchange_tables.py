from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pywats_server.errors import InvalidInput
from pywats_server.exchange import tables
from pywats_server.exchange.cells import Exact
from pywats_server.exchange.tables import Table, read_table


def has_serial(cells: Sequence[str]) -> bool:
    return any(cell.casefold() in ("serial", "seriennummer") for cell in cells)


def read(path: Path, content: bytes | str, **options: str) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, has_serial, **options)  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@pytest.mark.parametrize(
    "content",
    [
        "Serial,Ort\nA1,Höhe\n".encode(),
        "Serial,Ort\r\nA1,Höhe\r\n".encode("utf-8-sig"),
        "Serial,Ort\nA1,Höhe".encode("utf-16"),
        "Serial;Ort\nA1;Höhe\n".encode(),
        "Serial\tOrt\nA1\tHöhe\n".encode(),
        "sep=;\r\nSerial;Ort\r\nA1;Höhe\r\n".encode(),
        "Serial|Ort\rA1|Höhe\r".encode(),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "semicolon", "tab", "declared", "bar and old line ends"],
)
def test_read_table_csv_dialects_are_read_without_a_note(file: Path, content: bytes) -> None:
    table = read(file, content)

    assert table.headers == ("Serial", "Ort")
    assert [row.cells for row in table.rows] == [("A1", "Höhe")]
    assert table.notes == ()


def test_read_table_windows_1252_is_noted(file: Path) -> None:
    table = read(file, "Serial,Ort\nA1,Höhe\n".encode("cp1252"))

    assert table.rows[0].cells == ("A1", "Höhe")
    assert "Windows-1252" in table.notes[0]


def test_read_table_encoding_given_is_used(file: Path) -> None:
    table = read(file, "Serial,地点\nA1,实验室\n".encode("gb18030"), encoding="gb18030")

    assert table.headers == ("Serial", "地点")


def test_read_table_delimiter_is_the_one_that_makes_headers(file: Path) -> None:
    table = read(file, "Seriennummer;Gewicht\nA1;1,5\nA2;2,5\n")

    assert [row.cells for row in table.rows] == [("A1", "1,5"), ("A2", "2,5")]


def test_read_table_rows_have_the_numbers_of_the_editor(file: Path) -> None:
    table = read(file, 'List of 2020\n\nSerial,Text\nA1,"two\nlines"\n\nA2,x\n')

    assert [(row.number, row.cells[0]) for row in table.rows] == [(4, "A1"), (7, "A2")]
    assert table.notes == ("The headers stand in row 3; what is above was left out.",)


def test_read_table_ragged_rows_are_filled_and_surplus_is_kept(file: Path) -> None:
    table = read(file, "Serial,A,B\nA1\nA2,1,2,3,,4\n")

    assert table.rows[0].cells == ("A1", "", "")
    assert table.rows[1].surplus == ("3", "4")


def test_read_table_headers_twice_or_missing_get_names_and_notes(file: Path) -> None:
    table = read(file, "Serial,Date,,Date,\nA1,1,2,3,\n")

    assert table.headers == ("Serial", "Date", "Column 3", "Date (2)")
    assert ["no header" in table.notes[0], "headed 'Date'" in table.notes[1]] == [True, True]


def test_read_table_guarded_cell_is_exact(file: Path) -> None:
    cells = read(file, "Serial,Text\n'00123,'=1+1\n").rows[0].cells

    assert cells == ("00123", "=1+1")
    assert all(isinstance(cell, Exact) for cell in cells)


def test_read_table_column_yields_its_cells(file: Path) -> None:
    assert list(read(file, "Serial,Text\nA1,x\nA2,y\n").column("Text")) == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"Serial,Text\n", "no rows below"),
        (b"just a sentence\n", "not a list"),
        (b"<?xml version='1.0'?><register/>", "XML"),
        (b'\n{"assets": []}', "JSON"),
        (b'[{"serialNumber": "1"}]', "JSON"),
        (b"%PDF-1.7 ...", "not a list of rows"),
        (b"Serial,Ort\nA1,\x81\n", "say its encoding"),
        (b"Serial\0,Ort\0\n", "not a text"),
        (b'Serial,Text\nA1,x\nA2,"open\nA3,y\n', "line 3 on"),
        (b"PK\x03\x04" + b"rubbish" * 20, "not an Excel file"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"rubbish" * 200, "not an Excel file"),
    ],
)
def test_read_table_no_list_is_refused_with_reason(file: Path, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read(file, content)


def test_read_table_zip_that_is_no_workbook_is_refused(file: Path) -> None:
    with ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "hi")

    with pytest.raises(InvalidInput, match="not an Excel file"):
        read_table(file, has_serial)


def test_read_table_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_table(file, has_serial)


def test_read_table_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_table(tmp_path, has_serial)


def test_read_table_too_large_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 10)

    with pytest.raises(InvalidInput, match="at most 10"):
        read(file, "Serial,Text\nA1,x\n")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook whose second sheet is the register, below a title and beside an empty column."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        cover = book.add_worksheet("Cover")
        cover.write_row(0, 0, ["Printed", "by", "somebody"])
        register = book.add_worksheet("Register")
        register.write_string(1, 1, "Our equipment")
        register.write_row(3, 1, ["Serial", "Model", "Text"])
        register.write_row(4, 1, [1005, 742.5, "'00123"])
        register.write_row(6, 1, ["A2", "x"])
    return path


def test_read_table_excel_takes_the_sheet_that_has_headers(workbook: Path) -> None:
    table = read_table(workbook, has_serial)

    assert table.headers == ("Column 1", "Serial", "Model", "Text")
    assert [(row.number, row.cells) for row in table.rows] == [
        (5, ("", 1005.0, 742.5, "00123")),
        (7, ("", "A2", "x", "")),
    ]
    assert "Read sheet 'Register', not 'Cover'" in table.notes[0]


def test_read_table_excel_sheet_can_be_chosen(workbook: Path) -> None:
    with pytest.raises(InvalidInput, match="headers in row 1, but no rows"):
        read_table(workbook, has_serial, sheet="Cover")


def test_read_table_excel_unknown_sheet_is_refused_with_the_others(workbook: Path) -> None:
    with pytest.raises(InvalidInput, match="'Cover', 'Register'"):
        read_table(workbook, has_serial, sheet="Registre")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.binary(max_size=100).map(b"Serial,Text\nA,".__add__))
def test_read_table_any_bytes_are_a_list_or_refused(file: Path, content: bytes) -> None:
    with suppress(InvalidInput):
        table = read(file, content)

        assert all(len(row.cells) == len(table.headers) for row in table.rows)
