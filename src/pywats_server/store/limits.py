"""What callers are told when a question asks too much of the database, whichever it is."""

from pywats_server.errors import Sentence, TooExpensive


def too_expensive(seconds: float) -> TooExpensive:
    """Return the error for a question that needs more than *seconds*."""
    return TooExpensive(
        Sentence(
            "The question needs more than %(seconds)s s of the server's time. Ask for less at once: "
            "filter on serialNumber, location, typeId or a due date, and order by a property that is filtered on.",
            seconds=f"{seconds:g}",
        ),
        accepted_seconds=seconds,
    )
