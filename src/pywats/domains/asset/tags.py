"""Tags in the form in which lists carry them: `<Tags><KEY Value="VALUE"/></Tags>`."""

import re

_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
"""What an XML name cannot hold, as .NET writes it: one `_xHHHH_` for each UTF-16 unit."""


def tags_from_xml(text: str) -> list[dict[str, str]]:
    """The tags in *text* as the objects that the other form holds; none when it cannot be read."""
    # Servers write plain elements. A document type is the only door to entities that grow without bound.
    if "<!" in text:
        return []
    # Few programs meet a server that needs it.
    import xml.etree.ElementTree as ET

    try:
        root = ET.fromstring(text)  # noqa: S314 - no document type gets here
    except ET.ParseError:
        return []
    return [{"key": _key(element.tag), "value": element.get("Value", "")} for element in root]


def _key(name: str) -> str:
    return _ESCAPED.sub(lambda found: _characters(found.group()), name)


def _characters(escapes: str) -> str:
    units = bytes.fromhex(escapes.replace("_x", "").replace("_", ""))
    return units.decode("utf-16-be", "replace")
