"""What is sent to a Zebra printer, as text."""

import pytest

from pywats_server.labels.codes import CodeKind
from pywats_server.labels.layout import Label, Line, lay_out
from pywats_server.labels.media import MEDIA
from pywats_server.labels.zpl import escaped, to_zpl

ROLL = next(medium for medium in MEDIA if medium.key == "roll-51x25")


def zpl(serial_number: str, *lines: Line, dpi: int = 203) -> str:
    [text] = to_zpl([lay_out(Label("A", serial_number, lines), ROLL, CodeKind.QR, dot=1 / 8)], dpi)
    return text


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("DMM-001", "DMM-001"),
        ("^XZ", "_5EXZ"),
        ("~JA", "_7EJA"),
        ("a_b", "a_5Fb"),
        ("Ø 7", "Ø 7"),
    ],
)
def test_text_of_a_field_is_never_taken_for_a_command(text: str, data: str) -> None:
    assert escaped(text) == data
    assert f"^FH^FD{data}^FS" in zpl(text)


def test_label_has_its_size_and_is_utf8() -> None:
    text = zpl("DMM-001")
    assert text.startswith("^XA^CI28^PW406^LL203^LH0,0\n")
    assert text.endswith("^XZ\n")
    assert text.count("^XA") == text.count("^XZ") == 1


def test_label_for_a_finer_printer_has_more_dots() -> None:
    assert "^PW600^LL300" in zpl("DMM-001", dpi=300)


def test_text_that_not_every_printer_has_goes_as_a_picture() -> None:
    text = zpl("数字万用表-7", Line("Due 2027"))
    assert "数" not in text
    assert text.count("^GFA") == 2
    assert "^FDDue 2027^FS" in text


def test_text_stands_at_the_same_base_line_as_in_every_output() -> None:
    drawing = lay_out(Label("A", "DMM-001"), ROLL, CodeKind.QR, dot=1 / 8)
    [text] = to_zpl([drawing], 203)
    [serial] = drawing.texts
    assert f"^FT{round(serial.x * 8)},{round(serial.y * 8)}^A0N,{round(serial.size * 8)}," in text
