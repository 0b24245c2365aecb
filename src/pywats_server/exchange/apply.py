"""Imports rows of a list, with the same use cases as the API: the whole of it in one transaction, or a part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pywats_server.errors import DomainError, NotFound, Sentence
from pywats_server.exchange.columns import Value
from pywats_server.exchange.compare import Difference, Document, compare
from pywats_server.exchange.outcomes import Outcome, Result, Summary
from pywats_server.exchange.plan import type_key
from pywats_server.exchange.properties import DUE, INTERVALS, Property, amount
from pywats_server.exchange.records import Finding, Line, Plan, Record
from pywats_server.exchange.said import Told, told
from pywats_server.exchange.traces import FIELDS, KINDS, before_of, trace_of
from pywats_server.odata.query import Query
from pywats_server.services import assets, reading, types, work
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef, StoredAsset, find
from pywats_server.services.session import Permission, Principal, Session, use_case
from pywats_server.services.tree import existing_parent

Advance = Callable[[], None]
"""Called after each row."""

Demands = Mapping[str, Mapping[Property, float]]
"""What asset types demand, by their names."""

_FIELDS = FIELDS | {
    Property.PARENT_SERIAL_NUMBER: "parent_serial_number",
    Property.FIRST_SEEN_DATE: "first_seen_at",
    Property.LAST_CALIBRATION_DATE: "last_calibration_at",
    Property.NEXT_CALIBRATION_DATE: "next_calibration_at",
    Property.LAST_MAINTENANCE_DATE: "last_maintenance_at",
    Property.NEXT_MAINTENANCE_DATE: "next_maintenance_at",
    Property.TOTAL_COUNT: "total_count",
    Property.RUNNING_COUNT: "running_count",
}
_TYPE_FIELDS = {
    Property.CALIBRATION_INTERVAL: "calibration_interval_days",
    Property.MAINTENANCE_INTERVAL: "maintenance_interval_days",
    Property.TOTAL_COUNT_LIMIT: "total_count_limit",
    Property.RUNNING_COUNT_LIMIT: "running_count_limit",
    Property.WARNING_THRESHOLD: "warning_threshold_percent",
    Property.ALARM_THRESHOLD: "alarm_threshold_percent",
}
# A date without a zone may be tomorrow's here.
_DAY = timedelta(days=1)
_MANY_TYPES = 1_000_000


class _TakenBack(Exception):
    """Ends the transaction of a trial without storing it, and carries what came of it."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("the trial is over")
        self.summary = summary


async def run_import(
    backend: Backend,
    principal: Principal,
    plan: Plan,
    *,
    clear_blank: bool = False,
    is_trial: bool = False,
    advance: Advance = lambda: None,
) -> Summary:
    """
    Import *plan* and return what came of each row; all that is stored becomes durable at once, or nothing.

    Args:
        clear_blank: A blank cell clears text and tags of an asset that exists; otherwise it leaves them.
        is_trial: Do everything, then take it back: the summary is what an import would do.
        advance: Called after each row, on the database's thread.

    Raises:
        NotAllowed: The caller may not edit assets.
        Busy: Another process is writing to the database.
    """
    if not is_trial:
        return await backend.write(principal, import_plan, plan, clear_blank=clear_blank, advance=advance)
    try:
        return await backend.write(principal, _try_plan, plan, clear_blank=clear_blank, advance=advance)
    except _TakenBack as end:
        return end.summary


@use_case(Permission.EDIT_ASSET)
async def import_plan(session: Session, plan: Plan, *, clear_blank: bool, advance: Advance) -> Summary:
    """Import the rows of *plan*, parents before their children; a row that a rule forbids is refused by itself."""
    importer = await Importer.of(session, plan.table.name, plan.demands, clear_blank=clear_blank)
    results: dict[int, Result] = {}
    for position in parents_first(plan.lines):
        results[position] = await importer.take(plan.lines[position])
        advance()
    ordered = tuple(results[position] for position in range(len(plan.lines)))
    return Summary(plan, ordered, importer.new_types, importer.notes(), is_stored=True)


