import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pywats_server.errors import InvalidInput
from pywats_server.exchange import writer
from pywats_server.exchange.cells import text_of
from pywats_server.exchange.dates import read_date
from pywats_server.exchange.tables import read_table
from pywats_server.exchange.writer import Written, write_table

HEADERS = ("serialNumber", "Text")


def is_header(cells: Sequence[str]) -> bool:
    return "serialNumber" in cells


@pytest.fixture(params=[".csv", ".xlsx"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"list{request.param}"


def written_and_read(path: Path, values: Sequence[Written]) -> list[object]:
    write_table(path, HEADERS, [("A", value) for value in values])
    return list(read_table(path, is_header).column("Text"))


TEXTS = [
    *("=1+1", "+47 555", "-4-", "@SUM(A1)", "'tis", "00123", "12345678901234567890", "1.00544E+11", "-", "n/a"),
    *(
        " A1",
        "A1 ",
        "two\nlines",
        'quoted "x", y; z',
        "PJ – 300 ºC Ω",
        "实验室",
        "2019-01-29",
        "TRUE",
        "http://x.example",
    ),
]


def test_write_table_texts_come_back_as_they_are(path: Path) -> None:
    assert [text_of(cell) for cell in written_and_read(path, TEXTS)] == TEXTS  # type: ignore[arg-type]


def test_write_table_numbers_come_back(path: Path) -> None:
    numbers = [0, 1234, -1, 0.5, 10**17]

    assert [text_of(cell) for cell in written_and_read(path, numbers)] == ["0", "1234", "-1", "0.5", str(10**17)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2019, 1, 29, tzinfo=UTC),
        datetime(2019, 1, 29, 10, 15, 59, tzinfo=UTC),
        datetime(2026, 1, 26, 0, 1, 10, 336000, tzinfo=UTC),
        datetime(1899, 12, 31, tzinfo=UTC) + timedelta(days=2),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
    ids=str,
)
def test_write_table_moments_come_back(path: Path, moment: datetime) -> None:
    assert read_date(written_and_read(path, [moment])[0], None) == moment  # type: ignore[arg-type]


def test_write_table_nothing_is_an_empty_cell(path: Path) -> None:
    assert written_and_read(path, ["x", None]) == ["x", ""]


def test_write_table_csv_begins_with_a_mark_and_runs_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_table(path, ("serialNumber", "=Header"), [("=cmd|' /C calc'!A0", "@x")])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells == ["serialNumber", "'=Header", "'=cmd|' /C calc'!A0", "'@x"]


def test_write_table_replaces_a_file_as_a_whole(path: Path) -> None:
    path.write_text("old")

    write_table(path, HEADERS, [("A", "x")])

    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert read_table(path, is_header).rows[0].cells == ("A", "x")


def test_write_table_failing_rows_leave_the_old_file(path: Path) -> None:
    path.write_text("old")

    with pytest.raises(ZeroDivisionError):
        write_table(path, HEADERS, ((str(1 // number), "x") for number in (1, 0)))

    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["list.txt", "list", "list.xls"])
def test_write_table_other_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match=r"\.csv or \.xlsx"):
        write_table(tmp_path / name, HEADERS, [])


def test_write_table_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_table(tmp_path / "missing" / "list.csv", HEADERS, [])


def test_write_table_too_many_rows_for_a_sheet_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_SHEET_ROWS", 3)

    with pytest.raises(InvalidInput, match=r"write a \.csv"):
        write_table(tmp_path / "list.xlsx", HEADERS, [("A", "x")] * 3)


VISIBLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(VISIBLE, min_size=1, max_size=20))
def test_write_table_any_printable_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    for ending in (".csv", ".xlsx"):
        path = tmp_path_factory.mktemp("lists") / f"list{ending}"

        assert [text_of(cell) for cell in written_and_read(path, texts)] == texts  # type: ignore[arg-type]
