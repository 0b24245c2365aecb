"""What rows become on their way to JSON: msgspec writes a structure in a fifth of the time that a dictionary takes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from pywats_server.api.xmlnames import tags_as_xml

TagForms = tuple[Sequence[dict[str, str]], str]
"""The tags of an asset as objects, and as XML."""

_NO_TAGS: TagForms = ((), tags_as_xml(()))


@lru_cache(maxsize=256)
def structure(names: tuple[str, ...]) -> type[msgspec.Struct]:
    """Return the structure that is made of the values of *names*, in their order."""
    return msgspec.defstruct("Item", [(name, Any) for name in names], gc=False)


def tag_forms(tags: Sequence[tuple[str, str]]) -> TagForms:
    """Return the `tags` and the `xmlData` of an asset with these pairs of key and value."""
    return (tag_list(tags), tags_as_xml(tags)) if tags else _NO_TAGS


def tag_list(tags: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return tags as objects."""
    return [{"key": key, "value": value} for key, value in tags]
