"""The gate before a test: asks about a set-up, judges the answer, and counts the uses once the test has run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from os import PathLike

from pywats.blocking import aside
from pywats.domains.asset import checks
from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.earlier_answers import Answer, InFile, InMemory, Setup
from pywats.domains.asset.enums import AssetAlarmState
from pywats.domains.asset.models import Asset, AssetCounts, AssetStatus, AssetUse
from pywats.domains.asset.readiness import NOT_REGISTERED, Readiness, ReadinessPolicy, Verdict, judge_setup
from pywats.errors import AssetNotReadyError, NotCountedError, PyWATSError, TransportError
from pywats.http.request import Queued
from pywats.http.retry import AWAY
from pywats.tasks import gather

AT_ONCE = 8
"""Requests under way at a time, at a server that answers for one asset a request."""


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class AssetRun:
    """
    A test on a set-up that was checked.

    Attributes:
        readiness: What the check found.
        count: Uses that are counted for each asset when the block is left. The block may change it.
        counts: The assets as they were counted, once the block was left; `Queued` where an outbox has taken the uses.
            Empty from servers that take one asset a call, because they do not tell.
    """

    readiness: Readiness
    count: int = 1
    counts: list[AssetCounts] | Queued | None = None

    @property
    def verdict(self) -> Verdict:
        """Go or warn: on stop there is no run."""
        return self.readiness.verdict

    def uses(self, setup: Setup, *, with_children: bool) -> list[AssetUse]:
        """The uses to count: of what *setup* names, or of that and all that is mounted in it, each asset once."""
        count = checks.whole_number("count", self.count, 0)
        if with_children:
            names = [(asset.asset_id, asset.serial_number) for asset in self.readiness.assets]
        else:
            names = [(name, None) for name in setup.asset_ids] + [(None, name) for name in setup.serial_numbers]
        return [AssetUse(asset_id=asset_id, serial_number=serial, increment_by=count) for asset_id, serial in names]


class StartGate:
    """
    Checks set-ups on one server, and counts their uses.

    Other WATS servers take one asset a request. Which kind this is, shows at the first request.

    Args:
        server: Its address. Answers that are kept in a file stand under it.
        clock: Tells how old an answer is; aware.
    """

    def __init__(
        self, repository: AsyncAssetRepository, server: str = "", clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._repository = repository
        self._server = server
        self._clock = clock
        self._memory = InMemory()
        self._takes_many = True

    async def check(
        self,
        setup: Setup,
        policy: ReadinessPolicy,
        max_age: timedelta | None = None,
        cache: str | PathLike[str] | None = None,
    ) -> Readiness:
        """
        What the server says of *setup*, judged by *policy*.

        Raises:
            ConnectionError, TimeoutError, ServerError: It cannot be reached, and said nothing of this set-up within
                *max_age*.
        """
        earlier = self._memory if cache is None else InFile(cache, self._server)
        try:
            answer = Answer(self._clock(), await self._ask(setup))
        except PyWATSError as error:
            last = await aside(partial(earlier.recall, setup)) if max_age is not None and _is_away(error) else None
            if last is None or max_age is None or not _is_within(max_age, age := self._clock() - last.asked_at):
                raise
            return judge_setup(last.statuses, policy, age=age, from_cache=True)
        await aside(partial(earlier.keep, setup, answer))
        return judge_setup(answer.statuses, policy)

    async def count(self, uses: Sequence[AssetUse]) -> list[AssetCounts] | Queued:
        """
        The assets as they were counted.

        Raises:
            NotCountedError: They were not all counted, or nobody knows.
        """
        waiting = list(uses)
        try:
            return await self._count(waiting)
        except PyWATSError as error:
            names = tuple(use.serial_number or str(use.asset_id) for use in waiting)
            raise NotCountedError(
                f"Uses of {', '.join(names)} were not counted: {error.message}",
                assets=names,
                status_code=error.status_code,
                request_id=error.request_id,
                operation=error.operation,
                code=error.code,
                outcome_unknown=error.outcome_unknown,
            ) from error

    async def count_beside(self, failure: BaseException, uses: Sequence[AssetUse]) -> None:
        """Count although the test failed. What goes wrong becomes a note of its *failure*, which must not be lost."""
        try:
            await self.count(uses)
        except NotCountedError as error:
            failure.add_note(str(error))

    async def _count(self, waiting: list[AssetUse]) -> list[AssetCounts] | Queued:
        """Count all that are *waiting*; what was counted is taken from the list."""
        if self._takes_many:
            try:
                return await self._repository.update_counts(waiting)
            except PyWATSError as error:
                self._learn(error)
        answers: list[bool | Queued] = []
        while waiting:
            use = waiting[0]
            answers.append(
                await self._repository.update_count(use.asset_id, use.serial_number, increment_by=use.increment_by)
            )
            del waiting[0]
        return next((answer for answer in answers if isinstance(answer, Queued)), [])

    async def _ask(self, setup: Setup) -> list[AssetStatus]:
        if self._takes_many:
            try:
                return await self._repository.check_readiness(
                    setup.asset_ids, setup.serial_numbers, setup.include_children, setup.culture_code
                )
            except PyWATSError as error:
                self._learn(error)
        return await self._ask_for_each(setup)

    def _learn(self, error: PyWATSError) -> None:
        """Remember that the server has no calls for many assets, if this is what *error* says; else raise it."""
        # The error about an asset that is not there names its row.
        if error.status_code not in (404, 405) or "row" in error.details:
            raise error
        self._takes_many = False

    async def _ask_for_each(self, setup: Setup) -> list[AssetStatus]:
        by_id = [partial(self._repository.get_by_id, asset_id) for asset_id in setup.asset_ids]
        by_serial = [partial(self._repository.get_by_serial_number, serial) for serial in setup.serial_numbers]
        found = await gather([*by_id, *by_serial], AT_ONCE)
        names = [*((asset_id, None) for asset_id in setup.asset_ids), *((None, name) for name in setup.serial_numbers)]
        missing = [_unregistered(*name) for name, asset in zip(names, found, strict=True) if asset is None]
        listed = {asset.serial_number: asset for asset in found if asset is not None}
        if setup.include_children:
            tops = [partial(self._repository.get_sub_assets, parent_serial=serial) for serial in listed]
            for asset in chain.from_iterable(await gather(tops, AT_ONCE)):
                listed.setdefault(asset.serial_number, asset)
        statuses = [partial(self._status, asset, setup.culture_code) for asset in listed.values()]
        return [*await gather(statuses, AT_ONCE), *missing]

    async def _status(self, asset: Asset, culture_code: str | None) -> AssetStatus:
        status = await self._repository.get_status(serial_number=asset.serial_number, culture_code=culture_code)
        if status is None:
            return _unregistered(asset.asset_id, asset.serial_number)
        names = {"asset_id": asset.asset_id, "serial_number": asset.serial_number}
        return status.model_copy(update={**names, "parent_asset_id": asset.parent_asset_id, "state": asset.state})


def not_ready(readiness: Readiness) -> AssetNotReadyError:
    """The error that tells why a test must not run."""
    earlier = f" (The server cannot be reached; this is what it said {readiness.age} ago.)"
    told = " ".join(readiness.reasons)
    return AssetNotReadyError(
        f"The equipment is not ready. {told}{earlier if readiness.from_cache else ''}", reasons=readiness.reasons
    )


def _unregistered(asset_id: str | None, serial_number: str | None) -> AssetStatus:
    return AssetStatus(
        asset_id=asset_id,
        serial_number=serial_number,
        alarm_state=AssetAlarmState.ALARM,
        status=NOT_REGISTERED,
        message=f"There is no asset {serial_number or asset_id!r}.",
    )


def _is_away(error: PyWATSError) -> bool:
    """Whether *error* says that the server cannot be reached now, but may be later."""
    return error.status_code in AWAY or (isinstance(error, TransportError) and not error.permanent)


def _is_within(max_age: timedelta, age: timedelta) -> bool:
    # Below zero the clock was set back, and tells nothing.
    return timedelta(0) <= age <= max_age
