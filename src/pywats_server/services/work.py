"""Calibration and maintenance: two histories of the same shape."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from pywats.domains.asset.enums import AssetLogType
from pywats_server.errors import InvalidInput, RuleViolation, Sentence
from pywats_server.instants import instant
from pywats_server.rules.model import Facts
from pywats_server.services.counts import reset_running_count
from pywats_server.services.files import attach_file
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.journal import Event, check_comment, tell
from pywats_server.services.session import Permission, Session, require, use_case
from pywats_server.services.settling import settle
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: where its dates stand and how the log names it."""

    name: str
    log_type: AssetLogType

    def dates(self, facts: Facts) -> tuple[datetime | None, datetime | None]:
        """Return when the work was done last and when it is due next."""
        if self is CALIBRATION:
            return facts.last_calibration_at, facts.next_calibration_at
        return facts.last_maintenance_at, facts.next_maintenance_at

    def with_dates(self, facts: Facts, last: datetime | None, due: datetime | None) -> Facts:
        """Return *facts* with other dates of this work."""
        if self is CALIBRATION:
            return structs.replace(facts, last_calibration_at=last, next_calibration_at=due)
        return structs.replace(facts, last_maintenance_at=last, next_maintenance_at=due)

    def due(self, facts: Facts) -> str | None:
        """Return when the work is due next."""
        due = self.dates(facts)[1]
        return None if due is None else instant(due)

    def is_by_interval(self, asset: StoredAsset) -> bool:
        """Tell whether the next date of this work follows from the type's interval."""
        return asset.calibration_by_interval if self is CALIBRATION else asset.maintenance_by_interval

    def by_interval(self, asset: StoredAsset, follows: bool) -> StoredAsset:
        """Return *asset* with the next date of this work following from the type's interval, or standing by itself."""
        if self is CALIBRATION:
            return structs.replace(asset, calibration_by_interval=follows)
        return structs.replace(asset, maintenance_by_interval=follows)

    def period(self, facts: Facts) -> str | None:
        """Return the validity of recorded work as an ISO 8601-2 interval, `..` for an open end."""
        dates = self.dates(facts)
        if dates == (None, None):
            return None
        return "/".join(".." if at is None else instant(at) for at in dates)


CALIBRATION = Kind("calibration", AssetLogType.CALIBRATION)
MAINTENANCE = Kind("maintenance", AssetLogType.MAINTENANCE)


@use_case(Permission.RECORD_WORK)
async def record(
    session: Session, kind: Kind, ref: AssetRef, at: datetime | None = None, comment: str | None = None
) -> str | None:
    """
    Record that the work was done at *at* (default now); return the next date, which follows from the type's interval.

    The date that is recorded already changes nothing and is not logged again. A type without a number of days as its
    interval leaves the asset without a next date.

    Source: wire-contract.md, `POST /api/Asset/Calibration` and `/Maintenance`.
    """
    asset = await find(session, ref)
    done_at = at or session.now
    if kind.dates(asset.facts)[0] == done_at:
        return kind.due(asset.facts)
    return await _store(
        session, kind, asset, kind.with_dates(asset.facts, done_at, None), by_interval=True, comment=comment
    )


@use_case(Permission.RECORD_WORK)
async def record_and_reset(
    session: Session, kind: Kind, ref: AssetRef, at: datetime | None = None, comment: str | None = None
) -> str | None:
    """
    Record work as `record` does and reset the running count, which begins anew with it: both, or neither.

    Raises:
        NotAllowed: The caller may not reset counts.
        TotalCountReached: The asset has reached its total count limit.
    """
    require(session.principal, Permission.RESET_COUNT)
    due = await record(session, kind, ref, at, comment)
    await reset_running_count(session, ref, comment)
    return due


@use_case(Permission.RECORD_WORK)
async def record_external(
    session: Session,
    kind: Kind,
    ref: AssetRef,
    from_at: datetime | None,
    to_at: datetime | None,
    comment: str | None = None,
) -> str | None:
    """
    Record work that somebody else did, valid from *from_at* (default now) to exactly *to_at*, and return *to_at*.

    The interval of the type does not matter.

    Raises:
        InvalidInput: *to_at* is missing.
        RuleViolation: *to_at* is not later than *from_at*.

    Source: wire-contract.md, `POST /api/Asset/Calibration/External`.
    """
    asset = await find(session, ref)
    start = from_at or session.now
    if to_at is None:
        raise InvalidInput(
            Sentence("toDate is missing; accepted: the date until which the work is valid, such as 2027-01-31."),
            field="toDate",
            accepted="a date later than fromDate",
        )
    if to_at <= start:
        raise RuleViolation(
            Sentence(
                "toDate is %(to)s, which is not later than fromDate %(start)s; accepted: a later date.",
                to=instant(to_at),
                start=instant(start),
            ),
            field="toDate",
            value=instant(to_at),
            accepted=f"a date later than {instant(start)}",
        )
    if kind.dates(asset.facts) == (start, to_at) and not kind.is_by_interval(asset):
        return kind.due(asset.facts)
    return await _store(
        session, kind, asset, kind.with_dates(asset.facts, start, to_at), by_interval=False, comment=comment
    )


@use_case(Permission.RECORD_WORK)
async def record_certified(
    session: Session,
    kind: Kind,
    ref: AssetRef,
    from_at: datetime | None,
    to_at: datetime | None,
    comment: str | None,
    certificate: tuple[str, bytes],
) -> str | None:
    """
    Record work as `record_external` does and attach its *certificate*, a name and its bytes: both, or neither.

    Raises:
        NotAllowed: The caller may not attach files.
        Conflict: Another file of the asset has the name.
    """
    require(session.principal, Permission.ATTACH_FILE)
    await attach_file(session, ref, *certificate)
    return await record_external(session, kind, ref, from_at, to_at, comment)


@dataclass(frozen=True, slots=True)
class Dates:
    """When work was done last and is due next, and whether the latter follows from the interval of the type."""

    last_at: datetime | None
    next_at: datetime | None
    by_interval: bool


@use_case(Permission.EDIT_ASSET)
async def take_back(session: Session, kind: Kind, ref: AssetRef, dates: Dates, comment: str | None = None) -> None:
    """
    Give an asset the *dates* of work that it had before somebody recorded what should not have been.

    The log keeps both, and tells it as an edit, so that nobody takes it for work that was done.
    """
    check_comment(comment)
    asset = await find(session, ref)
    facts = kind.with_dates(asset.facts, dates.last_at, dates.next_at)
    await assets.change(session.connection, asset.key, {f"{kind.name}_by_interval": dates.by_interval})
    after = await settle(session, kind.by_interval(asset, dates.by_interval), facts, asset.demands)
    event = Event(AssetLogType.UPDATE, kind.name, kind.period(asset.facts), kind.period(after), comment)
    await tell(session, asset.key, event)


async def _store(
    session: Session, kind: Kind, asset: StoredAsset, facts: Facts, *, by_interval: bool, comment: str | None
) -> str | None:
    check_comment(comment)
    await assets.change(session.connection, asset.key, {f"{kind.name}_by_interval": by_interval})
    after = await settle(session, kind.by_interval(asset, by_interval), facts, asset.demands)
    event = Event(kind.log_type, kind.name, kind.period(asset.facts), kind.period(after), comment)
    await tell(session, asset.key, event)
    return kind.due(after)
