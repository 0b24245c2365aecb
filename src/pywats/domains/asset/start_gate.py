"""The gate before a test: asks about a set-up, judges the answer, and counts the uses once the test has run."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from os import PathLike
from typing import Any

from pywats.blocking import aside
from pywats.domains.asset import checks
from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.earlier_answers import Answer, InFile, InMemory, Setup
from pywats.domains.asset.models import AssetCounts, AssetStatus, AssetUse
from pywats.domains.asset.one_by_one import count_each, statuses_of_each
from pywats.domains.asset.readiness import Readiness, ReadinessPolicy, Verdict, judge_setup
from pywats.errors import AssetNotReadyError, NotCountedError, PyWATSError, TransportError
from pywats.http.request import Queued
from pywats.http.retry import AWAY


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
        ids = () if with_children else setup.asset_ids
        serials = [asset.serial_number for asset in self.readiness.assets] if with_children else setup.serial_numbers
        return [
            *(AssetUse(asset_id=asset_id, increment_by=count) for asset_id in ids),
            *(AssetUse(serial_number=serial, increment_by=count) for serial in serials),
        ]


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
        last = None if max_age is None else await aside(partial(earlier.recall, setup))
        if last is not None and max_age is not None and not _is_within(max_age, self._clock() - last.asked_at):
            last = None
        try:
            answer = Answer(self._clock(), await self._ask(setup, patient=last is None))
        except PyWATSError as error:
            if last is None or not _is_away(error):
                raise
            return judge_setup(last.statuses, policy, age=self._clock() - last.asked_at, from_cache=True)
        await aside(partial(earlier.keep, setup, answer))
        return judge_setup(answer.statuses, policy)

    @asynccontextmanager
    async def run(
        self,
        setup: Setup,
        check: Callable[[], Coroutine[Any, Any, Readiness]],
        count: int,
        *,
        count_children: bool,
        count_on_error: bool,
    ) -> AsyncIterator[AssetRun]:
        """
        A block that is entered when *check* finds *setup* ready, and whose uses are counted at its end.

        Raises:
            AssetNotReadyError: The verdict is stop.
            NotCountedError: The block came to its end, but its uses were not all counted, or nobody knows.
        """
        run = AssetRun(await check(), count)
        if not run.readiness:
            raise _not_ready(run.readiness)
        try:
            yield run
        except BaseException as error:
            # A block that was given up, because nobody holds it any more, can wait for nothing.
            if count_on_error and not isinstance(error, GeneratorExit):
                await self._count_beside(error, run.uses(setup, with_children=count_children))
            raise
        run.counts = await self._count(run.uses(setup, with_children=count_children))

    async def _count(self, uses: Sequence[AssetUse]) -> list[AssetCounts] | Queued:
        waiting = list(uses)
        try:
            return await self._count_waiting(waiting)
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

    async def _count_beside(self, failure: BaseException, uses: Sequence[AssetUse]) -> None:
        """Count although the test failed. What goes wrong becomes a note of its *failure*, which must not be lost."""
        try:
            await self._count(uses)
        except NotCountedError as error:
            failure.add_note(str(error))

    async def _count_waiting(self, waiting: list[AssetUse]) -> list[AssetCounts] | Queued:
        """Count all that are *waiting*; what was counted is taken from the list."""
        if self._takes_many:
            try:
                return await self._repository.update_counts(waiting)
            except PyWATSError as error:
                self._learn(error)
        return await count_each(self._repository, waiting)

    async def _ask(self, setup: Setup, *, patient: bool) -> list[AssetStatus]:
        if self._takes_many:
            try:
                return await self._repository.check_readiness(
                    setup.asset_ids,
                    setup.serial_numbers,
                    setup.include_children,
                    setup.culture_code,
                    patient=patient,
                )
            except PyWATSError as error:
                self._learn(error)
        return await statuses_of_each(self._repository, setup)

    def _learn(self, error: PyWATSError) -> None:
        """Remember that the server has no calls for many assets, if this is what *error* says; else raise it."""
        # The error about an asset that is not there names its row.
        if error.status_code not in (404, 405) or "row" in error.details:
            raise error
        self._takes_many = False


def _not_ready(readiness: Readiness) -> AssetNotReadyError:
    """The error that tells why a test must not run."""
    earlier = f" (The server cannot be reached; this is what it said {readiness.age} ago.)"
    told = " ".join(readiness.reasons)
    return AssetNotReadyError(
        f"The equipment is not ready. {told}{earlier if readiness.from_cache else ''}", reasons=readiness.reasons
    )


def _is_away(error: PyWATSError) -> bool:
    """Whether *error* says that the server cannot be reached now, but may be later."""
    return error.status_code in AWAY or (isinstance(error, TransportError) and not error.permanent)


def _is_within(max_age: timedelta, age: timedelta) -> bool:
    # Below zero the clock was set back, and tells nothing.
    return timedelta(0) <= age <= max_age
