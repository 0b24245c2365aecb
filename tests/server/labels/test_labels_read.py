"""Every label can be read again: by a scanner from its code, by a person from its text."""

import re
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from pywats_server.labels.codes import CodeKind
from pywats_server.labels.layout import Drawing, Label, Line, TooSmall, lay_out
from pywats_server.labels.media import MEDIA, Family, Medium, medium_named
from pywats_server.labels.pdf import to_pdf
from pywats_server.labels.picture import to_png
from pywats_server.labels.zpl import DENSITIES, to_zpl

LINES = (Line("Due 31 Jan 2027"), Line("Digital multimeter Ø 4 mm, 100 Ω", True), Line("Calibrated 31 Jan 2026"))
ADDRESS = "https://assets.example.com/s/"
# What people really have on their equipment, and what they might.
SERIAL_NUMBERS = {
    "plain": "DMM-001",
    "digits": "0012345678901234",
    "slash-plus-blanks": "ICT/2024+0017  rev B%20#?&",
    "zpl": "^XZ~JA_5E\\^FD",
    "latin": "Prüfgerät-Ø7-Ω",
    "chinese": "数字万用表-7",
    "emoji": "Box 😀 7",
    "arabic": "جهاز-7",
    "markup": "<script>alert(1)</script>",
    "100-characters": "ABCDEFGHIJ" * 10,
    "100-chinese": "表" * 100,
}
SMALLEST_FOR_ALL = medium_named("roll-102x51")
assert SMALLEST_FOR_ALL is not None

serial_numbers = pytest.mark.parametrize("serial_number", SERIAL_NUMBERS.values(), ids=SERIAL_NUMBERS)
kinds = pytest.mark.parametrize("kind", CodeKind, ids=str)
media = pytest.mark.parametrize("medium", MEDIA, ids=lambda medium: medium.key)


