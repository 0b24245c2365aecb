"""What somebody chose for their labels: medium, what stands on them, what their code says, and as what they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.labels.addresses import address_of
from pywats_server.labels.codes import CodeKind
from pywats_server.labels.job import Job
from pywats_server.labels.layout import Label, Line
from pywats_server.labels.media import MEDIA, Family, Medium, medium_named
from pywats_server.pages.words import N_
from pywats_server.services.labelling import Labelled

T = TypeVar("T", bound=StrEnum)

COOKIE = "labels"
_LONGEST_NOTE = 60
_EXAMPLE = "https://assets.example.com"


class Content(StrEnum):
    """What scanning the code of a label gives."""

    ADDRESS = "address"
    SERIAL_NUMBER = "serial-number"


class Output(StrEnum):
    """As what labels come."""

    PDF = "pdf"
    ZPL_203 = "zpl-203"
    ZPL_300 = "zpl-300"

    @property
    def dpi(self) -> int | None:
        """The resolution of the printer; None where it does not matter."""
        return None if self is Output.PDF else int(self.removeprefix("zpl-"))


LINES = {
    "calibration-due": N_("Calibration due"),
    "calibrated": N_("Calibrated on"),
    "name": N_("Name"),
    "maintenance-due": N_("Maintenance due"),
    "maintained": N_("Maintained on"),
    "part-number": N_("Part number"),
    "type": N_("Type"),
    "location": N_("Location"),
}
"""What can stand below the serial number, in English; the most important first."""

_USUAL = ("calibration-due", "calibrated", "name")


class Choice(Struct, frozen=True):
    """
    What somebody chose.

    Attributes:
        lines: Keys of `LINES`.
        note: A text of their own on every label.
        base: Where this server is, for the code's address.
        start: On a sheet, the first free place, from 1.
    """

    medium: Medium
    kind: CodeKind = CodeKind.QR
    content: Content = Content.ADDRESS
    output: Output = Output.PDF
    lines: tuple[str, ...] = _USUAL
    note: str = ""
    base: str = ""
    start: int = 1


def read_choice(fields: Mapping[str, str], lines: Sequence[str] | None, base: str) -> Choice:
    """
    Return what *fields* and *lines* say; what they leave out, or say wrongly, is as usual.

    Args:
        base: Where this server is, as the request has it.
    """
    medium = medium_named(fields.get("medium", "")) or MEDIA[0]
    kind = _one_of(CodeKind, fields.get("code"), _usual_kind(medium))
    output = _one_of(Output, fields.get("output"), Output.PDF)
    return Choice(
        medium=medium,
        kind=kind,
        content=_one_of(Content, fields.get("content"), _usual_content(kind)),
        # What a sheet is printed on takes no ZPL.
        output=Output.PDF if medium.family is Family.SHEET else output,
        lines=_USUAL if lines is None else tuple(key for key in LINES if key in lines),
        note=fields.get("note", "").strip()[:_LONGEST_NOTE],
        base=fields.get("base", "").strip() or base,
        start=_start(fields.get("start", ""), medium),
    )


def _usual_kind(medium: Medium) -> CodeKind:
    """A low tape has room for a Data Matrix alone."""
    return CodeKind.DATA_MATRIX if medium.height <= 12 else CodeKind.QR


def _usual_content(kind: CodeKind) -> Content:
    """Telephones read QR codes and open addresses; scanners at test stations type what they read."""
    return Content.ADDRESS if kind is CodeKind.QR else Content.SERIAL_NUMBER


def _start(text: str, medium: Medium) -> int:
    most = 1 if medium.grid is None else medium.grid.labels
    return min(int(text), most) if text.isascii() and text.isdigit() and int(text) else 1


def _one_of(kinds: type[T], text: str | None, usual: T) -> T:
    return kinds(text) if text in set(kinds) else usual


def check_base(choice: Choice) -> None:
    """
    Let a choice pass whose address can be one.

    Raises:
        InvalidInput: It cannot.
    """
    parts = _split(choice.base)
    if choice.content is Content.ADDRESS and not (
        parts and parts[0] in ("http", "https") and parts[1] and choice.base.isascii()
    ):
        raise InvalidInput(
            Sentence(
                "%(address)s is no address of a server; accepted: one such as %(example)s.",
                address=repr(choice.base),
                example=_EXAMPLE,
            ),
            field="base",
        )


def _split(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.scheme, parts.netloc


def as_query(choice: Choice) -> str:
    """Return the choice as the query of an address, which `from_query` reads."""
    fields = [
        ("medium", choice.medium.key),
        ("code", choice.kind.value),
        ("content", choice.content.value),
        ("output", choice.output.value),
        ("note", choice.note),
        ("base", choice.base),
        *(("line", key) for key in choice.lines),
    ]
    return urlencode(fields)


def from_query(query: str, base: str) -> Choice:
    """Return the choice that `as_query` wrote; what is no such text is the usual choice."""
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        fields = []
    lines = [value for name, value in fields if name == "line"]
    return read_choice(dict(fields), lines if fields else None, base)


def job_of(choice: Choice, labels: Sequence[Label]) -> Job:
    """Return what to print."""
    return Job(labels, choice.medium, choice.kind, choice.output.dpi, choice.start)


def label_of(asset: Labelled, choice: Choice, word: Callable[[str], str], day: Callable[[str], str]) -> Label:
    """
    Return what the label of an asset says.

    Args:
        word: Translates what a date is of.
        day: Writes the day of an instant.
    """
    serial = asset.serial_number
    content = address_of(choice.base, serial) if choice.content is Content.ADDRESS else serial
    return Label(content, serial, tuple(_lines(asset, choice, word, day)))


def _lines(asset: Labelled, choice: Choice, word: Callable[[str], str], day: Callable[[str], str]) -> Iterator[Line]:
    dates = {
        "calibration-due": (N_("Due %(day)s"), asset.calibration_due_at),
        "calibrated": (N_("Calibrated %(day)s"), asset.last_calibration_at),
        "maintenance-due": (N_("Maintenance due %(day)s"), asset.maintenance_due_at),
        "maintained": (N_("Maintained %(day)s"), asset.last_maintenance_at),
    }
    texts = {
        "name": asset.asset_name,
        "part-number": asset.part_number,
        "type": asset.type_name,
        "location": asset.location,
    }
    for key in choice.lines:
        if key in dates:
            message, at = dates[key]
            if at is not None:
                yield Line(word(message) % {"day": day(at)})
        elif text := texts[key]:
            yield Line(" ".join(text.split()), may_be_shortened=True)
    if choice.note:
        yield Line(choice.note, may_be_shortened=True)
