from datetime import UTC, date, datetime

import pytest

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.cells import Cell, Exact
from pywats_server.exchange.values import (
    Refused,
    Unit,
    doubtful_text,
    read_count,
    read_line,
    read_period,
    read_serial_number,
    read_state,
    read_text,
)


@pytest.mark.parametrize(
    ("cell", "serial_number"),
    [
        ("A10008", "A10008"),
        (" 6 ", "6"),
        ("-4-", "-4-"),
        ("VB6 (031/CAB)", "VB6 (031/CAB)"),
        ("5E10", "5E10"),
        ("5416, 0-0042", "5416, 0-0042"),
        (1005.0, "1005"),
        (37871232.0, "37871232"),
        (12.5, "12.5"),
        ("Prüfgerät-7", "Prüfgerät-7"),
        ("X" * 100, "X" * 100),
        (Exact("1.00544E+11"), "1.00544E+11"),
        (Exact("-"), "-"),
    ],
)
def test_read_serial_number_usable_is_kept(cell: Cell, serial_number: str) -> None:
    assert read_serial_number(cell) == serial_number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "no serial number"),
        ("   ", "no serial number"),
        ("-", "stands for no serial number"),
        ("N/A", "stands for no serial number"),
        ("none", "stands for no serial number"),
        ("?", "stands for no serial number"),
        ("1.00544E+11", "shortened, so digits are lost; enter the serial number as text"),
        ("1,00544E+11", "shortened"),
        ("5E+12", "shortened"),
        (1.2345678901234568e19, "more than 15 digits"),
        (date(2010, 1, 2), "turned into a date"),
        (True, "truth value"),
        ("X" * 101, "101 characters"),
        ("A\x07B", "printable"),
    ],
)
def test_read_serial_number_unusable_is_refused_with_reason(cell: Cell, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_serial_number(cell)


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("1", AssetState.IN_OPERATION),
        (5.0, AssetState.IN_STORAGE),
        ("In calibration", AssetState.IN_CALIBRATION),
        ("IN_MAINTENANCE", AssetState.IN_MAINTENANCE),
        ("unknown", AssetState.UNKNOWN),
        ("Scrapped", AssetState.SCRAPPED),
        ("verschrottet", AssetState.SCRAPPED),
        ("på lager", AssetState.IN_STORAGE),
        ("-", None),
    ],
)
def test_read_state_names_and_numbers(cell: Cell, state: AssetState | None) -> None:
    assert read_state(cell) == state


def test_read_state_every_state_is_known_by_number_and_name() -> None:
    for state in AssetState:
        assert read_state(str(int(state))) is state
        assert read_state(state.name.replace("_", " ").capitalize()) is state


def test_read_state_other_word_is_refused_with_the_states() -> None:
    with pytest.raises(Refused, match="0 unknown, 1 in operation"):
        read_state("Deployed")


@pytest.mark.parametrize(("cell", "count"), [("1234", 1234), (930.0, 930), ("0", 0), ("", None), ("-", None)])
def test_read_count_whole_numbers(cell: Cell, count: int | None) -> None:
    assert read_count(cell) == count


@pytest.mark.parametrize("cell", ["1,234", "1.234", "1 234", "-5", 2.5, "many", True])
def test_read_count_anything_else_is_refused(cell: Cell) -> None:
    with pytest.raises(Refused, match="no whole number"):
        read_count(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "days"),
    [
        ("1", Unit.YEARS, 365),
        (2.0, Unit.YEARS, 730),
        (2.5, Unit.YEARS, 912),
        ("0,5", Unit.YEARS, 182),
        ("12", Unit.MONTHS, 365),
        ("6", Unit.MONTHS, 182),
        ("2", Unit.WEEKS, 14),
        ("365", Unit.DAYS, 365),
        ("0.5", Unit.DAYS, 0.5),
        ("-1", Unit.DAYS, -1),
        ("-2", Unit.DAYS, -2),
        ("24 months", Unit.YEARS, 730),
        ("2 Jahre", None, 730),
        ("18 mnd.", None, 547),
        ("1 år", None, 365),
    ],
)
def test_read_period_days(cell: Cell, unit: Unit | None, days: float) -> None:
    period = read_period(cell, unit)

    assert period is not None
    assert period.days == days


@pytest.mark.parametrize(("cell", "unit"), [("", Unit.DAYS), ("-", Unit.DAYS), ("0", Unit.YEARS), ("12", None)])
def test_read_period_nothing_said_is_none(cell: Cell, unit: Unit | None) -> None:
    assert read_period(cell, unit) is None


@pytest.mark.parametrize("cell", ["yearly", "12 fortnights", "-3", "1/2", "200 years"])
def test_read_period_no_interval_is_refused(cell: str) -> None:
    with pytest.raises(Refused):
        read_period(cell, Unit.DAYS)


def test_read_period_negative_years_are_refused() -> None:
    with pytest.raises(Refused, match="below 0"):
        read_period("-1", Unit.YEARS)


@pytest.mark.parametrize(
    ("amount", "unit", "last", "next"),
    [
        ("1", Unit.YEARS, (2018, 7, 31), (2019, 7, 31)),
        ("1", Unit.YEARS, (2020, 2, 29), (2021, 2, 28)),
        ("2.5", Unit.YEARS, (2007, 1, 24), (2009, 7, 24)),
        ("6", Unit.MONTHS, (2019, 8, 31), (2020, 2, 29)),
        ("1", Unit.MONTHS, (2019, 12, 15), (2020, 1, 15)),
        ("90", Unit.DAYS, (2020, 1, 1), (2020, 3, 31)),
        ("2", Unit.WEEKS, (2020, 1, 1), (2020, 1, 15)),
        ("100", Unit.YEARS, (9950, 1, 1), (9999, 12, 31)),
    ],
)
def test_period_after_follows_the_calendar(
    amount: str, unit: Unit, last: tuple[int, int, int], next: tuple[int, int, int]
) -> None:
    period = read_period(amount, unit)

    assert period is not None
    assert period.after(datetime(*last, tzinfo=UTC)) == datetime(*next, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("0.001 ?", "lost a character"),
        ("10 000  ?", "lost a character"),
        ("50?, -70 to +20dBm", "lost a character"),
        ("1.51E+13", "shortened"),
        ("0 – 150 \N{REPLACEMENT CHARACTER}C", "lost a character"),
        ("PJ â€“ 300", "may mean 'PJ – 300'"),
        ("25 Â°C", "may mean '25 °C'"),
    ],
)
def test_doubtful_text_broken_characters_are_named(text: str, doubt: str) -> None:
    assert doubt in (doubtful_text(text) or "")


@pytest.mark.parametrize("text", ["0 – 150 ºC", "PJ – 300", "Ø25mm", "7 ½ digit DMM", "ok?", "Prüfgerät", "°C"])
def test_doubtful_text_sound_text_is_not_doubted(text: str) -> None:
    assert doubtful_text(text) is None


def test_read_text_keeps_lines_that_read_line_joins() -> None:
    assert read_text("a\r\nb") == "a\r\nb"
    assert read_line("a \r\n b  c") == "a b  c"


@pytest.mark.parametrize("cell", ["a\x00b", "x" * 201])
def test_read_line_what_the_server_would_not_keep_is_refused(cell: str) -> None:
    with pytest.raises(Refused, match="accepted: one line of up to 200"):
        read_line(cell)
