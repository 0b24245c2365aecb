"""Opens the database that an address names."""

from pathlib import Path

from pywats_server.errors import InvalidInput
from pywats_server.store.database import Database
from pywats_server.store.sqlite import SqliteDatabase

_SQLITE = "sqlite:///"


def sqlite_path(url: str) -> Path:
    """
    Return the file that *url* names.

    Raises:
        InvalidInput: *url* is no address of a database that the server can use.
    """
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        raise InvalidInput(
            f"The database {url!r} cannot be used; accepted: an address such as sqlite:////srv/pywats/pywats.sqlite.",
            field="database",
        )
    return Path(url.removeprefix(_SQLITE))


def is_new(url: str) -> bool:
    """Tell whether *url* names a file that does not exist yet."""
    return url.startswith(_SQLITE) and not sqlite_path(url).exists()


def open_database(url: str, *, scan_seconds: float) -> Database:
    """Open the database at *url*, whose schema is in order already."""
    return SqliteDatabase(sqlite_path(url), scan_seconds=scan_seconds)
