"""
Labels in ZPL II, the language of Zebra's printers.

The code goes as a picture, because printers differ in how they read what stands in a code's data; so it is the same
squares on every printer. Text goes as text in the printer's own font, which is narrower than the one it was measured
with; what has characters that not every printer has goes as a picture, too.
"""

from collections.abc import Iterable, Iterator

from pywats_server.labels.layout import Drawing, PlacedCode, PlacedText
from pywats_server.labels.picture import text_bitmap

DENSITIES: dict[int, float] = {203: 8.0, 300: 300 / 25.4}
"""Dots in a millimetre for each resolution that printers are named by. Source: Zebra, ZPL II Programming Guide."""

# What a field's data must not hold as it is: commands begin with the first two, escapes with the third.
_SPECIAL = "^~_"


def to_zpl(drawings: Iterable[Drawing], dpi: int) -> Iterator[str]:
    """Yield each label as the text that prints it on a printer of *dpi*, 203 or 300."""
    return (_format(drawing, DENSITIES[dpi]) for drawing in drawings)


def _format(drawing: Drawing, density: float) -> str:
    fields = [_code(drawing.code, density), *(_text(text, density) for text in drawing.texts if text.text)]
    start = f"^XA^CI28^PW{round(drawing.width * density)}^LL{round(drawing.height * density)}^LH0,0"
    return "\n".join([start, *fields, "^XZ\n"])


def _text(text: PlacedText, density: float) -> str:
    if not all(_every_printer_has(one) for one in text.text):
        return _text_as_picture(text, density)
    size = round(text.size * density)
    at = f"^FT{round(text.x * density)},{round(text.y * density)}"
    return f"{at}^A0N,{size},{size}^FH^FD{escaped(text.text)}^FS"


def _every_printer_has(character: str) -> bool:
    return " " <= character <= "~" or "\xa1" <= character <= "\xff"


def escaped(text: str) -> str:
    """Return *text* for the data of a field after `^FH`: no character of it is taken for a command."""
    return "".join(f"_{ord(one):02X}" if one in _SPECIAL else one for one in text)


def _code(placed: PlacedCode, density: float) -> str:
    """Return a code as a graphic field; a line that is the same as the one above is `:`."""
    dots = round(placed.square * density)
    rows = [0] * placed.code.rows
    width = placed.code.columns * dots
    for row, column, length in placed.code.runs:
        rows[row] |= ((1 << length * dots) - 1) << (width - (column + length) * dots)
    lines = [_hex(row, width) + ":" * (dots - 1) for row in rows]
    return _graphic(placed.x, placed.y, density, width, placed.code.rows * dots, "".join(lines))


def _text_as_picture(text: PlacedText, density: float) -> str:
    ascent = round(text.size * density)
    image = text_bitmap(text, density, ascent, round(text.size * density * 1.35))
    stride = (image.width + 7) // 8
    data = image.tobytes()
    lines = [data[start : start + stride].hex().upper() for start in range(0, len(data), stride)]
    return _graphic(text.x, text.y - text.size, density, image.width, image.height, "".join(lines))


def _hex(bits: int, width: int) -> str:
    """Return *bits*, *width* of them, as whole bytes, the first dot first."""
    stride = (width + 7) // 8
    return f"{bits << (stride * 8 - width):0{stride * 2}X}"


def _graphic(x: float, y: float, density: float, width: int, height: int, data: str) -> str:
    stride = (width + 7) // 8
    total = stride * height
    return f"^FO{round(x * density)},{max(0, round(y * density))}^GFA,{total},{total},{stride},{data}^FS"