def scan(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def label(serial_number: str, content: str | None = None) -> Label:
    return Label(content or serial_number, serial_number, LINES)


def page_of(document: bytes, number: int = 0, dots_per_inch: int = 300) -> Image.Image:
    pdf = pypdfium2.PdfDocument(document)
    image = pdf[number].render(scale=dots_per_inch / 72).to_pil()
    pdf.close()
    return image


def text_of(document: bytes, number: int = 0) -> str:
    pdf = pypdfium2.PdfDocument(document)
    text = pdf[number].get_textpage().get_text_range()
    pdf.close()
    return text


def printed(zpl: str) -> Image.Image:
    """What a printer makes of the graphics of one label; its texts are in the printer's own font and left out."""
    width, height = (int(re.search(rf"\^{command}(\d+)", zpl)[1]) for command in ("PW", "LL"))
    image = Image.new("1", (width, height), 1)
    for x, y, total, stride, data in re.findall(r"\^FO(\d+),(\d+)\^GFA,(\d+),\d+,(\d+),([0-9A-F:]*)\^FS", zpl):
        rows: list[str] = []
        for row in re.findall(rf":|[0-9A-F]{{{int(stride) * 2}}}", data):
            rows.append(rows[-1] if row == ":" else row)
        bits = bytes.fromhex("".join(rows))
        assert len(bits) == int(total)
        # A set bit is black there, and white in an image.
        picture = Image.frombytes("1", (int(stride) * 8, len(rows)), bytes(255 - byte for byte in bits))
        image.paste(picture, (int(x), int(y)))
    return image


def put(medium: Medium, drawing: Drawing) -> bytes:
    return to_pdf([drawing], medium.grid)


@kinds
@media
def test_label_on_every_medium_is_read_from_its_pdf(medium: Medium, kind: CodeKind) -> None:
    content = "FIX-1042"
    drawing = lay_out(label("FIX-1042"), medium, kind) if fits(medium, kind, content) else None
    if drawing is None:
        # A QR code for a phone has 21 squares at least, which no tape of 6 mm has room for.
        assert (medium.key, kind) == ("tape-6", CodeKind.QR)
        return
    # The first label of a sheet stands in its upper left quarter.
    page = page_of(put(medium, drawing))
    assert scan(page.crop((0, 0, page.width // 2, page.height // 2)) if medium.grid else page) == [content]


def fits(medium: Medium, kind: CodeKind, content: str) -> bool:
    try:
        lay_out(label(content), medium, kind)
    except TooSmall:
        return False
    return True


@kinds
@serial_numbers
def test_serial_number_of_any_kind_is_read_from_every_output(serial_number: str, kind: CodeKind) -> None:
    drawing = lay_out(label(serial_number), SMALLEST_FOR_ALL, kind)
    assert scan(page_of(put(SMALLEST_FOR_ALL, drawing))) == [serial_number]
    assert scan(Image.open(BytesIO(to_png(drawing)))) == [serial_number]


@pytest.mark.parametrize("dpi", DENSITIES)
@kinds
@serial_numbers
def test_serial_number_of_any_kind_is_read_from_zpl(serial_number: str, kind: CodeKind, dpi: int) -> None:
    drawing = lay_out(label(serial_number), SMALLEST_FOR_ALL, kind, dot=1 / DENSITIES[dpi])
    [zpl] = to_zpl([drawing], dpi)
    assert scan(printed(zpl)) == [serial_number]


@pytest.mark.parametrize("dpi", DENSITIES)
@kinds
@pytest.mark.parametrize("medium", [one for one in MEDIA if one.family is Family.ROLL], ids=lambda one: one.key)
def test_label_on_every_roll_is_read_from_zpl(medium: Medium, kind: CodeKind, dpi: int) -> None:
    [zpl] = to_zpl([lay_out(label("FIX-1042"), medium, kind, dot=1 / DENSITIES[dpi])], dpi)
    assert scan(printed(zpl)) == ["FIX-1042"]


@pytest.mark.parametrize("name", ["plain", "slash-plus-blanks", "latin", "chinese", "zpl", "100-characters", "markup"])
def test_serial_number_stands_whole_on_the_label(name: str) -> None:
    serial_number = SERIAL_NUMBERS[name]
    document = put(SMALLEST_FOR_ALL, lay_out(label(serial_number), SMALLEST_FOR_ALL, CodeKind.QR))
    # Blanks at the ends of rows are no signs.
    assert serial_number.replace(" ", "") in re.sub(r"\s", "", text_of(document))


def test_character_without_a_sign_is_told_by_its_code_point() -> None:
    drawing = lay_out(label("Box 😀"), SMALLEST_FOR_ALL, CodeKind.QR)
    assert "".join(text.text for text in drawing.texts if text.bold) == "Box [U+1F600]"


def test_other_text_with_a_character_without_a_sign_has_a_box() -> None:
    drawing = lay_out(Label("A", "A", (Line("Lamp 😀 جهاز"),)), SMALLEST_FOR_ALL, CodeKind.QR)
    assert drawing.texts[1].text == "Lamp □ □□□□"


def test_sheet_is_filled_from_the_first_free_place() -> None:
    medium = medium_named("avery-l4731")
    assert medium is not None
    assert medium.grid is not None
    drawings = [lay_out(label(f"FIX-{number}"), medium, CodeKind.DATA_MATRIX) for number in range(5)]
    document = to_pdf(drawings, medium.grid, first=medium.grid.labels - 3)
    assert [sorted(scan(page_of(document, page))) for page in (0, 1)] == [
        ["FIX-0", "FIX-1", "FIX-2"],
        ["FIX-3", "FIX-4"],
    ]


def test_many_labels_fill_as_many_sheets_as_they_need() -> None:
    medium = medium_named("avery-l7651")
    assert medium is not None
    drawing = lay_out(label("DMM-001"), medium, CodeKind.QR)
    document = pypdfium2.PdfDocument(to_pdf([drawing] * 131, medium.grid))
    assert len(document) == 3
    assert document[0].get_size() == pytest.approx((595.27, 841.89), abs=0.1)
    document.close()


def test_same_labels_give_the_same_document() -> None:
    drawing = lay_out(label("DMM-001"), SMALLEST_FOR_ALL, CodeKind.QR)
    assert put(SMALLEST_FOR_ALL, drawing) == put(SMALLEST_FOR_ALL, drawing)
