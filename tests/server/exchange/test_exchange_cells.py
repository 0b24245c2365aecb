import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywats_server.exchange.cells import Exact, guard, is_blank, text_of, unguard


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+47 555", "-4-", "@SUM(A1)", "\tx", "\rx", "'tis"),
        *("00123", "12345678901234567890", "1E5", "1.0", "945,556,502", "1.00544E+11"),
        *("3-4", "1/2/2020", "2019-01-29", "MAR12", "12:30"),
        *("-", "n/a", "?", " A1", "A1 ", "tag: x"),
    ],
)
def test_guard_text_at_risk_comes_back_exact(text: str) -> None:
    guarded = guard(text, for_spreadsheet=True)

    assert guarded == "'" + text
    assert unguard(guarded) == text
    assert isinstance(unguard(guarded), Exact)


@pytest.mark.parametrize(
    "text", ["", "A10008", "573-142-10", "DMM-001", "SN1001", "42", "Fluke", "O'Neill", "5416, 0-0042"]
)
def test_guard_harmless_text_stays(text: str) -> None:
    assert guard(text, for_spreadsheet=True) == text
    assert unguard(text) == text


@pytest.mark.parametrize("text", ["'tis", "'Fluke'", "'"])
def test_unguard_apostrophe_of_the_text_itself_stays(text: str) -> None:
    assert unguard(text) == text
    assert not isinstance(unguard(text), Exact)


@given(st.text(max_size=20), st.booleans())
def test_guard_any_text_comes_back(text: str, for_spreadsheet: bool) -> None:
    assert unguard(guard(text, for_spreadsheet=for_spreadsheet)) == text


@given(st.text(alphabet="=+-@\t\r'abc1 ", max_size=10))
def test_guard_for_spreadsheet_never_begins_a_formula(text: str) -> None:
    assert not guard(text, for_spreadsheet=True).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1005.0, "1005"),
        (12.5, "12.5"),
        (37871232.0, "37871232"),
        ("  A 1\xa0B ", "A 1 B"),
        (Exact(" A1"), " A1"),
        (True, "True"),
    ],
)
def test_text_of_cell_is_what_a_person_sees(cell: object, text: str) -> None:
    assert text_of(cell) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["", "  ", "-", "–", "--", "n/a", "N/A", "None", "?", "keine", "ukjent"])
def test_is_blank_what_says_nothing_is_blank(cell: str) -> None:
    assert is_blank(cell)
    assert not is_blank(Exact(cell)) or not cell


@pytest.mark.parametrize("cell", ["0", 0.0, False, "-4-", "X", "°C"])
def test_is_blank_a_value_is_not(cell: object) -> None:
    assert not is_blank(cell)  # type: ignore[arg-type]
