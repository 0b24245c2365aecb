"""
Where things stand on a label: one layout for everything that is made of it.

All lengths are millimetres, from the left upper corner of the label; font sizes are the height of an em.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pywats_server.labels import fonts
from pywats_server.labels.codes import Code, CodeKind, encode, encode_flat
from pywats_server.labels.media import Medium

# Smaller squares are not read from paper by every phone, larger ones read no better.
_LEAST_SQUARE = 0.25
_BEST_SQUARE = 0.4
_LARGEST_SQUARE = 1.0
# The code may take this share of a label's width, more only where its squares would become too small.
_SHARE_OF_CODE = 0.42
_SHARE_OF_UPRIGHT = 0.6
_LEAST_TEXT_WIDTH = 8.0

_LEAST_SERIAL = 1.6
_COMFORTABLE_SERIAL = 2.4
_LEAST_LINE = 1.5
_LEAST_SHARE_OF_LINE = 0.75
_LINE_TO_SERIAL = 0.75
_LEADING = 1.16
_JOINTS = "-/_.:+ "
_NEARBY = 3
_ASCENT = 0.9
_GAP = 1.0
_LONGEST_TAPE = 150.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line below the serial number. One that must not be shortened, such as a date, is rather left out."""

    text: str
    may_be_shortened: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """
    What a label says.

    Attributes:
        content: What scanning the code gives.
        serial_number: Printed whole, or the label is refused.
        lines: What else to print, the most important first; what has no place is left out from the end.
    """

    content: str
    serial_number: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A line of text; x and y are the left end of its base line."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False

    @property
    def width(self) -> float:
        """How far it reaches."""
        return fonts.width(self.text, self.bold) * self.size


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """A code; x and y are its left upper corner, `square` is the side of one of its squares."""

    code: Code
    x: float
    y: float
    square: float

    @property
    def width(self) -> float:
        """How far it reaches to the right, without its quiet zone."""
        return self.code.columns * self.square

    @property
    def height(self) -> float:
        """How far it reaches down, without its quiet zone."""
        return self.code.rows * self.square

    @property
    def quiet(self) -> float:
        """How far everything else stays away."""
        return max(_GAP, self.code.kind.quiet * self.square)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A label as it is printed, with the texts that had no place on it."""

    width: float
    height: float
    code: PlacedCode
    texts: tuple[PlacedText, ...]
    left_out: tuple[str, ...] = ()


class TooSmall(Exception):
    """
    The label does not fit on its medium.

    Attributes:
        serial_number: Of the label.
        what: `code` when its squares would be too small to be read, `serial number` when its text would be.
    """

    def __init__(self, serial_number: str, what: str) -> None:
        super().__init__(f"The {what} of {serial_number!r} does not fit on the label.")
        self.serial_number = serial_number
        self.what = what


def lay_out(label: Label, medium: Medium, kind: CodeKind, dot: float = 0.0, length: float | None = None) -> Drawing:
    """
    Return where the parts of *label* stand on *medium*.

    Args:
        dot: What the printer prints in one piece; squares of the code are whole dots. 0 where it does not matter.
        length: On a tape, the length of the label; by default what the text needs.

    Raises:
        TooSmall: The code or the serial number would not be readable.
    """
    width = medium.width or length or length_needed(label, medium, kind, dot)
    code = _place_code(label, medium, kind, width, dot)
    box = _Box.below(code, medium, width) if _is_upright(medium) else _Box.beside(code, medium, width)
    return _with_texts(label, box, Drawing(width, medium.height, code, ()))


def length_needed(label: Label, medium: Medium, kind: CodeKind, dot: float = 0.0) -> float:
    """
    Return the length of tape that shows *label* whole.

    Raises:
        TooSmall: The code would not be readable.
    """
    box = _Box.beside(_place_code(label, medium, kind, _LONGEST_TAPE, dot), medium, _LONGEST_TAPE)
    serial = _Serial((fonts.spelled_out(label.serial_number),), box.largest_serial)
    serial, line = _sizes(serial, len(label.lines), box) or _sizes(serial, 0, box) or (serial, 0.0)
    lines = (line * fonts.width(fonts.printable(one.text)) for one in label.lines)
    return min(_LONGEST_TAPE, box.x + max(serial.size * serial.width, *lines, 0.0) + max(medium.margin, _GAP))


@dataclass(frozen=True, slots=True)
class _Box:
    """Where texts may stand."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def beside(cls, code: PlacedCode, medium: Medium, width: float) -> "_Box":
        left = code.x + code.width + code.quiet
        return cls(left, medium.margin, width - medium.margin - left, medium.height - 2 * medium.margin)

    @classmethod
    def below(cls, code: PlacedCode, medium: Medium, width: float) -> "_Box":
        top = code.y + code.height + code.quiet
        return cls(medium.margin, top, width - 2 * medium.margin, medium.height - medium.margin - top)

    @property
    def largest_serial(self) -> float:
        return max(6.0, self.height / 6)

    @property
    def largest_line(self) -> float:
        return max(3.5, self.height / 10)


