"""What single tokens mean: names, and constants with their values."""

from collections.abc import Callable
from typing import Final

from pywats_server.instants import instant, read_moment
from pywats_server.odata.lexer import Token, described
from pywats_server.odata.refusal import Placed, refused, shown
from pywats_server.odata.tree import Literal, LiteralKind, Name

_INT64: Final = range(-(2**63), 2**63)
_INT64_DIGITS: Final = 20


def read_operand(token: Token) -> Literal | Name:
    """
    The name or literal that *token* is.

    Raises:
        InvalidQuery: it is neither, or a number or date beyond what can be kept.
    """
    if token.word in _CONSTANTS:
        kind, value = _CONSTANTS[token.word]
        return Literal(kind, value, token.text, token.position)
    if token.kind == "name":
        return Name(token.text, token.position)
    if token.kind not in _LITERALS:
        raise refused(token, f"expected a property, a function or a value in place of {described(token)}")
    return _LITERALS[token.kind](token)


def _number(token: Token) -> Literal:
    if token.text.lstrip("-").isdigit():
        # Python refuses to convert thousands of digits, with an error of its own.
        value = int(token.text) if len(token.text) <= _INT64_DIGITS else _INT64.stop
        if value not in _INT64:
            raise refused(
                token,
                f"{shown(token.text)} is too large; whole numbers lie within {_INT64.start} and {_INT64.stop - 1}",
            )
        return Literal(LiteralKind.INTEGER, value, token.text, token.position)
    decimal = float(token.text)
    if abs(decimal) == float("inf"):
        raise refused(token, f"{shown(token.text)} is too large for a number")
    return Literal(LiteralKind.NUMBER, decimal, token.text, token.position)


def _quoted(token: Token) -> Literal:
    prefix, _, rest = token.text.partition("'")
    content = rest[:-1].replace("''", "'")
    if not prefix:
        return Literal(LiteralKind.TEXT, content, token.text, token.position)
    return _guid(token, content) if prefix.lower() == "guid" else _date(token, content)


def _date(token: Token, content: str | None = None) -> Literal:
    text = token.text if content is None else content
    return Literal(LiteralKind.INSTANT, read_instant(text, token), token.text, token.position)


def _guid(token: Token, content: str | None = None) -> Literal:
    text = token.text if content is None else content
    return Literal(LiteralKind.GUID, text.strip().lower(), token.text, token.position)


def read_instant(text: str, place: Placed) -> str:
    """
    The kept form of the date *text*, which stands at *place*.

    Raises:
        InvalidQuery: *text* is no date, or lies outside the years 1 to 9999 in UTC.
    """
    try:
        return instant(read_moment(text.upper()))
    except ValueError as error:
        problem = (
            f"{shown(text)!r} is not a date between the years 1 and 9999, such as 2026-01-31 or 2026-01-31T10:15:00Z"
        )
        raise refused(place, problem) from error


_CONSTANTS: Final[dict[str, tuple[LiteralKind, bool | None]]] = {
    "null": (LiteralKind.NULL, None),
    "true": (LiteralKind.BOOLEAN, True),
    "false": (LiteralKind.BOOLEAN, False),
}
_LITERALS: Final[dict[str, Callable[[Token], Literal]]] = {
    "number": _number,
    "quoted": _quoted,
    "date": _date,
    "guid": _guid,
}
