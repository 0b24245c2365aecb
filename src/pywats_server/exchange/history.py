"""Logs as tables, with all that is kept of each entry: for quality records, and to be looked through elsewhere."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from pywats.domains.asset.enums import AssetLogType
from pywats_server.exchange.writer import Written
from pywats_server.instants import moment
from pywats_server.services.history import Change, LogEntry, Page, Place

T = TypeVar("T", LogEntry, Change)

LOG_HEADERS = (
    *("date", "serialNumber", "assetName", "type", "property", "oldValue", "value", "comment", "user", "principal"),
    *("logId", "assetId", "previousHash", "hash"),
)
CHANGE_HEADERS = (
    *("date", "subjectKind", "subject", "typeName", "action", "property", "oldValue", "value", "principal"),
    *("changeId", "previousHash", "hash"),
)


def log_row(entry: LogEntry) -> list[Written]:
    """Return what stands in the row of an entry, below `LOG_HEADERS`."""
    kind = AssetLogType(entry.type).name.capitalize().replace("_", " ")
    return [
        *(
            moment(entry.date),
            entry.serial_number,
            entry.asset_name,
            kind,
            entry.property,
            entry.old_value,
            entry.value,
        ),
        *(entry.comment, entry.user, entry.principal, entry.number, entry.asset_id, entry.previous_hash, entry.hash),
    ]


def change_row(change: Change) -> list[Written]:
    """Return what stands in the row of a change, below `CHANGE_HEADERS`."""
    return [
        *(moment(change.date), change.subject_kind, change.subject, change.type_name, change.action, change.property),
        *(change.old_value, change.value, change.principal, change.number, change.previous_hash, change.hash),
    ]


Ask = Callable[[Place | None], Coroutine[Any, Any, Page[T]]]
"""Returns the page of a log that begins behind a place; None is its newest entry."""


async def parts(first: Page[T], ask: Ask[T], row: Callable[[T], list[Written]]) -> AsyncIterator[list[list[Written]]]:
    """Yield the rows of a log from its *first* page on, a page at a time."""
    page = first
    while True:
        yield [row(entry) for entry in page.entries]
        if page.next is None:
            return
        page = await ask(page.next)
