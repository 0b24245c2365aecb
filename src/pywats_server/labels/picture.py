"""Labels, and parts of them, as pixels: for a look before printing, and for what a printer's own font has not."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from pywats_server.labels import fonts
from pywats_server.labels.layout import Drawing, PlacedCode, PlacedText

_WHITE = 255
_BLACK = 0


def to_png(drawing: Drawing, dots_per_mm: float = 12.0) -> bytes:
    """Return a label as a PNG picture in black and white."""
    size = (round(drawing.width * dots_per_mm), round(drawing.height * dots_per_mm))
    image = Image.new("L", size, _WHITE)
    _draw_code(image, drawing.code, dots_per_mm)
    draw = ImageDraw.Draw(image)
    for text in drawing.texts:
        _draw_text(draw, text, (text.x * dots_per_mm, text.y * dots_per_mm), dots_per_mm)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def text_bitmap(text: PlacedText, dots_per_mm: float, ascent: int, height: int) -> Image.Image:
    """Return a text as an image of one bit a dot, 1 for black; its base line is *ascent* dots from the top."""
    image = Image.new("1", (max(1, round(text.width * dots_per_mm) + 1), height), 0)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    _draw_text(draw, text, (0.0, float(ascent)), dots_per_mm, colour=1)
    return image


def _draw_code(image: Image.Image, placed: PlacedCode, dots_per_mm: float) -> None:
    code = Image.new("L", (placed.code.columns, placed.code.rows), _WHITE)
    for row, column, length in placed.code.runs:
        code.paste(_BLACK, (column, row, column + length, row + 1))
    size = (round(placed.width * dots_per_mm), round(placed.height * dots_per_mm))
    corner = (round(placed.x * dots_per_mm), round(placed.y * dots_per_mm))
    image.paste(code.resize(size, Image.Resampling.NEAREST), corner)


def _draw_text(
    draw: ImageDraw.ImageDraw, text: PlacedText, at: tuple[float, float], dots_per_mm: float, colour: int = _BLACK
) -> None:
    for run in fonts.runs(text.text, text.bold):
        x = at[0] + run.start * text.size * dots_per_mm
        draw.text((x, at[1]), run.text, fill=colour, font=_font(run.font, text.size * dots_per_mm), anchor="ls")


@lru_cache(maxsize=64)
def _font(name: str, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.path_of(name), pixels)
