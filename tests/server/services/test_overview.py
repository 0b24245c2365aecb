"""What an overview tells is what a plain loop over the rules tells, of random assets and at every moment."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from databases import Databases
from factories import Taken
from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.testing import ManualClock
from pywats_server.checking.run import check
from pywats_server.instants import moment
from pywats_server.odata.query import Query
from pywats_server.rules.model import Monitor, Reading
from pywats_server.rules.status import ALWAYS, alarm_instants, judge
from pywats_server.services import assets, batches, overview, types, work
from pywats_server.services.backend import Backend
from pywats_server.services.batches import Use
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.overview import Counts
from pywats_server.services.reading import list_assets
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store import backups
from pywats_server.store.assets import StoredAsset, find_by_key
from pywats_server.store.opening import open_database
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset

DAY, TICK = timedelta(days=1), timedelta.resolution
TYPES, ASSETS = 8, 80
COUNTED = (Monitor.RUNNING_COUNT, Monitor.TOTAL_COUNT)
_KEYS = Statement(select(asset.c.key).order_by(asset.c.key))


class Factory:
    """A database of random assets, made and changed by the use cases."""

    def __init__(self, address: str, clock: ManualClock, chance: Random) -> None:
        self._database = open_database(address, scan_seconds=60)
        self._backend = Backend(self._database, clock)
        self._clock, self._chance = clock, chance
        self._types: list[str] = []

    async def do(self, use_case: Any, *args: Any) -> Any:
        return await self._backend.write(LOCAL_ADMINISTRATOR, use_case, *args)

    async def tell(self, use_case: Any, *args: Any, **given: Any) -> Any:
        return await self._backend.scan(LOCAL_ADMINISTRATOR, use_case, *args, **given)

    async def fill(self) -> None:
        self._types = [(await self.do(types.save_type, self._type(n)))["typeId"] for n in range(TYPES)]
        await asyncio.gather(*(self.do(assets.save_asset, self._asset(n)) for n in range(ASSETS)))

    async def live(self) -> None:
        """Change many assets in each way that changes a status."""
        for number in self._chance.sample(range(ASSETS), 40):
            ref = AssetRef(None, _serial(number))
            change = self._chance.choice(
                [
                    (work.record, work.CALIBRATION, ref),
                    (work.record_external, work.MAINTENANCE, ref, self._clock.now, self._clock.now + 9 * DAY),
                    (assets.set_state, ref, self._chance.choice(list(AssetState))),
                    (batches.count_many, [Use(ref, self._chance.randint(1, 50))]),
                    (assets.save_asset, AssetDraft(serial_number=_serial(number), type_id=self._types[0])),
                    (assets.delete_asset, ref),
                ]
            )
            await self.do(*change)
        await self.do(types.save_type, self._type(1))

    async def stored(self) -> list[StoredAsset]:
        async def all_of_them(connection: Any) -> list[StoredAsset]:
            return [await find_by_key(connection, key) for (key,) in await connection.fetch_all(_KEYS)]

        return await self._database.scan(all_of_them)

    async def close(self) -> None:
        await self._database.close()

    def _type(self, number: int) -> TypeDraft:
        pick = self._chance.choice
        return TypeDraft(
            type_name=f"Type {number}",
            running_count_limit=pick([None, -1, 100]),
            total_count_limit=pick([None, 200]),
            calibration_interval_days=pick([None, -1, -2, 1.5, 30, 365]),
            maintenance_interval_days=pick([None, -1, -2, 7, 90.25]),
            warning_threshold_percent=pick([None, 0, 80, 100]),
            alarm_threshold_percent=pick([None, 90, 100]),
        )

    def _asset(self, number: int) -> AssetDraft:
        return AssetDraft(
            serial_number=_serial(number),
            type_id=self._chance.choice(self._types),
            state=self._chance.choice([*AssetState, AssetState.OK, AssetState.OK]),
            location=self._chance.choice([None, "Hall 1", "Hall 2", "Hall 3", "Store"]),
            first_seen_at=self._moment(-400, 0),
            last_calibration_at=self._maybe(self._moment(-400, 0)),
            next_calibration_at=self._maybe(self._moment(-30, 400)),
            last_maintenance_at=self._maybe(self._moment(-100, 0)),
            next_maintenance_at=self._maybe(self._moment(-30, 400)),
            running_count=self._chance.randint(0, 110),
            total_count=self._chance.randint(0, 220),
        )

    def _maybe(self, value: datetime) -> datetime | None:
        return self._chance.choice([None, value])

    def _moment(self, earliest: int, latest: int) -> datetime:
        return self._clock.now + TICK * self._chance.randint(earliest * DAY // TICK, latest * DAY // TICK)


def _serial(number: int) -> str:
    return f"SN-{number:03}"


def _readings(stored: StoredAsset, now: datetime) -> tuple[Reading, ...]:
    """What the rules say of an asset that is in use."""
    scrapped = stored.facts.state is AssetState.SCRAPPED
    return () if scrapped else judge(stored.facts, stored.demands, now).readings


def _due(stored: StoredAsset, now: datetime) -> list[datetime]:
    return sorted(reading.due_at for reading in _readings(stored, now) if reading.due_at is not None)


def _counted(everything: Sequence[StoredAsset], fits: Callable[[StoredAsset], object]) -> int:
    return sum(bool(fits(stored)) for stored in everything)


def _today(everything: Sequence[StoredAsset], now: datetime) -> Counts:
    def state(stored: StoredAsset) -> AssetAlarmState:
        return judge(stored.facts, stored.demands, now).alarm_state

    def within(days: int) -> int:
        return _counted(everything, lambda a: _due(a, now) and now < _due(a, now)[0] <= now + days * DAY)

    return Counts(
        in_alarm=_counted(everything, lambda a: state(a) is AssetAlarmState.ALARM),
        in_warning=_counted(everything, lambda a: state(a) is AssetAlarmState.WARNING),
        overdue=_counted(everything, lambda a: any(at <= now for at in _due(a, now))),
        due=(within(7), within(30), within(90)),
        in_calibration=_counted(everything, lambda a: a.facts.state is AssetState.IN_CALIBRATION),
        never_calibrated=_counted(
            everything, lambda a: any(r.never_done and r.monitor is Monitor.CALIBRATION for r in _readings(a, now))
        ),
        near_count_limit=_counted(
            everything, lambda a: any(r.monitor in COUNTED and r.level for r in _readings(a, now))
        ),
    )


def _weeks(everything: Sequence[StoredAsset], now: datetime) -> dict[tuple[Any, Monitor], int]:
    found = [(r.due_at, r.monitor) for a in everything for r in _readings(a, now) if r.due_at and r.due_at > now]
    return Counter((at.date() - timedelta(days=at.weekday()), monitor) for at, monitor in found)


def _moments(everything: Sequence[StoredAsset], now: datetime, chance: Random) -> Iterator[datetime]:
    """Yield moments at which something changes, those right beside them, and others."""
    ahead = [alarm_instants(stored.facts, stored.demands) for stored in everything]
    found = [at for known in ahead for at in (known.warning_at, known.alarm_at) if at is not None and at > ALWAYS]
    found += [at - days * DAY for stored in everything for at in _due(stored, now) for days in (0, 7, 90)]
    for at in chance.sample(sorted(found), 6):
        yield from (at - TICK, at, at + TICK)
    yield from (now, now + 40 * DAY, now + 5000 * DAY)


async def _compare(factory: Factory, clock: ManualClock, chance: Random) -> None:
    everything = await factory.stored()
    start = clock.now
    for now in _moments(everything, start, chance):
        clock.set(now)
        told = await factory.tell(overview.today)
        assert told == _today(everything, now)
        by_state = (len(everything) - told.in_alarm - told.in_warning, told.in_warning, told.in_alarm)
        for state, number in enumerate(by_state):
            query = Query(filter=f"alarmState eq {state}", top=0)
            assert await factory.tell(list_assets, query, Taken(), count=True) == number
    clock.set(start)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_are_those_of_the_rules_at_every_moment(databases: Databases, clock: ManualClock, seed: int) -> None:
    address, chance = databases.fresh(), Random(seed)

    async def compare() -> None:
        factory = Factory(address, clock, chance)
        await factory.fill()
        await _compare(factory, clock, chance)
        await factory.live()
        await _compare(factory, clock, chance)
        await factory.close()
        report = await check(lambda: backups.reading(address), lambda *_: None)
        assert report.findings == []

    asyncio.run(compare())
    databases.drop(address)


Asked = tuple[list[StoredAsset], list[Any]]


def _asked(databases: Databases, clock: ManualClock, *use_cases: tuple[Any, ...]) -> Asked:
    """Return the assets of a random factory, and what use cases tell of them."""
    address = databases.fresh()

    async def ask() -> Asked:
        factory = Factory(address, clock, Random(7))
        await factory.fill()
        told = [await factory.tell(*use_case) for use_case in use_cases]
        stored = await factory.stored()
        await factory.close()
        return stored, told

    found = asyncio.run(ask())
    databases.drop(address)
    return found


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 3, 10, 12, tzinfo=UTC), id="in the middle of a week"),
        pytest.param(datetime(2026, 3, 9, tzinfo=UTC), id="the first moment of a week"),
        pytest.param(datetime(2026, 3, 15, 23, 59, 59, 999999, tzinfo=UTC), id="the last moment of a week"),
    ],
)
def test_weeks_tell_every_due_date_that_has_not_passed(databases: Databases, clock: ManualClock, now: datetime) -> None:
    clock.set(now)
    stored, (weeks,) = _asked(databases, clock, (overview.list_due_by_week,))
    monday = now.date() - timedelta(days=now.weekday())
    assert [week.monday for week in weeks] == [monday + number * 7 * DAY for number in range(52)]
    due = _weeks(stored, now)
    for week in weeks:
        assert week.calibrations == due[week.monday, Monitor.CALIBRATION]
        assert week.maintenances == due[week.monday, Monitor.MAINTENANCE]


def test_due_next_are_the_soonest_that_are_not_overdue(databases: Databases, clock: ManualClock) -> None:
    stored, (ten, all_of_them) = _asked(
        databases, clock, (overview.list_due_next, 10), (overview.list_due_next, ASSETS)
    )
    due = {a.serial_number: _due(a, clock.now) for a in stored}
    ahead = sorted((at[0], serial) for serial, at in due.items() if at and at[0] > clock.now)
    assert [asset.serial_number for asset in all_of_them] == [serial for _, serial in ahead]
    assert ten == all_of_them[:10]
    for asset_due in all_of_them:
        dates = (asset_due.calibration_due_at, asset_due.maintenance_due_at)
        assert sorted(moment(at) for at in dates if at) == due[asset_due.serial_number]


def test_locations_with_most_assets_come_first_with_their_states(databases: Databases, clock: ManualClock) -> None:
    taken = Taken()
    _, (two, all_of_them, _) = _asked(
        databases,
        clock,
        (overview.list_states_by_location, 2),
        (overview.list_states_by_location,),
        (list_assets, Query(select="location,state"), taken),
    )
    states: dict[str, Counter[int]] = defaultdict(Counter)
    for document in taken.documents:
        if document["location"] is not None:
            states[document["location"]][document["state"]] += 1
    assert {place.location: place.states for place in all_of_them} == states
    assert [place.location for place in all_of_them] == sorted(states, key=lambda at: (-states[at].total(), at))
    assert two == all_of_them[:2]


def test_overview_of_an_empty_database_is_empty(databases: Databases, clock: ManualClock) -> None:
    address = databases.fresh()

    async def ask() -> tuple[Any, ...]:
        factory = Factory(address, clock, Random(0))
        told = [
            await factory.tell(use_case)
            for use_case in (overview.today, overview.list_due_next, overview.list_states_by_location)
        ]
        await factory.close()
        return tuple(told)

    assert asyncio.run(ask()) == (Counts(0, 0, 0, (0, 0, 0), 0, 0, 0), [], [])
    databases.drop(address)
