"""Logs as tables, with all that is kept of each entry: for quality records, and to be looked through elsewhere."""

import tempfile
from collections.abc import Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from pywats.domains.asset.enums import AssetLogType
from pywats_server.exchange.writer import Written
from pywats_server.instants import moment
from pywats_server.services.history import Change, LogEntry, Page, Place

T = TypeVar("T", LogEntry, Change)

_BYTES_IN_MEMORY = 1024 * 1024

LOG_HEADERS = (
    *("date", "serialNumber", "assetName", "type", "property", "oldValue", "value", "comment", "user", "principal"),
    *("logId", "assetId", "previousHash", "hash"),
)
CHANGE_HEADERS = (
    *("date", "subjectKind", "subject", "typeName", "action", "property", "oldValue", "value", "principal"),
    *("changeId", "previousHash", "hash"),
)


def log_row(entry: LogEntry) -> list[Written]:
    """Return what stands in the row of an entry, below `LOG_HEADERS`; its date as the log keeps it."""
    kind = AssetLogType(entry.type).name.capitalize().replace("_", " ")
    return [
        *(entry.date, entry.serial_number, entry.asset_name, kind, entry.property, entry.old_value, entry.value),
        *(entry.comment, entry.user, entry.principal, entry.number, entry.asset_id, entry.previous_hash, entry.hash),
    ]


def change_row(change: Change) -> list[Written]:
    """Return what stands in the row of a change, below `CHANGE_HEADERS`; its date as the log keeps it."""
    return [
        *(change.date, change.subject_kind, change.subject, change.type_name, change.action, change.property),
        *(change.old_value, change.value, change.principal, change.number, change.previous_hash, change.hash),
    ]


class Rows:
    """Rows of a log on their way into a table. They wait on disk; leaving throws them away."""

    def __init__(self) -> None:
        # Closed by __exit__.
        self._file = tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> "Rows":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None) -> None:
        """Throw the rows away."""
        self._file.close()

    async def gather(
        self, ask: Callable[[Place | None], Coroutine[Any, Any, Page[T]]], row: Callable[[T], list[Written]]
    ) -> None:
        """Add the *row* of each entry of a log; *ask* returns the page that begins behind a place, or the first."""
        after = None
        while True:
            page = await ask(after)
            for entry in page.entries:
                self._file.write(msgspec.json.encode(row(entry)) + b"\n")
            if page.next is None:
                return
            after = page.next

    def __iter__(self) -> Iterator[list[Written]]:
        """The rows, in the order of the log."""
        self._file.seek(0)
        for line in self._file:
            date, *others = msgspec.json.decode(line)
            yield [moment(date), *others]
