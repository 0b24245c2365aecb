"""Writes the log: every change of an asset, type, token or user leaves an entry in the transaction of the change."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pywats.domains.asset.enums import AssetLogType
from pywats_server.rules import chain
from pywats_server.rules.texts import check_text
from pywats_server.services.session import Session
from pywats_server.store import changes, log


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be told about an asset. `property` has the name that the property has on the wire."""

    type: AssetLogType
    property: str | None = None
    old_value: str | None = None
    value: str | None = None
    comment: str | None = None
    user: str | None = None


def check_comment(comment: str | None) -> None:
    """
    Let a comment pass that the log can keep, or none.

    Raises:
        InvalidInput: It is too long or cannot be printed.
    """
    if comment is not None:
        check_text(comment, "comment")


async def tell(session: Session, asset_key: int, *events: Event) -> None:
    """Add *events* to an asset's log, in this order, as done by the session's principal."""
    asset_id, head = await log.head(session.connection, asset_key)
    for entry in entries(session, asset_id, head, events):
        await log.add(session.connection, asset_key, entry)


def entries(session: Session, asset_id: str, head: str, events: Iterable[Event]) -> Iterator[log.Entry]:
    """Yield the entries that tell *events* of an asset, whose newest entry has the hash *head*."""
    for event in events:
        entry = _entry(session, asset_id, head, event)
        yield entry
        head = entry.hash


def _entry(session: Session, asset_id: str, previous: str, event: Event) -> log.Entry:
    said: dict[str, str | int | None] = {
        "date": session.instant,
        "user": event.user if event.user is not None else session.principal.name,
        "type": int(event.type),
        "property": event.property,
        "old_value": event.old_value,
        "value": event.value,
        "comment": event.comment,
        "principal": session.principal.name,
    }
    digest = chain.entry_hash(previous, log_statement(asset_id, said))
    return log.Entry(**said, previous_hash=previous, hash=digest)  # type: ignore[arg-type]


def log_statement(asset_id: str, entry: dict[str, Any]) -> dict[str, str | int | None]:
    """Return what the hash of a log entry covers: the entry's fields as they stand on the wire, and whose they are."""
    return {
        "assetId": asset_id,
        "comment": entry["comment"],
        "date": entry["date"],
        "oldValue": entry["old_value"],
        "principal": entry["principal"],
        "property": entry["property"],
        "type": entry["type"],
        "user": entry["user"],
        "value": entry["value"],
    }


async def tell_change(
    session: Session,
    subject_kind: str,
    subject: str,
    action: str,
    *,
    property: str | None = None,
    old_value: str | None = None,
    value: str | None = None,
) -> None:
    """Add an entry about something that is no asset, such as an asset type, a token or a user."""
    previous = await changes.head(session.connection) or chain.START
    said = {
        "date": session.instant,
        "subject_kind": subject_kind,
        "subject": subject,
        "action": action,
        "property": property,
        "old_value": old_value,
        "value": value,
        "principal": session.principal.name,
    }
    change = changes.NewChange(**said, previous_hash=previous, hash=chain.entry_hash(previous, said))  # type: ignore[arg-type]
    await changes.add(session.connection, change)


def text_of(value: Any) -> str | None:
    """Return a property's value as the text that the log keeps: None stays None, structures become JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
