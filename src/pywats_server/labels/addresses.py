"""What the code of a label says, and which serial number was meant by what a scanner read."""

import re
from urllib.parse import quote, unquote, urlsplit

PATH = "/s/"
"""Below it, the server leads to the asset of a serial number."""

# What servers and browsers in between change in a path, however it is quoted.
_CHANGED_ON_THE_WAY = re.compile(r"[/\\]|^\.{1,2}$")
# Scanners may put the symbol's identifier in front of what they read (ISO/IEC 15424), and a return or tab behind it.
_IDENTIFIER = re.compile(r"^\][A-Za-z]\d")
_QUERY = "sn="
_SAFE = "~!$'()*,:;@="


def address_of(base: str, serial_number: str) -> str:
    """
    Return the address of an asset's label on the server at *base*, such as `https://assets.example.com`.

    It is ASCII, and as short as can be, because its length decides how fine the code is.
    """
    start = f"{base.rstrip('/')}{PATH}"
    if _CHANGED_ON_THE_WAY.search(serial_number):
        return f"{start}?{_QUERY}{quote(serial_number, safe=_SAFE + '/')}"
    return start + quote(serial_number, safe=_SAFE)


def serial_in(scanned: str) -> str:
    """
    Return the serial number that somebody scanned or typed: bare, or as the address on one of our labels.

    The address may be of another name of the server, and what scanners add is taken off.
    """
    text = _IDENTIFIER.sub("", scanned.strip())
    return _in_address(text) or text


def _in_address(text: str) -> str | None:
    if not text.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.path == PATH and parts.query.startswith(_QUERY):
        return unquote(parts.query.removeprefix(_QUERY))
    return unquote(parts.path.removeprefix(PATH)) if parts.path.startswith(PATH) else None
