"""The PostgreSQL database: group commit, reading together, several servers at once, and connections that are lost."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, literal, select

from databases import PostgresDatabases, run
from postgres import cluster
from pywats_server.errors import Busy, Conflict, NotFound, PreconditionFailed, RuleViolation, TooExpensive, Unavailable
from pywats_server.services import assets, counts, tree, types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR as ADMINISTRATOR
from pywats_server.store import group, schema
from pywats_server.store.database import Connection
from pywats_server.store.postgres import PostgresDatabase, connecting, writer
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type, usage_daily

_NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def address(postgresql: PostgresDatabases) -> Iterator[str]:
    """The address of a fresh database."""
    fresh = postgresql.fresh()
    yield fresh
    postgresql.drop(fresh)


@asynccontextmanager
async def opened(address: str, servers: int = 1, **settings: Any) -> AsyncIterator[list[Backend]]:
    """Backends of several servers on one database."""
    databases = [PostgresDatabase(address, **settings) for _ in range(servers)]
    try:
        yield [Backend(database, lambda: _NOW) for database in databases]
    finally:
        for database in databases:
            await database.close()


@asynccontextmanager
async def furnished(address: str, serials: int = 1, **settings: Any) -> AsyncIterator[Backend]:
    """A backend with assets from S-0 on."""
    async with opened(address, **settings) as (backend,):
        made = await backend.write(ADMINISTRATOR, types.save_type, TypeDraft(type_name="T"))
        drafts = (AssetDraft(serial_number=f"S-{number}", type_id=made["typeId"]) for number in range(serials))
        await asyncio.gather(*(backend.write(ADMINISTRATOR, assets.save_asset, draft) for draft in drafts))
        yield backend


def count(backend: Backend, by: int = 1, serial: str = "S-0") -> Coroutine[Any, Any, Any]:
    """Count uses of an asset."""
    return backend.write(ADMINISTRATOR, counts.count_uses, AssetRef(None, serial), increment_by=by)


_IDS = Statement(select(asset.c.serial_number, asset.c.asset_id))
_TYPE_ID = Statement(select(literal("type"), asset_type.c.type_id))


async def known_ids(connection: Connection) -> dict[str, str]:
    """Return the ids of the assets by serial number, and that of the type as `type`."""
    return dict([*await connection.fetch_all(_IDS), *await connection.fetch_all(_TYPE_ID)])


def totals(address: str) -> tuple[int, int, int]:
    """Return the sums of running counts, total counts, and the uses of all days."""
    ((found,),) = run(
        address,
        "SELECT sum(running_count)::bigint, sum(total_count)::bigint, "
        "((SELECT coalesce(sum(uses), 0) FROM usage_daily) + sum(last_day_uses))::bigint FROM asset_counter",
    )
    return found


def test_increments_at_the_same_time_sum_exactly(address: str) -> None:
    async def work() -> list[int]:
        async with furnished(address) as backend:
            counted = await asyncio.gather(*(count(backend, n % 3 + 1) for n in range(300)))
            return [asset.total_count for asset in counted]

    seen = asyncio.run(work())
    assert totals(address) == (600, 600, 600)
    assert len(set(seen)) == 300, "each caller sees a total of its own"


def test_work_that_fails_takes_back_only_itself(address: str) -> None:
    async def fails(connection: Connection) -> None:
        await connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)
        raise ValueError("changed my mind")

    async def is_refused(connection: Connection) -> None:
        await connection.execute(_ADD_USE, asset_key=-1, day="2026-01-01", uses=1)

    async def work() -> list[Any]:
        async with furnished(address) as backend:
            mixed = [
                *(count(backend, by) for by in [1, -1, 1, -1]),
                backend.database.write(fails),
                backend.database.write(is_refused),
                count(backend),
            ]
            return await asyncio.gather(*mixed, return_exceptions=True)

    answers = asyncio.run(work())
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, False, True, True, True, False]
    assert isinstance(answers[1], RuleViolation)
    assert isinstance(answers[4], ValueError)
    assert totals(address) == (3, 3, 3)


_ADD_USE = Statement(
    insert(usage_daily).values(asset_key=bindparam("asset_key"), day=bindparam("day"), uses=bindparam("uses"))
)


def test_joint_work_that_fails_is_done_for_each_by_itself(address: str) -> None:
    async def joint(connection: Connection, items: Any) -> list[str]:
        for item in items:
            await connection.execute(_ADD_USE, asset_key=item, day="2026-01-01", uses=1)
        return [f"stored {item}" for item in items]

    async def work() -> list[Any]:
        async with furnished(address, serials=2) as backend:
            database = backend.database
            together = (database.write_together(joint, item) for item in (1, -1, 2))
            return await asyncio.gather(*together, return_exceptions=True)

    first, refused, last = asyncio.run(work())
    assert (first, last) == ("stored 1", "stored 2")
    assert "foreign key" in str(refused)


def test_joint_work_finds_by_keys_even_in_a_table_that_was_just_made(address: str) -> None:
    keys = [f"key {number}" for number in range(32)]

    async def plan(connection: Any, items: Sequence[str]) -> list[str]:
        found = await connection.raw.fetch("EXPLAIN SELECT * FROM given_answer WHERE request_key = ANY ($1)", keys)
        return ["\n".join(line for (line,) in found) for _ in items]

    async def told() -> str:
        async with opened(address) as (backend,):
            return await backend.database.write_together(plan, "")

    assert "Index" in asyncio.run(told())


def test_part_that_fails_takes_back_only_itself(address: str) -> None:
    async def adds(connection: Connection) -> None:
        await connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)

        async def part() -> None:
            await connection.execute(_ADD_USE, asset_key=1, day="2026-01-02", uses=1)
            await connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)

        with pytest.raises(Exception, match="duplicate key"):
            await connection.attempt(part)
        await connection.execute(_ADD_USE, asset_key=1, day="2026-01-03", uses=1)

    async def work() -> None:
        async with furnished(address) as backend:
            await backend.database.write(adds)

    asyncio.run(work())
    assert run(address, "SELECT day FROM usage_daily ORDER BY day") == [[("2026-01-01",), ("2026-01-03",)]]


def test_of_two_servers_that_create_one_serial_number_one_wins(address: str) -> None:
    async def work() -> list[Any]:
        async with furnished(address, serials=0), opened(address, servers=2) as servers:
            ids = await servers[0].database.read(known_ids)
            draft = AssetDraft(serial_number="S-1", type_id=ids["type"])
            create = (s.write(ADMINISTRATOR, assets.save_asset, draft, create_only=True) for s in servers * 5)
            return await asyncio.gather(*create, return_exceptions=True)

    refused = [answer for answer in asyncio.run(work()) if isinstance(answer, Exception)]
    assert len(refused) == 9
    assert all(isinstance(answer, PreconditionFailed) for answer in refused)


def test_servers_that_change_everything_in_any_order_never_wait_in_a_circle(address: str) -> None:
    chance = random.Random(1)
    serials = [f"S-{number}" for number in range(12)]

    async def caller(backend: Backend, ids: dict[str, str]) -> int:
        counted = 0
        for _ in range(12):
            serial = chance.choice(serials)
            match chance.randrange(6):
                case 0:
                    await _quietly(backend.write(ADMINISTRATOR, assets.delete_asset, AssetRef(None, serial)))
                case 1:
                    parent = ids[chance.choice(serials)]
                    await _quietly(backend.write(ADMINISTRATOR, tree.set_parent, parent, [ids[serial]]))
                case 2:
                    draft = AssetDraft(serial_number=f"N-{chance.random()}", type_id=ids["type"])
                    await _quietly(backend.write(ADMINISTRATOR, assets.save_asset, draft))
                case _:
                    counted += await _quietly(count(backend, serial=serial)) is not None
        return counted

    async def work() -> None:
        async with furnished(address, serials=len(serials)), opened(address, servers=3) as servers:
            ids = await servers[0].database.read(known_ids)
            await asyncio.gather(*(caller(server, ids) for server in servers * 6))

    asyncio.run(work())
    running, total, uses = totals(address)
    assert running == total == uses


async def _quietly(change: Coroutine[Any, Any, Any]) -> Any:
    """Return the outcome of a change, or None when a rule or another caller was against it."""
    try:
        return await change
    except (NotFound, RuleViolation, Conflict, PreconditionFailed):
        return None


def test_reads_that_come_together_get_each_their_own_row(address: str) -> None:
    by_serial = Statement(select(asset.c.key).where(asset.c.serial_number == bindparam("serial")))

    async def find(backend: Backend, serial: Any) -> Any:
        return await backend.database.read(lambda connection: connection.fetch_one(by_serial, serial=serial))

    async def work() -> list[Any]:
        async with furnished(address, serials=20) as backend:
            wanted = [f"S-{number}" for number in range(20)]
            rows = await asyncio.gather(*(find(backend, serial) for serial in [*wanted, "none"] * 10))
            keys = dict(await backend.database.read(lambda connection: connection.fetch_all(_KEYS)))
            assert rows == [(keys[serial],) if serial in keys else None for serial in [*wanted, "none"] * 10]
            return await asyncio.gather(
                *(find(backend, s) for s in ["S-1", "\0", "S-2", "S-3"]), return_exceptions=True
            )

    first, wrong, *others = asyncio.run(work())
    assert isinstance(wrong, Exception)
    assert all(isinstance(row, tuple) for row in (first, *others)), "a wrong value is the error of its own caller"


_KEYS = Statement(select(asset.c.serial_number, asset.c.key))


def _numbers(top: int) -> Statement:
    numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < top))
    return Statement(select(func.count()).select_from(numbers))


def test_scan_over_its_limit_is_refused_and_the_next_one_works(address: str) -> None:
    async def work() -> None:
        async with opened(address, scan_seconds=0.2) as (backend,):
            for _ in range(3):
                with pytest.raises(TooExpensive, match=r"0\.2 s"):
                    await backend.database.scan(lambda connection: connection.fetch_one(_numbers(10**9)))
                assert await backend.database.scan(lambda connection: connection.fetch_one(_numbers(10))) == (11,)

    asyncio.run(work())


def test_scan_sees_one_moment_and_comes_in_parts(address: str) -> None:
    async def looks(connection: Connection, backend: Backend) -> list[int]:
        before = await connection.fetch_all(_KEYS)
        ids = await known_ids(connection)
        await backend.write(ADMINISTRATOR, assets.save_asset, AssetDraft(serial_number="new", type_id=ids["type"]))
        parts = [part async for part in connection.fetch_in_parts(_KEYS)]
        return [len(before), *map(len, parts)]

    async def work() -> list[int]:
        async with furnished(address, serials=3) as backend:
            return await backend.database.scan(lambda connection: looks(connection, backend))

    assert asyncio.run(work()) == [3, 3]


@pytest.mark.parametrize("way", ["read", "scan"])
def test_work_that_only_reads_changes_nothing(address: str, way: str) -> None:
    async def work() -> None:
        async with furnished(address) as backend:
            with pytest.raises(Exception, match=r"read-only|tried to change"):
                await getattr(backend.database, way)(
                    lambda connection: connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)
                )

    asyncio.run(work())
    assert run(address, "SELECT * FROM usage_daily") == [[]]


def test_writes_beyond_what_may_wait_are_refused_at_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "WAITING_WRITES", 5)

    async def work() -> list[Any]:
        async with furnished(address) as backend:
            return await asyncio.gather(*(count(backend) for _ in range(8)), return_exceptions=True)

    answers = asyncio.run(work())
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Busy] * 3
    assert totals(address) == (5, 5, 5)


def test_close_finishes_what_was_accepted_and_takes_no_more(address: str) -> None:
    async def work() -> None:
        async with furnished(address) as backend:
            accepted = [asyncio.ensure_future(count(backend)) for _ in range(200)]
            await asyncio.sleep(0)
            await backend.database.close()
            await asyncio.gather(*accepted)
            with pytest.raises(Busy, match="stopping"):
                await count(backend)

    asyncio.run(work())
    assert totals(address) == (200, 200, 200)


def test_caller_who_gave_up_takes_nobody_else_with_them(address: str) -> None:
    async def work() -> None:
        async with furnished(address) as backend:
            gone, stays = (asyncio.ensure_future(count(backend)) for _ in range(2))
            await asyncio.sleep(0)
            gone.cancel()
            await stays
            with pytest.raises(asyncio.CancelledError):
                await gone

    asyncio.run(work())
    assert totals(address)[0] in {1, 2}


_TERMINATE = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_connections_that_were_lost_are_opened_anew_and_nobody_notices(address: str) -> None:
    async def work() -> None:
        async with furnished(address) as backend:
            for _ in range(3):
                await asyncio.to_thread(run, address, _TERMINATE)
                await count(backend)
                assert await backend.database.read(lambda connection: connection.fetch_all(_KEYS)) == [("S-0", 1)]
                assert await backend.database.scan(lambda connection: connection.fetch_all(_KEYS)) == [("S-0", 1)]

    asyncio.run(work())
    assert totals(address) == (3, 3, 3)


def test_work_whose_connection_is_lost_before_the_commit_is_done_again(address: str) -> None:
    async def work() -> int:
        async with furnished(address) as backend:
            tries = 0

            async def adds(connection: Connection) -> None:
                nonlocal tries
                tries += 1
                await connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)
                if tries == 1:
                    await asyncio.to_thread(run, address, _TERMINATE)

            await backend.database.write(adds)
            return tries

    assert asyncio.run(work()) == 2
    assert run(address, "SELECT uses FROM usage_daily") == [[(1,)]]


def test_connection_that_is_lost_in_the_commit_leaves_the_outcome_open_and_says_so(address: str) -> None:
    run(
        address,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON usage_daily DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION wait()",
    )

    def end_commit() -> None:
        while not run(address, f"{_TERMINATE} AND query = 'COMMIT' AND wait_event = 'PgSleep'")[0]:
            pass

    async def work() -> None:
        async with furnished(address) as backend:
            add = backend.database.write(
                lambda connection: connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)
            )
            with pytest.raises(Unavailable, match="same Idempotency-Key"):
                await asyncio.gather(add, asyncio.to_thread(end_commit))

    asyncio.run(work())


def test_database_that_is_away_is_told_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_SECONDS_TO_WAIT", 0.0)
    monkeypatch.setattr(connecting, "_PAUSES", (0.0,))
    with cluster() as server:
        address = server.create_database("away")
        schema.upgrade(address)

        async def work() -> None:
            async with furnished(address) as backend:
                await count(backend)
                await asyncio.to_thread(server.kill)
                with pytest.raises(Unavailable, match="does not answer"):
                    await count(backend)
                with pytest.raises(Unavailable):
                    await backend.check()
                await asyncio.to_thread(server.start)
                await count(backend)
                await backend.check()

        asyncio.run(work())
        assert totals(address) == (2, 2, 2)


def test_of_several_hosts_the_one_that_takes_changes_is_used() -> None:
    with cluster() as first:
        address = first.create_database("pair")
        schema.upgrade(address)
        second = first.replica()
        try:
            # The standby is named first, and behind it a host where nobody listens.
            hosts = f"127.0.0.1:{second.port},127.0.0.1:1,127.0.0.1:{first.port}"
            both = address.replace(f"127.0.0.1:{first.port}", hosts)

            async def work() -> None:
                async with furnished(both) as backend:
                    await count(backend)
                    await asyncio.to_thread(first.kill)
                    await asyncio.to_thread(second.promote)
                    await count(backend)

            first.configure(synchronous_standby_names="replica")
            asyncio.run(work())
            assert totals(second.url("pair")) == (2, 2, 2)
        finally:
            second.remove()


@contextmanager
def stopped(address: str) -> Iterator[Callable[[], None]]:
    """Another session holds the lock of all changes until it is told to let go."""
    held, release = threading.Event(), threading.Event()
    statement = f"SELECT pg_advisory_lock({writer.LOCK})"

    async def hold() -> None:
        raw = await connecting.connect(address)
        await raw.execute(statement)
        held.set()
        await asyncio.to_thread(release.wait)
        await raw.close()

    thread = threading.Thread(target=asyncio.run, args=[hold()])
    thread.start()
    held.wait()
    try:
        yield release.set
    finally:
        release.set()
        thread.join()


def test_changes_wait_for_the_lock_of_another_server(address: str) -> None:
    async def work() -> None:
        async with furnished(address) as backend:
            with stopped(address) as go_on:
                waiting = asyncio.ensure_future(count(backend))
                while await asyncio.to_thread(run, address, "SELECT 1 FROM pg_locks WHERE NOT granted") == [[]]:
                    pass
                assert not waiting.done()
                go_on()
                await waiting

    asyncio.run(work())


def test_lock_that_another_holds_too_long_is_told_as_busy(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_BEGIN_ALONE", writer._BEGIN_ALONE.replace("20s", "50ms"))

    async def work() -> None:
        async with furnished(address) as backend:
            with stopped(address), pytest.raises(Busy):
                await count(backend)
            await count(backend)

    asyncio.run(work())
    assert totals(address) == (1, 1, 1)
