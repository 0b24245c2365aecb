"""Labels as PDF: sheets of labels, or a page for each."""

from collections.abc import Iterable
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from pywats_server.labels import fonts
from pywats_server.labels.layout import Drawing, PlacedCode, PlacedText
from pywats_server.labels.media import Grid

_POINT = 72 / 25.4

# Bytes need no armour of printable characters in a file.
rl_config.useA85 = 0


def to_pdf(drawings: Iterable[Drawing], grid: Grid | None, first: int = 0, title: str = "") -> bytes:
    """
    Return a document with the labels.

    Args:
        grid: How they stand on a sheet; None for a page each, as large as the label.
        first: On the first sheet, how many labels are used up already.
    """
    stream = BytesIO()
    canvas = Canvas(stream, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    for number, drawing in enumerate(drawings, first if grid else 0):
        if grid is None:
            _begin_page(canvas, (drawing.width, drawing.height), is_first=number == 0)
            _draw(canvas, drawing, 0.0, 0.0, drawing.height)
        else:
            place = number % grid.labels
            if place == 0 or number == first:
                _begin_page(canvas, grid.page, is_first=number == first)
            _draw(canvas, drawing, *grid.corner(place), grid.page[1])
    canvas.save()
    return stream.getvalue()


def _begin_page(canvas: Canvas, size: tuple[float, float], *, is_first: bool) -> None:
    if not is_first:
        canvas.showPage()
    canvas.setPageSize((size[0] * _POINT, size[1] * _POINT))


def _draw(canvas: Canvas, drawing: Drawing, left: float, top: float, page_height: float) -> None:
    """Draw a label whose left upper corner is *left* and *top* away from that of the page."""
    _draw_code(canvas, drawing.code, left, page_height - top)
    for text in drawing.texts:
        _draw_text(canvas, text, left, page_height - top)


def _draw_code(canvas: Canvas, placed: PlacedCode, left: float, top: float) -> None:
    # Whole numbers, written as they are: the path's own methods take most of the time of a large document.
    path = PDFPathObject([f"{column} {-row - 1} {length} 1 re" for row, column, length in placed.code.runs])
    canvas.saveState()
    # One unit is a square of the code from here.
    canvas.translate((left + placed.x) * _POINT, (top - placed.y) * _POINT)
    canvas.scale(placed.square * _POINT, placed.square * _POINT)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _draw_text(canvas: Canvas, text: PlacedText, left: float, top: float) -> None:
    for run in fonts.runs(text.text, text.bold):
        canvas.setFont(run.font, text.size * _POINT)
        x = (left + text.x + run.start * text.size) * _POINT
        canvas.drawString(x, (top - text.y) * _POINT, run.text)
