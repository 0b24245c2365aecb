"""What a program can do with assets: arguments are checked here, and each operation has the name that users know."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from os import PathLike
from typing import Any
from uuid import UUID

from pywats.domains.asset import checks
from pywats.domains.asset.alarm import alarm_level
from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.bulk import AssetOutcome, Progress, chunks, counting, equalities
from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.domains.asset.fields import F
from pywats.domains.asset.models import Asset, AssetCounts, AssetLog, AssetStatus, AssetType
from pywats.domains.asset.readiness import STRICT, Readiness, ReadinessPolicy
from pywats.domains.asset.start_gate import AssetRun, StartGate
from pywats.errors import ConflictError, NotFoundError, PyWATSError, ValidationError
from pywats.http.request import Queued
from pywats.odata import both, compare
from pywats.query import Condition
from pywats.shared.pages import walk
from pywats.shared.setting import Setting
from pywats.tasks import gather

AT_ONCE = 8
"""Requests of one call that are under way at a time, unless told. More would help little, and leave others less."""


class AsyncAssetService:
    """
    Everything about assets, as coroutines.

    An asset is named by `asset_id` or `serial_number`; ids may be texts or UUIDs. Given both, they must agree. Dates
    are naive local time, or aware.

    Calls that report what happened (uses, calibrations, maintenances, messages) return `Queued`, which is true, when
    the client has an outbox and the server cannot be reached. Without an outbox they never do.

    Every call raises `ValueError` for arguments that cannot be right, before anything is sent, and otherwise the errors
    of `pywats.errors`. A call that gets one thing returns None when it is missing; any other raises `NotFoundError`.
    """

    def __init__(self, repository: AsyncAssetRepository, gate: StartGate | None = None) -> None:
        self._repository = repository
        self._gate = gate or StartGate(repository)

    # Assets

    async def get_assets(
        self,
        filter_str: str | Condition[Asset] | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
        *,
        filter: str | Condition[Asset] | None = None,
    ) -> list[Asset]:
        """
        Assets in a list, at most 1000 unless *top* says otherwise; without children, log and type.

        Args:
            filter_str, filter: A condition, by one of the two: made from `F`, such as `F.location == "Lab A"`, or as
                OData text on wire names, such as `location eq 'Lab A'`. A date without zone in such a text is UTC.
            orderby: Wire names, each with `asc` or `desc`; by asset id when absent.
            top: How many at most, 1 or more.
            skip: How many to leave out first.
        """
        asked = checks.condition(filter_str, filter)
        return await self._repository.get_all(filter_str=asked, orderby=orderby, **checks.page(top, skip))

    def iter_assets(
        self,
        filter_str: str | Condition[Asset] | None = None,
        orderby: str | None = None,
        page_size: int = 1000,
        *,
        filter: str | Condition[Asset] | None = None,
    ) -> AsyncIterator[Asset]:
        """
        All assets that match, one after the other, fetched page by page; the next page is on its way while the second
        half of the one before is walked.

        Without *orderby* the walk follows the asset ids, and assets that come or go meanwhile neither hide nor double
        others.

        Args:
            filter_str, filter: A condition, by one of the two, as in `get_assets`.
            orderby: Wire names, each with `asc` or `desc`.
            page_size: How many are fetched at a time, 1 or more.
        """
        asked, size = checks.condition(filter_str, filter), checks.whole_number("page_size", page_size, 1)

        def page(last: Asset | None, met: int) -> Coroutine[Any, Any, list[Asset]]:
            if orderby is None and last is not None and last.asset_id is not None:
                return self._repository.get_all(both(asked, compare("assetId", "gt", last.asset_id)), top=size)
            return self._repository.get_all(asked, orderby, top=size, skip=met or None)

        return walk(page, size)

    async def get_asset(self, asset_id: str | UUID | None = None, serial_number: str | None = None) -> Asset | None:
        """The asset with its type and tags; None when there is none."""
        checks.asset_name(asset_id, serial_number)
        if asset_id is None:
            return await self._repository.get_by_serial_number(checks.serial_number(serial_number))
        asset = await self._repository.get_by_id(checks.identifier("asset_id", asset_id))
        if asset is not None and serial_number is not None and asset.serial_number != serial_number:
            raise ValidationError(f"asset_id names {asset.serial_number!r}, but serial_number is {serial_number!r}")
        return asset

    async def get_asset_by_serial(self, serial_number: str) -> Asset | None:
        """The asset with exactly this serial number; None when there is none."""
        return await self.get_asset(serial_number=serial_number)

    async def get_assets_by_serial(
        self, serial_numbers: Iterable[str], *, at_once: int = AT_ONCE, progress: Progress | None = None
    ) -> dict[str, Asset | None]:
        """
        The asset with exactly this serial number for each of them, as it stands in a list; None where there is none.

        Dozens are asked for by one request, so there may be thousands. In the result each stands once, in the order
        given.

        Args:
            at_once: How many requests may be under way at a time, 1 or more.
            progress: Called with how many serial numbers are done, and how many there are.
        """
        wanted = checks.serial_numbers(serial_numbers)
        parts = list(chunks(wanted))
        tell = counting(progress, [len(part) for part in parts])
        found = await gather(
            [partial(self._listed, part) for part in parts],
            checks.whole_number("at_once", at_once, 1),
            lambda part, _: tell(part),
        )
        by_serial = {asset.serial_number: asset for assets in found for asset in assets}
        return {serial: by_serial.get(serial) for serial in wanted}

    async def create_asset(
        self,
        serial_number: str,
        type_id: str | UUID,
        asset_name: str | None = None,
        description: str | None = None,
        location: str | None = None,
        parent_asset_id: str | UUID | None = None,
        parent_serial_number: str | None = None,
        *,
        part_number: str | None = None,
        revision: str | None = None,
        state: AssetState = AssetState.OK,
        client_id: int | None = None,
        first_seen_date: datetime | None = None,
        last_seen_date: datetime | None = None,
        last_maintenance_date: datetime | None = None,
        next_maintenance_date: datetime | None = None,
        last_calibration_date: datetime | None = None,
        next_calibration_date: datetime | None = None,
        total_count: int | None = None,
        running_count: int | None = None,
        tags: Sequence[Setting] | None = None,
    ) -> Asset:
        """
        The new asset as stored. An asset that exists is never overwritten.

        Args:
            serial_number: 1 to 100 characters, unique among all assets.
            type_id: An asset type that exists.
            parent_asset_id, parent_serial_number: What it is mounted in, by one of the two.
            total_count, running_count: Uses so far, 0 or more.

        Raises:
            ConflictError: There is an asset with this serial number already.
        """
        told = {
            "serial_number": checks.serial_number(serial_number),
            "type_id": type_id,
            "asset_name": asset_name,
            "description": description,
            "location": location,
            "parent_asset_id": parent_asset_id,
            "parent_serial_number": parent_serial_number,
            "part_number": part_number,
            "revision": revision,
            "state": state,
            "client_id": client_id,
            "first_seen_date": first_seen_date,
            "last_seen_date": last_seen_date,
            "last_maintenance_date": last_maintenance_date,
            "next_maintenance_date": next_maintenance_date,
            "last_calibration_date": last_calibration_date,
            "next_calibration_date": next_calibration_date,
            "total_count": checks.count_if_told("total_count", total_count),
            "running_count": checks.count_if_told("running_count", running_count),
            "tags": tags,
        }
        asset = Asset.model_validate({name: value for name, value in told.items() if value is not None})
        # Our server refuses by itself; others would overwrite.
        if isinstance(await self._repository.get_by_serial_number(serial_number), Asset):
            raise ConflictError(f"There is an asset with the serial number {serial_number!r} already")
        return await self._repository.save(asset, create_only=True)

    async def update_asset(self, asset: Asset, *, only_if_unchanged: bool = False) -> Asset:
        """
        The asset as stored.

        Sends what was changed since *asset* was loaded; of an asset made by hand, the fields that were set. None clears
        a field. Counters, dates, children and log have calls of their own and are left alone here.

        Args:
            only_if_unchanged: Refuse when anybody changed the asset since `get_asset` loaded it.

        Raises:
            NotFoundError: There is no such asset.
            ConflictError: Somebody else changed it, or the new serial number is in use.
        """
        checks.update(asset, only_if_unchanged=only_if_unchanged)
        version = asset.etag if only_if_unchanged else None
        return await self._repository.save(asset, if_match=version or "*")

    async def update_assets(
        self,
        assets: Iterable[Asset],
        *,
        only_if_unchanged: bool = False,
        at_once: int = AT_ONCE,
        progress: Progress | None = None,
        on_outcome: Callable[[AssetOutcome], None] | None = None,
    ) -> list[AssetOutcome]:
        """
        What became of each asset, in the order given. Each is updated as `update_asset` does it, and one that fails
        keeps no other from being updated: its `error` tells why.

        Ctrl-C, or cancelling the task, ends it: no more updates are begun, and those that are under way may be carried
        out or not. `on_outcome` has been told of all others.

        Args:
            assets: Each once.
            only_if_unchanged: Refuse those that anybody changed since `get_asset` loaded them.
            at_once: How many updates may be under way at a time, 1 or more.
            progress: Called with how many are done, and how many there are.
            on_outcome: Called with each outcome as soon as it is known, before *progress*.
        """
        given = checks.updates(assets, only_if_unchanged=only_if_unchanged)
        tell = counting(progress, [1] * len(given))

        def hand_over(number: int, outcome: AssetOutcome) -> None:
            if on_outcome is not None:
                on_outcome(outcome)
            tell(number)

        calls = [partial(self._outcome, asset, only_if_unchanged=only_if_unchanged) for asset in given]
        return await gather(calls, checks.whole_number("at_once", at_once, 1), hand_over)

    async def delete_asset(self, asset_id: str | UUID | None = None, serial_number: str | None = None) -> bool:
        """True once the asset is deleted; its children move to its parent. Needs administrator rights."""
        return await self._repository.delete(**checks.asset_name(asset_id, serial_number))

    # Status and state

    async def get_status(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        translate: bool = True,
        culture_code: str | None = None,
    ) -> AssetStatus | None:
        """
        What the rules make of the asset now; None when there is no such asset.

        Args:
            translate: False gives the messages as keys.
            culture_code: Language of the messages, such as `de` or `nb-NO`.
        """
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.get_status(**named, translate=translate, culture_code=culture_code)

    async def get_asset_state(
        self, asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> AssetState | None:
        """Where the asset is in its working life; None when there is no such asset."""
        asset = await self.get_asset(asset_id, serial_number)
        return None if asset is None else asset.state

    async def set_asset_state(
        self, state: AssetState | int, asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> bool:
        """True once the asset is in this state."""
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.set_state(state=AssetState(state), **named)

    def is_in_alarm(self, asset: Asset | AssetStatus) -> bool:
        """
        Whether it is in alarm now, told without a call.

        The server's judgement decides where *asset* carries it, as a status from `get_status` always does; else its
        dates and counts do, so far as they go (`pywats.domains.asset.alarm`).
        """
        return alarm_level(asset, _now()) == AssetAlarmState.ALARM

    def is_in_warning(self, asset: Asset | AssetStatus) -> bool:
        """Whether it is in warning, and not in alarm, told as `is_in_alarm` does."""
        return alarm_level(asset, _now()) == AssetAlarmState.WARNING

    async def get_assets_in_alarm(
        self, top: int | None = None, skip: int | None = None, orderby: str | None = None
    ) -> list[Asset]:
        """Assets that are in alarm now."""
        return await self.get_assets_by_alarm_state(AssetAlarmState.ALARM, top, skip, orderby)

    async def get_assets_in_warning(
        self, top: int | None = None, skip: int | None = None, orderby: str | None = None
    ) -> list[Asset]:
        """Assets that are in warning, and not in alarm, now."""
        return await self.get_assets_by_alarm_state(AssetAlarmState.WARNING, top, skip, orderby)

    async def get_assets_by_alarm_state(
        self,
        state: AssetAlarmState | AssetState | int,
        top: int | None = None,
        skip: int | None = None,
        orderby: str | None = None,
    ) -> list[Asset]:
        """
        Assets in this state.

        An `AssetAlarmState` asks what the rules say, an `AssetState` or a plain number what people have set.
        """
        name = "alarmState" if isinstance(state, AssetAlarmState) else "state"
        return await self.get_assets(compare(name, "eq", int(state)), orderby, top, skip)

    # Start of a test

    async def check_ready(
        self,
        serial_numbers: Iterable[str] = (),
        asset_ids: Iterable[str | UUID] = (),
        *,
        include_children: bool = True,
        policy: ReadinessPolicy = STRICT,
        max_age: timedelta | None = None,
        cache: str | PathLike[str] | None = None,
        culture_code: str | None = None,
    ) -> Readiness:
        """
        Whether a test may run on these assets: go, warn or stop, and why. On `pywats-server` this is one request,
        elsewhere a few for each asset.

        Args:
            serial_numbers, asset_ids: The set-up, up to 1,000 assets. One that does not exist means stop.
            include_children: Whether what is mounted in them is part of the set-up.
            policy: What alarms, warnings and states mean. Unless told, an alarm stops and a warning warns.
            max_age: How old the last answer about the same set-up may be, to serve while the server cannot be reached;
                None means that none serves.
            cache: A file for that answer, for programs that start anew for each test; otherwise it stays in memory.
            culture_code: Language of the reasons, such as `de` or `nb-NO`.

        Raises:
            ConnectionError, TimeoutError, ServerError: The server cannot be reached, and no earlier answer serves.
        """
        setup = checks.setup(serial_numbers, asset_ids, include_children=include_children, culture_code=culture_code)
        return await self._gate.check(setup, policy, max_age, cache)

    def use(
        self,
        *serial_numbers: str,
        asset_ids: Iterable[str | UUID] = (),
        count: int = 1,
        include_children: bool = True,
        count_children: bool = False,
        count_on_error: bool = False,
        policy: ReadinessPolicy = STRICT,
        max_age: timedelta | None = None,
        cache: str | PathLike[str] | None = None,
        culture_code: str | None = None,
    ) -> AbstractAsyncContextManager[AssetRun]:
        """
        A block that uses these assets: it is entered when they are ready, as `check_ready` tells, and once it has come
        to its end, their uses are counted by one call. It is entered by `with`, in an event loop by `async with`.

        Args:
            serial_numbers, asset_ids: The set-up.
            count: Uses to count for each asset, 0 or more; the block may change it, as `count` of what it gets.
            count_children: Whether what is mounted in them counts as well. It takes *include_children*.
            count_on_error: Whether uses count also when the block raises an error. If counting fails then, the error
                has a note of it.
            include_children, policy, max_age, cache, culture_code: As in `check_ready`.

        Raises:
            AssetNotReadyError: The verdict is stop; the block was not entered.
            NotCountedError: The block came to its end, but the uses were not counted.
        """
        setup = checks.setup(serial_numbers, asset_ids, include_children=include_children, culture_code=culture_code)
        if count_children and not include_children:
            raise ValueError("count_children needs include_children: only what was checked is counted")
        return self._gate.run(
            setup,
            partial(self._gate.check, setup, policy, max_age, cache),
            checks.whole_number("count", count, 0),
            count_children=count_children,
            count_on_error=count_on_error,
        )

    # Counters

    async def increment_count(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        amount: int = 1,
        increment_children: bool = False,
    ) -> bool | Queued:
        """
        True once *amount* more uses are counted, in the running and in the total count.

        When the connection breaks before the answer, `may_have_arrived` of the error tells whether they may be counted.

        Args:
            amount: Uses to add, 0 or more.
            increment_children: Whether everything mounted in the asset counts the same.
        """
        return await self._repository.update_count(
            **checks.asset_name(asset_id, serial_number),
            increment_by=checks.whole_number("amount", amount, 0),
            increment_children=increment_children,
        )

    async def increment_counts(self, uses: Iterable[checks.Use]) -> list[AssetCounts] | Queued:
        """
        Each row's asset as it is after that row, once the uses of all rows are counted: all of them, or none.

        Only `pywats-server` knows this call. It is repeated after a lost answer, and still counts once.

        Args:
            uses: Up to 10,000 rows, counted in this order; an asset may come several times. A row is an `AssetUse`, a
                mapping with the same names, or a pair of a serial number and the uses to add.

        Raises:
            NotFoundError: There is no such asset; the message names the row, from 0.
        """
        return await self._repository.update_counts(checks.uses(uses))

    async def reset_running_count(
        self, asset_id: str | UUID | None = None, serial_number: str | None = None, comment: str | None = None
    ) -> bool:
        """
        True once the running count is 0, with an entry in the log.

        Raises:
            ConflictError: The asset has reached its total count limit.
        """
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.reset_running_count(**named, comment=checks.comment(comment))

    async def set_running_count(
        self, value: int, asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> bool:
        """True once the running count is exactly *value*, 0 or more. Needs the permission "Edit Total count"."""
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.set_running_count(value=checks.whole_number("value", value, 0), **named)

    async def set_total_count(
        self, value: int, asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> bool:
        """True once the total count is exactly *value*, 0 or more. Needs the permission "Edit Total count"."""
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.set_total_count(value=checks.whole_number("value", value, 0), **named)

    # Calibration and maintenance

    async def record_calibration(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        date_time: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the calibration is recorded, for now unless told; the next is due after the type's interval."""
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.post_calibration(**named, date_time=date_time, comment=checks.comment(comment))

    async def record_maintenance(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        date_time: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the maintenance is recorded, for now unless told; the next is due after the type's interval."""
        named = checks.asset_name(asset_id, serial_number)
        return await self._repository.post_maintenance(**named, date_time=date_time, comment=checks.comment(comment))

    async def record_calibration_external(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        from_date: datetime | None = None,
        to_date: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """
        True once a calibration with dates of its own is recorded, whatever the type's interval.

        Args:
            from_date: When it was done; now unless told.
            to_date: When the next is due; later than *from_date*, and required.
        """
        return await self._repository.post_calibration_external(
            **checks.asset_name(asset_id, serial_number),
            from_date=from_date,
            to_date=checks.due_date(from_date, to_date),
            comment=checks.comment(comment),
        )

    async def record_maintenance_external(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        from_date: datetime | None = None,
        to_date: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """
        True once a maintenance with dates of its own is recorded, whatever the type's interval.

        Args:
            from_date: When it was done; now unless told.
            to_date: When the next is due; later than *from_date*, and required.
        """
        return await self._repository.post_maintenance_external(
            **checks.asset_name(asset_id, serial_number),
            from_date=from_date,
            to_date=checks.due_date(from_date, to_date),
            comment=checks.comment(comment),
        )

    # Log

    async def get_asset_log(
        self,
        filter_str: str | Condition[AssetLog] | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
        *,
        filter: str | Condition[AssetLog] | None = None,
    ) -> list[AssetLog]:
        """
        Log entries that match, at most 1000 unless *top* says otherwise, newest first unless *orderby* does.

        Args:
            filter_str, filter: A condition, by one of the two: made from `F.log`, or as OData text.
        """
        asked = checks.condition(filter_str, filter)
        return await self._repository.get_log(filter_str=asked, orderby=orderby, **checks.page(top, skip))

    async def add_log_message(
        self,
        asset_id: str | UUID | None = None,
        message: str | None = None,
        user: str | None = None,
        *,
        serial_number: str | None = None,
    ) -> bool | Queued:
        """
        True once *message* stands in the asset's log.

        Args:
            user: Who says so, beside the owner of the token, whom the server notes anyway.
        """
        text = checks.not_blank("message", message)
        named = checks.asset_name(asset_id, serial_number)
        if user is not None:
            # The wire has no place for a user beside a serial number.
            checks.one_line("user", user)
            named = {"asset_id": await self._id_of(asset_id, serial_number), "serial_number": None}
        return await self._repository.post_message(**named, message=text, user=user)

    # Asset types

    async def get_asset_types(
        self,
        filter_str: str | Condition[AssetType] | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
        *,
        filter: str | Condition[AssetType] | None = None,
    ) -> list[AssetType]:
        """
        Asset types that match, by name unless *orderby* says otherwise.

        Args:
            filter_str, filter: A condition, by one of the two: made from `F.types`, or as OData text.
        """
        asked = checks.condition(filter_str, filter)
        return await self._repository.get_types(filter_str=asked, orderby=orderby, **checks.page(top, skip))

    async def create_asset_type(
        self,
        type_name: str,
        running_count_limit: int | None = None,
        total_count_limit: int | None = None,
        calibration_interval: float | None = None,
        maintenance_interval: float | None = None,
        warning_threshold: float | None = None,
        alarm_threshold: float | None = None,
        *,
        icon: str | None = None,
        type_id: str | UUID | None = None,
        is_readonly: bool | None = None,
    ) -> AssetType:
        """
        The asset type as stored; a type of this id or name takes over what is told here.

        Args:
            running_count_limit, total_count_limit: Uses; None means no limit.
            calibration_interval, maintenance_interval: Days, fractions allowed; see `IntervalMode` for -1 and -2.
            warning_threshold, alarm_threshold: Percent of a limit or interval.
            type_id: An id of your own choice; the server makes one when absent.
        """
        told = {
            "type_name": type_name,
            "running_count_limit": running_count_limit,
            "total_count_limit": total_count_limit,
            "calibration_interval": calibration_interval,
            "maintenance_interval": maintenance_interval,
            "warning_threshold": warning_threshold,
            "alarm_threshold": alarm_threshold,
            "icon": icon,
            "type_id": type_id,
            "is_readonly": is_readonly,
        }
        asset_type = AssetType.model_validate({name: value for name, value in told.items() if value is not None})
        return await self._repository.save_type(checks.complete_type(asset_type))

    async def update_asset_type(self, asset_type: AssetType) -> AssetType:
        """The asset type as stored. Sends what was changed since it was loaded; None clears."""
        return await self._repository.save_type(checks.complete_type(asset_type))

    async def delete_asset_types(self, type_ids: Iterable[str | UUID]) -> bool:
        """
        True once the types are deleted.

        Raises:
            ConflictError: Assets still have one of them.
        """
        return await self._repository.delete_types(checks.identifiers("type_ids", type_ids))

    # Tree

    async def get_child_assets(
        self, parent_id: str | UUID | None = None, parent_serial: str | None = None, level: int | None = None
    ) -> list[Asset]:
        """What is mounted in the asset, down to *level*: 1 is directly, None or 0 is everything."""
        named = checks.asset_name(parent_id, parent_serial)
        return await self._repository.get_sub_assets(
            parent_id=named["asset_id"],
            parent_serial=named["serial_number"],
            level=checks.count_if_told("level", level),
        )

    async def get_tree_status(
        self,
        asset_id: str | UUID | None = None,
        serial_number: str | None = None,
        level: int | None = None,
        translate: bool = True,
        culture_code: str | None = None,
    ) -> list[AssetStatus]:
        """
        What the rules make of the asset and of everything mounted in it now, by one call: the asset first, then nearest
        first. Each status tells its `asset_id`, `serial_number` and `parent_asset_id`.

        Args:
            level: How deep the list goes: 1 is what is mounted directly, None or 0 is everything. What is mounted
                deeper still counts in every `bubbled_status`.
            translate: False gives the messages as keys.
            culture_code: Language of the messages, such as `de` or `nb-NO`.
        """
        return await self._repository.get_tree_status(
            **checks.asset_name(asset_id, serial_number),
            level=checks.count_if_told("level", level),
            translate=translate,
            culture_code=culture_code,
        )

    async def add_child_asset(self, parent_id: str | UUID, child_id: str | UUID) -> bool:
        """True once the child is mounted in the parent, and no longer elsewhere."""
        return await self.set_parent([child_id], checks.identifier("parent_id", parent_id))

    async def set_parent(self, asset_ids: Iterable[str | UUID], parent_id: str | UUID | None) -> bool:
        """True once the assets are mounted in this parent, or, for None, in nothing."""
        parent = None if parent_id is None else checks.identifier("parent_id", parent_id)
        return await self._repository.set_parent(checks.identifiers("asset_ids", asset_ids), parent)

    # Tags and files

    async def get_asset_tags(
        self, asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> list[Setting]:
        """The tags of the asset."""
        return await self._repository.get_tags(await self._id_of(asset_id, serial_number))

    async def set_asset_tags(
        self, tags: Iterable[Setting], asset_id: str | UUID | None = None, serial_number: str | None = None
    ) -> bool:
        """True once these are the tags of the asset, and no others."""
        wanted = checks.tags(tags)
        return await self._repository.set_tags(wanted, await self._id_of(asset_id, serial_number))

    async def upload_file(
        self,
        asset_id: str | UUID | None = None,
        filename: str | None = None,
        content: bytes | None = None,
        *,
        serial_number: str | None = None,
    ) -> bool:
        """True once *content* is attached to the asset under this name."""
        name, data = checks.file_name(filename), checks.file_content(content)
        return await self._repository.upload_file(await self._id_of(asset_id, serial_number), name, data)

    async def download_file(
        self, asset_id: str | UUID | None = None, filename: str | None = None, *, serial_number: str | None = None
    ) -> bytes | None:
        """The bytes of an attached file; None when there is no such file, or no such asset."""
        name = checks.file_name(filename)
        try:
            owner = await self._id_of(asset_id, serial_number)
        except NotFoundError:
            return None
        return await self._repository.download_file(owner, name)

    async def list_files(self, asset_id: str | UUID | None = None, serial_number: str | None = None) -> list[str]:
        """Names of the attached files."""
        return await self._repository.list_files(await self._id_of(asset_id, serial_number))

    async def delete_files(
        self,
        asset_id: str | UUID | None = None,
        filenames: Iterable[str] | None = None,
        *,
        serial_number: str | None = None,
    ) -> bool:
        """True once these files are detached."""
        names = checks.file_names(filenames or ())
        return await self._repository.delete_files(await self._id_of(asset_id, serial_number), names)

    async def _listed(self, serial_numbers: list[str]) -> list[Asset]:
        try:
            return await self._repository.get_all(str(F.serial_number.in_(serial_numbers)))
        except ValidationError:
            # Servers with an older OData know no `in`.
            pages = [await self._repository.get_all(condition) for condition in equalities(serial_numbers)]
            return [asset for page in pages for asset in page]

    async def _outcome(self, asset: Asset, *, only_if_unchanged: bool) -> AssetOutcome:
        try:
            return AssetOutcome(asset, await self.update_asset(asset, only_if_unchanged=only_if_unchanged))
        except PyWATSError as error:
            return AssetOutcome(asset, error=error)

    async def _id_of(self, asset_id: str | UUID | None, serial_number: str | None) -> str:
        """The id, for endpoints that know no serial number."""
        if asset_id is not None and serial_number is None:
            return checks.identifier("asset_id", asset_id)
        asset = await self.get_asset(asset_id, serial_number)
        if asset is None or asset.asset_id is None:
            raise NotFoundError(f"There is no asset {serial_number!r}")
        return asset.asset_id


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005 - the dates of models are naive local time
