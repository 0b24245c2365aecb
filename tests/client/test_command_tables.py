"""Tables of the command line: columns that stand below each other, whatever is in them."""

import pytest

from pywats.commands.tables import columns, one_line, table


def laid_out(rows: list[list[str]], width: int | None = None) -> list[str]:
    """The lines of a table with one heading for each column."""
    headings = [letter * 2 for letter in "ABCDEFGH"[: len(rows[0])]]
    return ["  ".join(cells).rstrip() for cells in table(headings, rows, width)]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert laid_out([["x", "1"], ["longer", ""]]) == ["AA      BB", "x       1", "longer"]


def test_table_without_rows_is_its_headings() -> None:
    assert table(["A", "B"], [], None) == [["A", "B"]]


@pytest.mark.parametrize(
    ("text", "room"), [("DMM-001", 7), ("电阻", 4), ("Ω", 1), ("e\u0301", 1), ("한글", 4), ("", 0)], ids=str
)
def test_text_takes_the_columns_that_a_terminal_gives_it(text: str, room: int) -> None:
    assert columns(text) == room


def test_letters_of_two_columns_stand_below_those_of_one() -> None:
    assert laid_out([["电阻", "1"], ["R1", "2"]]) == ["AA    BB", "电阻  1", "R1    2"]


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x1b[2Jb", "a\tb", "a\u202eb", "a\x9bb"], ids=repr)
def test_text_cannot_move_the_cursor(text: str) -> None:
    assert one_line(text).replace("[2J", "") in ("a b", "a  b")


def test_widest_cells_are_cut_to_the_width_of_the_terminal() -> None:
    lines = laid_out([["DMM-001", "A multimeter with a long name", "Lab A"]], width=30)
    assert lines[1] == "DMM-001  A multimete...  Lab A"


def test_letters_of_two_columns_are_cut_whole() -> None:
    [_, line] = laid_out([["1", "电阻电阻电阻电阻电阻"]], width=16)
    assert line == "1   电阻电阻..."


def test_table_in_a_very_narrow_terminal_still_says_something() -> None:
    [_, line] = laid_out([["a long number", "another long cell"]], width=3)
    assert line == "a long number  another..."


def test_first_column_stays_whole() -> None:
    [_, line] = laid_out([["FIXTURE-0000000001"]], width=10)
    assert line == "FIXTURE-0000000001"
