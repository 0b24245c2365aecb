"""Where things stand on labels, whatever the label and what it is made of."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywats_server.labels import fonts
from pywats_server.labels.codes import CodeKind
from pywats_server.labels.layout import Drawing, Label, Line, TooSmall, lay_out, length_needed
from pywats_server.labels.media import MEDIA, Family, Grid, Medium, medium_named

NAME = Line("Keysight 34465A digital multimeter, 6½ digits", True)
DUE = Line("Due 31 Jan 2027")
CALIBRATED = Line("Calibrated 31 Jan 2026")
GRIDS = [(medium, medium.grid) for medium in MEDIA if medium.grid is not None]


def medium(key: str) -> Medium:
    found = medium_named(key)
    assert found is not None
    return found


def lines_of(drawing: Drawing) -> list[str]:
    return [text.text for text in drawing.texts if not text.bold]


@pytest.mark.parametrize(("medium", "grid"), GRIDS, ids=lambda one: getattr(one, "key", ""))
def test_labels_of_a_sheet_stand_on_it_and_apart(medium: Medium, grid: Grid) -> None:
    assert medium.width is not None
    x, y = grid.corner(grid.labels - 1)
    assert grid.corner(0) == (grid.left, grid.top)
    assert x + medium.width <= grid.page[0] - 3
    assert y + medium.height <= grid.page[1] - 3
    # The same to the right and below as to the left and above, but for what makers round.
    assert grid.page[0] - x - medium.width == pytest.approx(grid.left, abs=0.5)
    assert grid.page[1] - y - medium.height == pytest.approx(grid.top, abs=0.5)
    assert grid.across >= medium.width
    assert grid.down >= medium.height


def test_media_have_keys_of_their_own() -> None:
    assert len({medium.key for medium in MEDIA}) == len(MEDIA)
    assert medium_named("no such medium") is None


@given(
    medium=st.sampled_from(MEDIA),
    kind=st.sampled_from(CodeKind),
    serial_number=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=100),
    name=st.text(max_size=200),
    dot=st.sampled_from([0.0, 1 / 8, 25.4 / 300]),
)
def test_everything_on_a_label_stands_within_its_edges_and_apart(
    medium: Medium, kind: CodeKind, serial_number: str, name: str, dot: float
) -> None:
    try:
        drawing = lay_out(Label(serial_number, serial_number, (DUE, Line(name, True), CALIBRATED)), medium, kind, dot)
    except TooSmall:
        return
    code = drawing.code
    quiet = kind.quiet * code.square - dot
    assert code.square >= 0.2475
    assert min(code.x, drawing.height - code.y - code.height if medium.width is None else code.y) >= quiet - 1e-6
    for text in drawing.texts:
        beside, below = text.x >= code.x + code.width + quiet, text.y - text.size > code.y + code.height
        assert beside or below
        assert text.x + text.width <= drawing.width - min(medium.margin, 1.0) + 1e-6
        assert text.y <= drawing.height - medium.margin + 1e-6
        assert text.y - text.size >= 0
    for upper, lower in pairwise(drawing.texts):
        assert lower.y - upper.y >= lower.size * 0.99


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=100))
def test_serial_number_is_printed_whole_or_refused(serial_number: str) -> None:
    try:
        drawing = lay_out(Label("x", serial_number), medium("roll-51x25"), CodeKind.QR)
    except TooSmall:
        return
    assert "".join(text.text for text in drawing.texts) == fonts.spelled_out(serial_number)


def test_long_serial_number_is_broken_at_its_joints() -> None:
    drawing = lay_out(Label("A", "ICT-FIXTURE/2024-0017"), medium("avery-l7651"), CodeKind.QR)
    assert [text.text for text in drawing.texts] == ["ICT-FIXTURE/", "2024-0017"]


def test_long_name_takes_the_rows_that_are_to_spare() -> None:
    drawing = lay_out(Label("DMM-001", "DMM-001", (DUE, NAME)), medium("avery-l7159"), CodeKind.QR)
    _, *rows = lines_of(drawing)
    assert len(rows) > 1
    assert " ".join(rows) == NAME.text


def test_long_name_is_shortened_and_says_so() -> None:
    name = Line("A very long name indeed " * 30, True)
    drawing = lay_out(Label("A", "A", (name,)), medium("roll-38x19"), CodeKind.QR)
    first, *_, last = lines_of(drawing)
    assert first.startswith("A very")
    assert last.endswith("…")


def test_line_without_room_is_left_out_from_the_end_and_told() -> None:
    drawing = lay_out(Label("FIX-1042", "FIX-1042", (DUE, NAME, CALIBRATED)), medium("tape-6"), CodeKind.DATA_MATRIX)
    assert lines_of(drawing) == [DUE.text]
    assert drawing.left_out == (NAME.text, CALIBRATED.text)


def test_date_is_never_shortened() -> None:
    long = Line("Next calibration is due on 31 January 2027 at the latest, says the laboratory")
    drawing = lay_out(Label("A", "A", (long, NAME)), medium("avery-l4731"), CodeKind.DATA_MATRIX)
    assert drawing.left_out == (long.text,)


def test_tape_is_as_long_as_its_text_needs() -> None:
    tape = medium("tape-12")
    short, long = (Label(text, text, (DUE,)) for text in ("A-1", "A-LONG-SERIAL-NUMBER-0001"))
    lengths = [length_needed(label, tape, CodeKind.DATA_MATRIX) for label in (short, long)]
    assert 10 < lengths[0] < lengths[1] < 100
    assert lay_out(short, tape, CodeKind.DATA_MATRIX, length=lengths[1]).width == lengths[1]


def test_tape_too_low_for_a_square_code_has_a_flat_one() -> None:
    flat = lay_out(Label("ICT-FIXTURE-17", "ICT-FIXTURE-17"), medium("tape-6"), CodeKind.DATA_MATRIX).code.code
    assert flat.columns > flat.rows
    square = lay_out(Label("ICT-FIXTURE-17", "ICT-FIXTURE-17"), medium("tape-24"), CodeKind.DATA_MATRIX).code.code
    assert square.columns == square.rows


def test_code_that_would_be_too_fine_is_refused() -> None:
    with pytest.raises(TooSmall) as refused:
        lay_out(Label("https://assets.example.com/s/FIX-1042", "FIX-1042"), medium("tape-6"), CodeKind.QR)
    assert refused.value.what == "code"


def test_serial_number_without_room_is_refused() -> None:
    with pytest.raises(TooSmall) as refused:
        lay_out(Label("x", "X" * 100), medium("avery-l4731"), CodeKind.DATA_MATRIX)
    assert (refused.value.what, refused.value.serial_number) == ("serial number", "X" * 100)


@pytest.mark.parametrize("dot", [1 / 8, 25.4 / 300])
def test_squares_are_whole_dots_of_the_printer(dot: float) -> None:
    square = lay_out(Label("FIX-1042", "FIX-1042"), medium("roll-51x25"), CodeKind.QR, dot).code.square
    assert square / dot == pytest.approx(round(square / dot))


def test_square_label_has_its_text_below_the_code() -> None:
    drawing = lay_out(Label("FIX-1042", "FIX-1042", (DUE,)), medium("roll-25x25"), CodeKind.QR)
    assert all(text.y > drawing.code.y + drawing.code.height for text in drawing.texts)


def test_families_are_told_by_what_media_are() -> None:
    assert [medium(key).family for key in ("avery-5160", "tape-9", "roll-51x25")] == list(Family)


def test_width_of_a_text_is_that_of_its_runs() -> None:
    text = "Ø 数字 7"
    last = list(fonts.runs(text))[-1]
    assert last.start + fonts.width(last.text) == pytest.approx(fonts.width(text))