@use_case(Permission.EDIT_ASSET)
async def _try_plan(session: Session, plan: Plan, *, clear_blank: bool, advance: Advance) -> Summary:
    done = await import_plan(session, plan, clear_blank=clear_blank, advance=advance)
    raise _TakenBack(replace(done, is_stored=False))


def parents_first(lines: Sequence[Line]) -> list[int]:
    """Return the positions of *lines* so that a parent in the list comes before its children."""
    positions = {line.record.serial_number: position for position, line in enumerate(lines) if line.record}
    ordered: dict[int, None] = {}
    for position in range(len(lines)):
        path: dict[int, None] = {}
        above: int | None = position
        while above is not None and above not in ordered and above not in path:
            path[above] = None
            record = lines[above].record
            above = positions.get(str(record.values.get(Property.PARENT_SERIAL_NUMBER))) if record else None
        ordered |= dict.fromkeys(reversed(path))
    return list(ordered)


class Importer:
    """
    Takes rows one by one, parents before their children.

    Attributes:
        new_types: Types that it made, with what they demand.
    """

    def __init__(
        self, session: Session, source: str, demands: Demands, stored_types: Sequence[Document], *, clear_blank: bool
    ) -> None:
        self.new_types: dict[str, Mapping[Property, float]] = {}
        self._session = session
        self._demands = demands
        self._comment = f"Imported from {source}"
        self._clear_blank = clear_blank
        self._stored_types = {type_key(stored["typeName"]): stored for stored in stored_types}
        self._type_ids = {key: str(stored["typeId"]) for key, stored in self._stored_types.items()}

    @classmethod
    async def of(cls, session: Session, source: str, demands: Demands, *, clear_blank: bool) -> "Importer":
        """
        Return an importer that knows the stored types.

        Args:
            source: Name of the file; the log tells it.
            demands: For each type of the list, by its name, what new ones of it demand.
            clear_blank: A blank cell clears text and tags of an asset that exists.
        """
        stored_types = await types.list_types(session, Query(top=_MANY_TYPES))
        return cls(session, source, demands, stored_types, clear_blank=clear_blank)

    async def take(self, line: Line) -> Result:
        """Import one row. Of one that is refused, nothing is stored."""
        if line.record is None:
            return Result(line, Outcome.REFUSED, refusals=line.refusals, warnings=line.warnings)
        known_types = dict(self._type_ids), dict(self.new_types)
        try:
            return await self._session.connection.attempt(partial(self._take, line, line.record))
        except DomainError as error:
            self._type_ids, self.new_types = known_types
            return Result(
                line,
                Outcome.REFUSED,
                refusals=(Finding("", "", told(error.message, error.sentence)),),
                warnings=line.warnings,
            )

    async def _take(self, line: Line, record: Record) -> Result:
        asset = await self._find(record.serial_number)
        result = await (self._create(line, record) if asset is None else self._update(line, record, asset))
        return replace(result, warnings=(*line.warnings, *self._future_work(record), *result.warnings))

    def notes(self) -> tuple[str, ...]:
        """Return what the list says of types that exist, where they differ from it."""
        return tuple(
            f"The type {stored['typeName']!r} has the {property} {amount(property, stored[property])}, "
            f"the list {amount(property, number)}; an import does not change types."
            for type_name, demands in self._demands.items()
            for property, number in demands.items()
            if (stored := self._stored_types.get(type_key(type_name))) and _differ(property, stored[property], number)
        )

    async def _find(self, serial_number: str) -> StoredAsset | None:
        try:
            return await find(self._session, AssetRef(serial_number=serial_number))
        except NotFound:
            return None

    def _future_work(self, record: Record) -> Iterator[Finding]:
        for last, _ in DUE.values():
            done_at = record.values.get(last)
            if isinstance(done_at, datetime) and done_at > self._session.now + _DAY:
                yield Finding(last, f"{done_at:%Y-%m-%d}", Told(Sentence("lies in the future")))

    async def _create(self, line: Line, record: Record) -> Result:
        values = {**record.assumed, **{name: value for name, value in record.values.items() if value is not None}}
        parent = values.get(Property.PARENT_SERIAL_NUMBER)
        if parent:
            # Asked first, so that a row which fails for want of its parent leaves no type behind.
            await existing_parent(self._session, AssetRef(serial_number=str(parent)))
        draft = AssetDraft(
            serial_number=record.serial_number,
            type_id=await self._type_id(record.type_name),
            tags=[(key, value) for key, value in record.tags.items() if value is not None],
            **_fields(values),
        )
        asset = (await assets.save_asset(self._session, draft, create_only=True, comment=self._comment)).asset
        due = {
            Property.NEXT_CALIBRATION_DATE: asset.facts.next_calibration_at,
            Property.NEXT_MAINTENANCE_DATE: asset.facts.next_maintenance_at,
        }
        reason = Told(Sentence("comes from the interval of the type, though the list has none"))
        warnings = [
            Finding(name, f"{at:%Y-%m-%d}", reason) for name, at in due.items() if at and name in record.not_due
        ]
        return Result(line, Outcome.CREATED, warnings=tuple(warnings), trace=trace_of(asset))

    async def _update(self, line: Line, record: Record, asset: StoredAsset) -> Result:
        stored = (await reading.view(self._session, asset)).document
        difference = compare(record, stored, clear_blank=self._clear_blank)
        if difference.edits or difference.tags is not None:
            await assets.save_asset(self._session, await self._draft(record, difference), comment=self._comment)
        for done in difference.work:
            await self._record(record, done.interval, done.last_at, done.next_at)
        changes, warnings = tuple(difference.changes), tuple(difference.warnings)
        if not changes:
            return Result(line, Outcome.UNCHANGED, warnings=warnings)
        changed = await find(self._session, AssetRef(asset.asset_id))
        trace = trace_of(changed, before=before_of(difference, stored, asset))
        return Result(line, Outcome.UPDATED, changes=changes, warnings=warnings, trace=trace)

    async def _draft(self, record: Record, difference: Difference) -> AssetDraft:
        fields: dict[str, Any] = _fields(difference.edits)
        if Property.TYPE_NAME in difference.edits:
            fields["type_id"] = await self._type_id(record.type_name)
        if difference.tags is not None:
            fields["tags"] = difference.tags
        return AssetDraft(serial_number=record.serial_number, **fields)

    async def _record(self, record: Record, interval: Property, last_at: datetime, next_at: datetime | None) -> None:
        kind, ref = KINDS[interval], AssetRef(serial_number=record.serial_number)
        if next_at is None:
            await work.record(self._session, kind, ref, last_at, self._comment)
        else:
            await work.record_external(self._session, kind, ref, last_at, next_at, self._comment)

    async def _type_id(self, type_name: str) -> str:
        """Return the id of the type, which is made when there is none of the name."""
        key = type_key(type_name)
        if key not in self._type_ids:
            demands = self._demands.get(type_name, {})
            fields: dict[str, Any] = {_TYPE_FIELDS[property]: number for property, number in demands.items()}
            draft = TypeDraft(type_name=type_name, **fields)
            self._type_ids[key] = str((await types.save_type(self._session, draft))["typeId"])
            self.new_types[type_name] = demands
        return self._type_ids[key]


def _fields(values: Mapping[Property, Value | None]) -> dict[str, Any]:
    return {_FIELDS[property]: value for property, value in values.items() if property in _FIELDS}


def _differ(property: Property, stored: float | None, listed: float) -> bool:
    # Lists give intervals in months and years, which are not all of the same length.
    return abs((stored or 0) - listed) > (1 if property in INTERVALS else 0)
