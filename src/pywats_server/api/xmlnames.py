"""Tags as XML. Keys become names the way .NET encodes them: what a name cannot hold becomes `_xHHHH_`."""

import re
from collections.abc import Iterable
from functools import lru_cache
from xml.sax.saxutils import escape

# The letters that every edition of XML 1.0 lets into names, of the scripts that people here write; all that is not
# among them is encoded, which is never wrong.
_LETTERS = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"
    "\u038e-\u03a1\u03a3-\u03ce\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e-\u0481"
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NOT_IN_NAME = re.compile(rf"[^{_LETTERS}0-9.\-]|_(?=x[0-9A-Fa-f]{{4}}_)")
_NOT_AT_START = re.compile(r"[0-9.\-]")


def tags_as_xml(tags: Iterable[tuple[str, str]]) -> str:
    """Return tags, pairs of key and value, as the elements of a document."""
    return "<Tags>" + "".join(f"<{encode_name(key)} Value={_quoted(value)}/>" for key, value in tags) + "</Tags>"


def _quoted(value: str) -> str:
    return '"' + escape(value, {'"': "&quot;"}) + '"'


@lru_cache(maxsize=1024)
def encode_name(key: str) -> str:
    """Return *key* as an XML element name."""
    encoded = _NOT_IN_NAME.sub(_escape, key)
    return _escape_first(encoded) if _NOT_AT_START.match(encoded) else encoded


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"_x{units[at]:02X}{units[at + 1]:02X}_" for at in range(0, len(units), 2))


def _escape_first(encoded: str) -> str:
    return f"_x{ord(encoded[0]):04X}_{encoded[1:]}"
