"""What texts may hold: lengths, and characters that every database, XML and terminal can take."""

import re
import unicodedata

from pywats_server.errors import InvalidInput, Sentence

MAX_SERIAL_NUMBER = 100
MAX_NAME = 200
MAX_TEXT = 4000

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def check_serial_number(value: str, field: str = "serialNumber") -> str:
    """
    Return *value* if it can be a serial number: 1 to 100 printable characters, not only blanks.

    Raises:
        InvalidInput: It cannot.

    Source: wire-contract.md, Asset.
    """
    return check_name(value, field, MAX_SERIAL_NUMBER)


def check_name(value: str, field: str, longest: int = MAX_NAME) -> str:
    """
    Return *value* if it can be a name: one line, with something to see in it.

    Raises:
        InvalidInput: It is empty, too long, or has characters that cannot be printed.
    """
    if not value.strip():
        raise _unacceptable(field, value, Sentence("1 to %(longest)s printable characters", longest=longest))
    return check_line(value, field, longest)


def case_key(value: str) -> str:
    """Return the form in which two texts are the same that people would take for the same: case and width aside."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())


def check_line(value: str, field: str, longest: int = MAX_NAME) -> str:
    """Return *value* if it is one printable line of at most *longest* characters, perhaps none."""
    if len(value) > longest or _CONTROL.search(value):
        raise _unacceptable(
            field, value, Sentence("one line of up to %(longest)s printable characters", longest=longest)
        )
    return value


def is_line(value: str) -> bool:
    """Tell whether *value* is a text that `check_line` may have let in, so that it is worth looking for."""
    return not _CONTROL.search(value)


def check_text(value: str, field: str, longest: int = MAX_TEXT) -> str:
    """Return *value* if it is a text of at most *longest* characters; line breaks and tabs are welcome."""
    if len(value) > longest or _CONTROL_BUT_LINES.search(value):
        raise _unacceptable(field, value, Sentence("up to %(longest)s printable characters", longest=longest))
    return value


def _unacceptable(field: str, value: str, accepted: Sentence) -> InvalidInput:
    shown = value if len(value) <= 60 else value[:60] + "…"
    # What cannot be printed is shown as its escape, which also keeps the answer encodable.
    printable = shown.encode("unicode_escape").decode("ascii") if _CONTROL.search(shown) else shown
    return InvalidInput(
        Sentence(
            "%(field)s is %(value)r (%(length)s characters); accepted: %(accepted)s.",
            field=field,
            value=printable,
            length=len(value),
            accepted=accepted,
        ),
        field=field,
        value=printable,
        accepted=str(accepted),
    )
