"""Compares what a row says of an asset with what is stored: what to edit, which work to record, what is left alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import Sentence
from pywats_server.exchange.columns import Value
from pywats_server.exchange.outcomes import Change
from pywats_server.exchange.plan import type_key
from pywats_server.exchange.properties import COUNTS, DUE, Property
from pywats_server.exchange.records import Finding, Record
from pywats_server.exchange.said import Told
from pywats_server.instants import instant, moment

Document = Mapping[str, Any]
"""A stored asset under its wire names, as the services give it."""

_EDITABLE = (
    Property.ASSET_NAME,
    Property.TYPE_NAME,
    Property.PART_NUMBER,
    Property.REVISION,
    Property.STATE,
    Property.DESCRIPTION,
    Property.LOCATION,
    Property.PARENT_SERIAL_NUMBER,
)
_NEVER_BLANK = (Property.TYPE_NAME, Property.STATE)


@dataclass(frozen=True, slots=True)
class Work:
    """Work to record, named by its interval; without *next_at* the next date follows from the asset's type."""

    interval: Property
    last_at: datetime
    next_at: datetime | None


@dataclass(slots=True)
class Difference:
    """
    What has to be done so that a stored asset is as its row says, and that as changes to tell.

    Attributes:
        tags: All tags that the asset is to have; None when they stay.
        warnings: What the row says otherwise and an import leaves alone.
    """

    edits: dict[Property, Value | None] = field(default_factory=dict)
    tags: list[tuple[str, str]] | None = None
    work: list[Work] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def compare(record: Record, stored: Document, *, clear_blank: bool) -> Difference:
    """
    Return what *record* makes different of *stored*.

    Dates only move forward: work that is older than what is stored changes nothing. Counts and the first date never
    change, as the asset has moved on since the list was written.

    Args:
        clear_blank: A blank cell clears text and tags; otherwise it leaves them.
    """
    difference = Difference()
    _compare_texts(difference, record, stored, clear_blank=clear_blank)
    _compare_tags(difference, record, stored, clear_blank=clear_blank)
    for interval in DUE:
        _compare_work(difference, record, stored, interval)
    difference.warnings += _left_alone(record, stored)
    return difference


def _compare_texts(difference: Difference, record: Record, stored: Document, *, clear_blank: bool) -> None:
    for property in _EDITABLE:
        if property not in record.values:
            continue
        new, old = record.values[property], stored[property]
        stays = new is None and (not clear_blank or property in _NEVER_BLANK)
        if not stays and not _is_same(property, new, old):
            difference.edits[property] = new
            difference.changes.append(Change(property, _told(property, old), _told(property, new)))


def _is_same(property: Property, new: Value | None, old: Any) -> bool:
    if property is Property.TYPE_NAME:
        return type_key(str(new)) == type_key(str(old))
    return new == old or (not new and not old and property is not Property.STATE)


def _told(property: Property, value: Any) -> str | None:
    if property is Property.STATE and value is not None:
        return state_name(AssetState(value))
    return value or None


def state_name(state: AssetState) -> str:
    """Return a state as a list shows it: `In operation`."""
    return state.name.replace("_", " ").capitalize()


def _compare_tags(difference: Difference, record: Record, stored: Document, *, clear_blank: bool) -> None:
    old = dict(stored["tags"])
    new = dict(old)
    for key, value in record.tags.items():
        if value is not None:
            new[key] = value
        elif clear_blank:
            new.pop(key, None)
    if new != old:
        difference.tags = list(new.items())
        changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        difference.changes += [Change(f"tag:{key}", old.get(key), new.get(key)) for key in changed]


def _compare_work(difference: Difference, record: Record, stored: Document, interval: Property) -> None:
    last, next = DUE[interval]
    old_last, old_next = _moment(stored[last]), _moment(stored[next])
    listed_last, listed_next = _date(record, last), _date(record, next)
    new_last = old_last if _is_same_day(listed_last, old_last) else listed_last or old_last
    new_next = old_next if _is_same_day(listed_next, old_next) else listed_next
    if new_last == old_last and new_next in (None, old_next):
        return
    doubt = _doubtful_work(last, next, old_last, new_last, new_next)
    if doubt or new_last is None:
        difference.warnings += [doubt] if doubt else []
        return
    difference.work.append(Work(interval, new_last, new_next))
    moved = [(last, old_last, new_last), (next, old_next, new_next)]
    difference.changes += [
        Change(property, None if old is None else _day(old), _day(new))
        for property, old, new in moved
        if new and new != old
    ]


def _doubtful_work(
    last: Property, next: Property, old_last: datetime | None, new_last: datetime | None, new_next: datetime | None
) -> Finding | None:
    """Return why dates that a list gives for work cannot be taken over."""
    if new_last and old_last and new_last < old_last:
        return Finding(last, _day(new_last), Told(_older(_day(old_last))))
    if new_next and not new_last:
        return Finding(next, _day(new_next), Told(_NO_LAST_DATE))
    if new_next and new_last and new_next <= new_last:
        return Finding(next, _day(new_next), Told(_not_later(_day(new_last))))
    return None


_NO_LAST_DATE = Sentence("is left out: there is no last date that it could follow")


def _older(stored: str) -> Sentence:
    return Sentence("is older than the stored %(stored)s; the stored dates stay", stored=stored)


def _not_later(last: str) -> Sentence:
    return Sentence("is left out: it is not later than the last date, %(last)s", last=last)


def _other_count(stored: int) -> Sentence:
    return Sentence("is not taken over: the stored count is %(stored)s", stored=stored)


def _left_alone(record: Record, stored: Document) -> Iterator[Finding]:
    for property in COUNTS:
        new = record.values.get(property)
        if new is not None and new != stored[property]:
            yield Finding(property, str(new), Told(_other_count(stored[property])))
    first, stored_first = _date(record, Property.FIRST_SEEN_DATE), _moment(stored[Property.FIRST_SEEN_DATE])
    if first and stored_first and not _is_same_day(first, stored_first):
        reason = Told(Sentence("is not taken over: the asset is known since %(day)s", day=_day(stored_first)))
        yield Finding(Property.FIRST_SEEN_DATE, _day(first), reason)


def _date(record: Record, property: Property) -> datetime | None:
    value = record.values.get(property)
    return value if isinstance(value, datetime) else None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _is_same_day(listed: datetime | None, stored: datetime | None) -> bool:
    """Tell whether a *listed* date is the *stored* moment; a date without a time is any moment of its day."""
    if listed is None or stored is None:
        return False
    return listed == stored or (listed.time() == time() and listed.date() == stored.date())


def _day(at: datetime) -> str:
    return instant(at).removesuffix("T00:00:00")
