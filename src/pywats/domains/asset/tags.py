"""Tags in the form in which lists carry them: `<Tags><KEY Value="VALUE"/></Tags>`."""

import xml.etree.ElementTree as ET


def tags_from_xml(text: str) -> list[dict[str, str]]:
    """The tags in *text* as the objects that the other form holds; none when it cannot be read."""
    # Servers write plain elements. A document type is the only door to entities that grow without bound.
    if "<!" in text:
        return []
    try:
        root = ET.fromstring(text)  # noqa: S314 - no document type gets here
    except ET.ParseError:
        return []
    return [{"key": element.tag, "value": element.get("Value", "")} for element in root]
