"""Tag keys as XML names, the way .NET encodes them: what a name cannot hold becomes `_xHHHH_`."""

import re

_NOT_IN_NAME = re.compile(r"[^\w.\-]|_(?=x[0-9A-Fa-f]{4}_)")
_NOT_AT_START = re.compile(r"[\d.\-]")


def encode_name(key: str) -> str:
    """Return *key* as an XML element name."""
    encoded = _NOT_IN_NAME.sub(_escape, key)
    return _escape_first(encoded) if _NOT_AT_START.match(encoded) else encoded


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"_x{units[at]:02X}{units[at + 1]:02X}_" for at in range(0, len(units), 2))


def _escape_first(encoded: str) -> str:
    return f"_x{ord(encoded[0]):04X}_{encoded[1:]}"