def _is_upright(medium: Medium) -> bool:
    """Tell whether texts stand below the code, because beside it they would have no room."""
    return medium.width is not None and medium.width < 1.35 * medium.height


def _place_code(label: Label, medium: Medium, kind: CodeKind, width: float, dot: float) -> PlacedCode:
    code = encode(kind, label.content)
    square = _square(code, medium, width, dot)
    if square < _BEST_SQUARE and (flat := _flat(label.content, kind, medium)) is not None:
        code, square = max((code, square), (flat, _square(flat, medium, width, dot)), key=lambda one: one[1])
    # Two dots of 203 dpi and three of 300 dpi are a quarter of a millimetre, give or take a hundredth.
    if square < _LEAST_SQUARE * 0.99:
        raise TooSmall(label.serial_number, "code")
    edge = max(medium.margin, kind.quiet * square)
    top = edge if _is_upright(medium) else (medium.height - code.rows * square) / 2
    return PlacedCode(code, _snapped(edge, dot), _snapped(top, dot), square)


def _flat(content: str, kind: CodeKind, medium: Medium) -> Code | None:
    """Return the code in its flat form, for tapes: their height is scarce, and their length is not."""
    return encode_flat(content) if medium.width is None and kind is CodeKind.DATA_MATRIX else None


def _square(code: Code, medium: Medium, width: float, dot: float) -> float:
    """Return the side of the squares: as large as is of use, and whole dots."""
    quiet = code.kind.quiet
    # The quiet zone may reach into the margin, where nothing is printed anyway.
    by_height = min((medium.height - 2 * medium.margin) / code.rows, medium.height / (code.rows + 2 * quiet))
    if _is_upright(medium):
        wished = min(by_height * _SHARE_OF_UPRIGHT, width / (code.columns + 2 * quiet))
    else:
        by_share = width * _SHARE_OF_CODE / (code.columns + quiet)
        by_width = (width - medium.margin - _LEAST_TEXT_WIDTH) / (code.columns + 2 * quiet)
        wished = min(by_height, max(by_share, min(by_width, _BEST_SQUARE)))
    wished = min(wished, _LARGEST_SQUARE)
    return int(wished / dot + 1e-6) * dot if dot else wished


def _snapped(length: float, dot: float) -> float:
    return round(length / dot) * dot if dot else length


@dataclass(frozen=True, slots=True)
class _Serial:
    """The serial number in rows, in one size."""

    rows: tuple[str, ...]
    size: float

    @property
    def width(self) -> float:
        """In ems."""
        return max(fonts.width(row, bold=True) for row in self.rows)


def _with_texts(label: Label, box: _Box, drawing: Drawing) -> Drawing:
    serial = _fit_serial(label, box)
    # What must not be shortened and is too wide gives its place to the others.
    too_wide = [line for line in label.lines if not _may_stand(line, box.width)]
    wanted = [line for line in label.lines if line not in too_wide]
    shown = len(wanted)
    while (sizes := _sizes(serial, shown, box)) is None and shown:
        shown -= 1
    serial, line_size = sizes or (serial, 0.0)
    texts = [PlacedText(row, 0.0, 0.0, serial.size, bold=True) for row in serial.rows]
    texts += _fit_lines(wanted[:shown], line_size, box, serial.size * len(serial.rows))
    left_out = tuple(line.text for line in label.lines if line not in wanted[:shown])
    return Drawing(drawing.width, drawing.height, drawing.code, _stacked(texts, box), left_out)


def _fit_lines(lines: Sequence[Line], size: float, box: _Box, above: float) -> Iterator[PlacedText]:
    """Yield *lines* in *size* or smaller, in as many rows as the text *above* them, of this height, leaves room for."""
    # One size for all looks best: that of the widest line that stays whole.
    whole = [fonts.width(fonts.printable(line.text)) for line in lines if not line.may_be_shortened]
    size = max(_LEAST_LINE, min([size, *(box.width / width for width in whole if width)]))
    spare = int((box.height / _LEADING - above) / size) - len(lines)
    for line in lines:
        rows = list(_wrapped(line, box.width / size, spare))
        spare -= len(rows) - 1
        yield from (_fit_line(row, size, box.width) for row in rows)


