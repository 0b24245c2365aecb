from datetime import UTC, date, datetime

import pytest

from pywats_server.exchange.cells import Cell
from pywats_server.exchange.dates import AmbiguousDate, DateOrder, UnreadableDate, column_order, read_date

DMY, MDY, YMD = DateOrder


def on(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2016-10-23", on(2016, 10, 23)),
        ("2016-10-23T10:15:00", on(2016, 10, 23, 10, 15)),
        ("2016-10-23 10:15", on(2016, 10, 23, 10, 15)),
        ("2016-10-23T10:15:00+02:00", on(2016, 10, 23, 8, 15)),
        ("2016/1/5", on(2016, 1, 5)),
        ("2016.01.05.", on(2016, 1, 5)),
        ("20161023", on(2016, 10, 23)),
        ("23/10/2016", on(2016, 10, 23)),
        ("10/23/2016", on(2016, 10, 23)),
        ("08/08/2004", on(2004, 8, 8)),
        ("23/10/2016 14:30", on(2016, 10, 23, 14, 30)),
        ("10/23/2016 12:00:00 AM", on(2016, 10, 23)),
        ("10/23/2016 1:05 PM", on(2016, 10, 23, 13, 5)),
        ("1 Nov 2010", on(2010, 11, 1)),
        ("01-Nov-10", on(2010, 11, 1)),
        ("Nov 1, 2010", on(2010, 11, 1)),
        ("November 1st, 2010", on(2010, 11, 1)),
        ("2010-Nov-01", on(2010, 11, 1)),
        ("3. Oktober 2016", on(2016, 10, 3)),
        ("3. März 2016", on(2016, 3, 3)),
        ("17. mai 2016", on(2016, 5, 17)),
        ("1. desember 1999", on(1999, 12, 1)),
        ("9999-12-31", on(9999, 12, 31)),
        (date(2011, 6, 30), on(2011, 6, 30)),
        (datetime(2011, 6, 30, 8, 0), on(2011, 6, 30, 8)),
    ],
    ids=str,
)
def test_read_date_one_meaning_needs_no_order(cell: Cell, moment: datetime) -> None:
    assert read_date(cell, None) == moment


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "Initial", "INITIAL", "never", "not required"])
def test_read_date_words_for_no_date_are_none(cell: str) -> None:
    assert read_date(cell, None) is None


@pytest.mark.parametrize(
    ("cell", "order", "moment"),
    [
        ("1/11/2010", DMY, on(2010, 11, 1)),
        ("1/11/2010", MDY, on(2010, 1, 11)),
        ("1.11.2010", DMY, on(2010, 11, 1)),
        ("01-02-03", DMY, on(2003, 2, 1)),
        ("01-02-03", MDY, on(2003, 1, 2)),
        ("01-02-03", YMD, on(2001, 2, 3)),
        ("01/02/70", DMY, on(1970, 2, 1)),
        ("2016-10-23", MDY, on(2016, 10, 23)),
    ],
)
def test_read_date_two_meanings_follow_the_order(cell: str, order: DateOrder, moment: datetime) -> None:
    assert read_date(cell, order) == moment


def test_read_date_two_meanings_without_order_are_refused_with_both() -> None:
    with pytest.raises(AmbiguousDate, match=r"2010-11-01 \(dmy\) / 2010-01-11 \(mdy\).*which order"):
        read_date("1/11/2010", None)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("soon", "is no date; write it as"),
        ("2019-02-30", "is no date"),
        ("31/02/2019", "is no date"),
        ("1 Fructidor 2019", "is no date"),
        ("2019-13-01", "is no date"),
        ("40483", "spreadsheet's for 2010-11-01"),
        (40483.0, "spreadsheet's for 2010-11-01"),
        ("0219-01-29", "before 1900"),
        ("2016", "is no date"),
        (True, "is no date"),
    ],
)
def test_read_date_no_date_is_refused_with_reason(cell: Cell, reason: str) -> None:
    with pytest.raises(UnreadableDate, match=reason):
        read_date(cell, None)


def test_read_date_against_the_given_order_is_refused() -> None:
    with pytest.raises(UnreadableDate, match="month first"):
        read_date("23/10/2016", MDY)


@pytest.mark.parametrize(
    ("cells", "order", "note"),
    [
        (["2016-10-23", "2010-11-01"], None, ""),
        (
            ["1/11/2010", "23/10/2016", ""],
            DMY,
            "day first (dmy), which is the only order that fits all its dates: '23/10/2016'",
        ),
        (["1/11/2010", "10/23/2016"], MDY, "month first (mdy)"),
        (["1/11/2010", "2016-10-23", "-"], None, "nothing shows whether"),
        (["1/11/2010", "8/04/2004"], None, "nothing shows whether"),
        (["1.11.2010", "8.04.2004"], DMY, "as dates with points"),
        (["1.11.2010", "12.31.2004"], MDY, "month first"),
        (["1/11/2010", "23/10/2016", "10/23/2016"], None, "do not follow one order"),
        (["10-11-12", "99-12-31"], YMD, "year first"),
        (["23/10/2016", "08/08/2004"], None, ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_column_order_is_concluded_only_from_proof(cells: list[str], order: DateOrder | None, note: str) -> None:
    found = column_order("Date", cells, None)

    assert found.order == order
    assert (note in found.note) if note else not found.note


def test_column_order_given_decides_silently() -> None:
    found = column_order("Date", ["1/11/2010", "23/10/2016"], MDY)

    assert (found.order, found.note) == (MDY, "")
