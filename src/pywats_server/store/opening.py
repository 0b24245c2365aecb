"""Opens the database that an address names."""

import re
from pathlib import Path
from types import ModuleType

from pywats_server.errors import InvalidInput
from pywats_server.store.database import Database
from pywats_server.store.sqlite import SqliteDatabase

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Tell whether *url* names a PostgreSQL database."""
    return url.startswith(_POSTGRES)


def masked(url: str) -> str:
    """Return *url* as it may be shown: without passwords."""
    without = re.sub(r"(?<=://)([^:@/]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", without)


def sqlite_path(url: str) -> Path:
    """
    Return the file that *url* names.

    Raises:
        InvalidInput: *url* is no address of a database that the server can use.
    """
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        raise InvalidInput(
            f"The database {masked(url)!r} cannot be used; accepted: an address such as "
            "sqlite:////srv/pywats/pywats.sqlite or postgresql://user:password@host/name.",
            field="database",
        )
    return Path(url.removeprefix(_SQLITE))


def is_new(url: str) -> bool:
    """Tell whether *url* names a file that does not exist yet."""
    return url.startswith(_SQLITE) and not sqlite_path(url).exists()


def make_place(url: str) -> None:
    """
    Make the folder of a file that does not exist yet.

    Raises:
        InvalidInput: *url* is no address of a database that the server can use.
        OSError: The folder cannot be made.
    """
    if not is_postgres(url):
        sqlite_path(url).parent.mkdir(parents=True, exist_ok=True)


def postgres() -> ModuleType:
    """
    Return what is special to PostgreSQL.

    Raises:
        InvalidInput: Its driver is not installed.
    """
    try:
        from pywats_server.store import postgres
    except ImportError as error:
        raise InvalidInput(
            "PostgreSQL needs a driver that is not installed. Install it with: pip install 'pywats-assets[postgres]'",
            field="database",
        ) from error
    return postgres


def open_database(url: str, *, scan_seconds: float) -> Database:
    """
    Open the database at *url*, whose schema is in order already.

    Raises:
        InvalidInput: *url* is no address of a database that the server can use, or its driver is not installed.
    """
    if is_postgres(url):
        database: Database = postgres().PostgresDatabase(url, scan_seconds=scan_seconds)
        return database
    return SqliteDatabase(sqlite_path(url), scan_seconds=scan_seconds)