def _fit_serial(label: Label, box: _Box) -> _Serial:
    """Return the serial number in few rows and a large size."""
    text = fonts.spelled_out(label.serial_number)
    best: _Serial | None = None
    for rows in _broken(text, box):
        size = min(box.largest_serial, box.height / (len(rows) * _LEADING), box.width / _Serial(rows, 0.0).width)
        if best is None or size > best.size:
            best = _Serial(rows, size)
        if best.size >= _COMFORTABLE_SERIAL:
            break
    if best is None or best.size < _LEAST_SERIAL:
        raise TooSmall(label.serial_number, "serial number")
    return best


def _broken(text: str, box: _Box) -> list[tuple[str, ...]]:
    """Return *text* in one row, in two, and so on, as far as rows have a height that can be read."""
    most = max(1, min(len(text), int(box.height / (_LEAST_SERIAL * _LEADING))))
    return [_in_rows(text, number) for number in range(1, most + 1)]


def _in_rows(text: str, number: int) -> tuple[str, ...]:
    """Break *text* into *number* rows of about the same width, where it has a joint if there is one nearby."""
    ends = list(accumulate(fonts.width(one, bold=True) for one in text))
    shares = (ends[-1] * row / number for row in range(1, number))
    breaks = [_joint(text, bisect_left(ends, share) + 1) for share in shares]
    rows = (text[start:end] for start, end in pairwise((0, *sorted(breaks), len(text))))
    return tuple(row for row in rows if row)


def _joint(text: str, place: int) -> int:
    near = (place + step for step in sorted(range(-_NEARBY, _NEARBY + 1), key=abs))
    return next((at for at in near if 0 < at < len(text) and text[at - 1] in _JOINTS), place)


def _sizes(serial: _Serial, lines: int, box: _Box) -> tuple[_Serial, float] | None:
    """Return the serial number and the size of *lines* below it so that all fit, None when that would be too small."""
    rows = len(serial.rows)
    ems = box.height / _LEADING
    # Both shrink together until they fit.
    size = min(serial.size, ems / (rows + lines * _LINE_TO_SERIAL))
    line = max(_LEAST_LINE, size * _LINE_TO_SERIAL)
    size = min(size, (ems - lines * line) / rows)
    if lines and size < _LEAST_SERIAL:
        return None
    return _Serial(serial.rows, size), min(box.largest_line, line)


def _wrapped(line: Line, width: float, spare: int) -> Iterator[Line]:
    """Break a line that may be shortened at its words into as many rows more as there are to spare; *width* in ems."""
    text = fonts.printable(line.text)
    while line.may_be_shortened and spare > 0 and fonts.width(text) > width:
        words = text.split(" ")
        number = max((one for one in range(len(words)) if fonts.width(" ".join(words[:one])) <= width), default=0)
        if not number:
            break
        yield Line(" ".join(words[:number]))
        text, spare = " ".join(words[number:]), spare - 1
    yield Line(text, line.may_be_shortened)


def _may_stand(line: Line, width: float) -> bool:
    return line.may_be_shortened or fonts.width(fonts.printable(line.text)) * _LEAST_LINE <= width


def _fit_line(line: Line, size: float, width: float) -> PlacedText:
    """Return a line in *size*, or smaller, or shortened."""
    text = fonts.printable(line.text)
    least = max(_LEAST_LINE, size * _LEAST_SHARE_OF_LINE) if line.may_be_shortened else _LEAST_LINE
    size = max(least, min(size, width / max(fonts.width(text), 0.1)))
    while text and fonts.width(text) * size > width + 1e-6:
        text = text.removesuffix("…")[:-1].rstrip() + "…" if len(text) > 1 else ""
    return PlacedText(text, 0.0, 0.0, size)


def _stacked(texts: Sequence[PlacedText], box: _Box) -> tuple[PlacedText, ...]:
    """Return *texts* below each other, in the middle of the box."""
    height = sum(text.size for text in texts) * _LEADING
    top = box.y + max(0.0, (box.height - height) / 2)
    placed = []
    for text in texts:
        placed.append(PlacedText(text.text, box.x, top + text.size * _ASCENT, text.size, text.bold))
        top += text.size * _LEADING
    return tuple(placed)
