"""What SQLite lacks: functions that the compiled statements call, and that PostgreSQL has by itself."""

import sqlite3


def register(connection: sqlite3.Connection) -> None:
    """
    Teach *connection* `lower` and `upper` for every script, and `piece`.

    SQLite's own `lower` and `upper` change ASCII letters only. All are deterministic, so indexes may be built on them.
    """
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.create_function("upper", 1, _upper, deterministic=True)
    connection.create_function("piece", 2, _piece, deterministic=True)
    connection.create_function("piece", 3, _piece, deterministic=True)


def _lower(text: object) -> str | None:
    return None if text is None else str(text).lower()


def _upper(text: object) -> str | None:
    return None if text is None else str(text).upper()


def _piece(text: str | None, start: int | None, *length: int | None) -> str | None:
    """What *text* holds from *start* (from 0), for *length* characters or up to its end. Null when one of them is."""
    if text is None or start is None or None in length:
        return None
    first = max(start, 0)
    return text[first : first + max(length[0] or 0, 0)] if length else text[first:]
