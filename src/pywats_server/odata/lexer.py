"""Cuts a `$filter` into tokens with one expression that never looks back, so that the work grows with the length."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pywats_server.odata.refusal import refused, shown

_TOKEN = re.compile(
    r"""
      (?P<blank>\s++)
    | (?P<quoted>(?:(?:datetimeoffset|datetime|guid)(?='))?'(?:[^']|'')*+')
    | (?P<guid>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-]))
    # The plus of an offset arrives as a blank when the query was not encoded.
    | (?P<date>[0-9]{4}(?:-[0-9]{2}){2}
        (?:[T\ ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]++)?)?(?:Z|[+\-\ ][0-9]{2}(?::?[0-9]{2})?)?)?(?![\w.:]))
    | (?P<number>-?[0-9]++(?:\.[0-9]++)?(?:e[+-]?[0-9]++)?(?![\w.]))
    | (?P<name>[^\W\d]\w*+)
    | (?P<mark>[(),/:])
    | (?P<stray>[\w.+-]++|[<>=!&|]++|.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_HINTS = {
    "'": "the text that starts here has no closing quote",
    '"': "texts stand in single quotes, as in serialNumber eq 'A-17'",
    "=": "write eq",
    "==": "write eq",
    "!=": "write ne",
    "<>": "write ne",
    "<": "write lt",
    "<=": "write le",
    ">": "write gt",
    ">=": "write ge",
    "&&": "write and",
    "||": "write or",
    "!": "write not",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the filter; *kind* is quoted, guid, date, number, name, mark or end."""

    kind: str
    text: str
    position: int

    @property
    def token(self) -> str:
        """What errors call it."""
        return self.text

    @property
    def word(self) -> str:
        """The text in lower case when it is a name or a mark, else nothing: only these can be words of the language."""
        return self.text.lower() if self.kind in ("name", "mark") else ""


def tokens(text: str) -> Iterator[Token]:
    """
    The tokens of *text* without its blanks, closed by one of the kind `end`.

    Raises:
        InvalidQuery: something belongs to no token, or no database could keep it (NUL, half a surrogate pair).
    """
    if found := _UNSTORABLE.search(text):
        stray = Token("stray", found.group(), found.start())
        raise refused(stray, "this character cannot be part of a query")
    for match in _TOKEN.finditer(text):
        token = Token(match.lastgroup or "", match.group(), match.start())
        if token.kind == "stray":
            hint = _HINTS.get(token.text, "expected a name, a number, a date or a text")
            raise refused(token, f"{shown(token.text)} is not understood; {hint}")
        if token.kind != "blank":
            yield token
    yield Token("end", "", len(text))


def described(token: Token) -> str:
    """How a sentence calls *token*."""
    return "the end of the filter" if token.kind == "end" else shown(token.text)
