"""The one form in which ids are kept."""

import uuid

from pywats_server.rules.texts import is_line


def read_id(text: str) -> str | None:
    """Return an id as ids are kept, a UUID in its usual form, in lower case; None when *text* is no id in any form."""
    # The shortest form has 32 digits; most texts that are no id are shorter.
    if len(text) < 32:
        return None
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def as_kept(id: str) -> str:
    """Return *id* as ids are kept; any other text, which is no asset's id, as it is, or empty if nobody can have it."""
    return read_id(id) or (id if is_line(id) else "")
