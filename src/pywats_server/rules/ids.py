"""The one form in which ids are kept."""

import uuid


def as_kept(id: str) -> str:
    """
    Return *id* as ids are kept: a UUID in its usual form, in lower case, whichever form it came in; any other text,
    which is no asset's id, as it is.
    """
    try:
        return str(uuid.UUID(id))
    except ValueError:
        return id
