"""The gate before a test, over a transport that answers from a script and by a clock that the test moves."""

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client.fakes import ASSET_ID, FakeTransport, answer, asset_document, config, content_of, path_of
from pywats import (
    AssetNotReadyError,
    AssetRun,
    AuthenticationError,
    ConnectionError,
    NotCountedError,
    ReadinessPolicy,
    RetryConfig,
    ServerError,
    Verdict,
)
from pywats.blocking import BlockingContext, run
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.domains.asset.earlier_answers import MOST_ANSWERS, Answer, InFile, InMemory, Setup
from pywats.domains.asset.start_gate import StartGate
from pywats.http.client import HttpClient
from pywats.http.request import Response
from pywats.testing import ManualClock
from pywats.workers import Workers

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
AWAY = ConnectionError("Cannot connect", may_have_arrived=False)
LOST = ConnectionError("The connection broke")
REFUSED_TO_CONNECT = ConnectionError("Will not connect: the certificate is not trusted", permanent=True)
SHIFT = timedelta(hours=8)
ONCE = RetryConfig(enabled=False)


def fine(serial: str = "DMM-001", **facts: Any) -> dict[str, Any]:
    """A status as the server sends it."""
    names = {"assetId": f"id of {serial}", "serialNumber": serial, "parentAssetId": None}
    return {**names, "alarmState": 0, "status": 0, "message": "", "state": 1, "reasons": [], **facts}


def alarm(serial: str = "DMM-001") -> dict[str, Any]:
    return fine(serial, alarmState=2, status=3, message="Calibration is 3 days overdue.")


class Bench:
    """A service whose server answers from a script."""

    def __init__(
        self,
        *answers: Response | Exception,
        server: str = "http://wats.test",
        retry: RetryConfig = ONCE,
    ) -> None:
        self.clock = ManualClock(NOON)
        self.transport = FakeTransport(*answers)
        repository = AsyncAssetRepository(HttpClient(config(retry=retry), self.transport))
        self.asset = AsyncAssetService(repository, StartGate(repository, server, self.clock))

    def check(self, *serials: str, **settings: Any) -> Any:
        return run(self.asset.check_ready(serials or ["DMM-001"], **settings))

    def use(self, *serials: str, **settings: Any) -> AbstractContextManager[AssetRun]:
        return BlockingContext(self.asset.use(*(serials or ["DMM-001"]), **settings), Workers(1))

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {path_of(request).removeprefix('/api/')}" for request in self.transport.requests]


CHECK, COUNT = "POST internal/Asset/Readiness", "POST Asset/Counts"
AS_COUNTED = {"serialNumber": "DMM-001", "status": 0, "alarmState": 0, "runningCount": 1, "totalCount": 9}
COUNTED = answer([{"assetId": ASSET_ID, **AS_COUNTED}])


# The check


def test_check_asks_once_for_the_whole_set_up() -> None:
    bench = Bench(answer([fine(), alarm("PSU-001")]))
    readiness = bench.check("DMM-001", "PSU-001", "DMM-001", asset_ids=[ASSET_ID], culture_code="de")
    assert bench.paths == [CHECK]
    assert content_of(bench.transport.last) == {
        "assets": [{"assetId": ASSET_ID}, {"serialNumber": "DMM-001"}, {"serialNumber": "PSU-001"}],
        "includeChildren": True,
        "cultureCode": "de",
    }
    assert (readiness.verdict, readiness.from_cache, readiness.age) == (Verdict.STOP, False, timedelta(0))
    assert readiness.reasons == ("PSU-001: Calibration is 3 days overdue.",)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"serial_numbers": "DMM-001"},
        {"asset_ids": ASSET_ID},
        {"serial_numbers": [""]},
        {"serial_numbers": map(str, range(1001))},
    ],
    ids=["nothing", "a text", "a text of an id", "a blank", "too many"],
)
def test_check_of_what_is_no_set_up_is_refused_before_anything_is_sent(wrong: dict[str, Any]) -> None:
    bench = Bench()
    with pytest.raises(ValueError, match=r"set-up|must be"):
        run(bench.asset.check_ready(**wrong))
    assert bench.paths == []


# While the server cannot be reached


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Where the earlier answer is."""
    return {} if request.param == "memory" else {"cache": tmp_path / "ready.sqlite"}


@pytest.mark.parametrize("away", [AWAY, LOST, answer(status=503)], ids=["no connection", "lost", "503"])
def test_earlier_answer_serves_while_the_server_cannot_be_reached(
    cache: dict[str, Any], away: Response | Exception
) -> None:
    bench = Bench(answer([fine(calibrationDaysOverdue=-0.25)]), away)
    bench.check(**cache)
    bench.clock.advance(hours=2)
    readiness = bench.check(max_age=SHIFT, **cache)
    assert (readiness.verdict, readiness.age, readiness.from_cache) == (Verdict.GO, timedelta(hours=2), True)
    bench.clock.advance(hours=4)
    (reason,) = bench.check(max_age=SHIFT, **cache).reasons
    assert reason == "DMM-001: Its calibration has fallen due since the server was asked."


@pytest.mark.parametrize(("max_age", "attempts"), [(None, 3), (SHIFT, 1)])
def test_server_that_is_away_is_asked_once_where_an_earlier_answer_serves(
    max_age: timedelta | None, attempts: int
) -> None:
    bench = Bench(answer([fine()]), *[AWAY] * 3, retry=RetryConfig(max_attempts=3))
    bench.check()
    with contextlib.suppress(ConnectionError):
        bench.check(max_age=max_age)
    assert len(bench.paths) == 1 + attempts


def test_answer_of_a_server_that_can_be_reached_is_always_the_newest(cache: dict[str, Any]) -> None:
    bench = Bench(answer([fine()]), answer([alarm()]), AWAY)
    assert [bench.check(max_age=SHIFT, **cache).verdict for _ in range(3)] == [Verdict.GO, Verdict.STOP, Verdict.STOP]


@pytest.mark.parametrize(
    ("moved", "max_age"),
    [(0, None), (9, SHIFT), (-1, SHIFT)],
    ids=["no limit told", "too old", "clock set back"],
)
def test_earlier_answer_that_may_not_serve_leaves_the_error(
    cache: dict[str, Any], moved: int, max_age: timedelta | None
) -> None:
    bench = Bench(answer([fine()]), AWAY)
    bench.check(**cache)
    bench.clock.advance(hours=moved)
    with pytest.raises(ConnectionError):
        bench.check(max_age=max_age, **cache)


@pytest.mark.parametrize(
    ("other", "asked"),
    [({"serial_numbers": ["DMM-002"]}, {}), ({"include_children": False}, {}), ({}, {"culture_code": "de"})],
    ids=["other assets", "without children", "another language"],
)
def test_earlier_answer_serves_only_the_same_question(
    cache: dict[str, Any], other: dict[str, Any], asked: dict[str, Any]
) -> None:
    bench = Bench(answer([fine()]), AWAY)
    run(bench.asset.check_ready(**({"serial_numbers": ["DMM-001"]} | other), **cache))
    with pytest.raises(ConnectionError):
        bench.check(max_age=SHIFT, **asked, **cache)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (REFUSED_TO_CONNECT, ConnectionError),
        (answer(status=401), AuthenticationError),
        (answer(status=500), ServerError),
    ],
    ids=["certificate", "token", "defect"],
)
def test_earlier_answer_hides_no_other_fault(fault: Response | Exception, error: type[Exception]) -> None:
    bench = Bench(answer([fine()]), fault)
    bench.check()
    with pytest.raises(error):
        bench.check(max_age=SHIFT)


def test_file_serves_the_next_start_of_the_program_and_no_other_server(tmp_path: Path) -> None:
    file = {"max_age": SHIFT, "cache": str(tmp_path / "ready.sqlite")}
    Bench(answer([fine(reasons=[{"kind": "calibration", "level": 1, "dueDate": "2026-04-01T00:00:00"}])])).check(**file)
    restarted = Bench(AWAY)
    assert restarted.check(**file).from_cache
    assert restarted.check(**file).verdict is Verdict.WARN
    with pytest.raises(ConnectionError):
        Bench(AWAY, server="http://other.test").check(**file)


def test_file_that_cannot_be_used_is_no_reason_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = tmp_path / "ready.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    bench = Bench(answer([fine()]), AWAY)
    with caplog.at_level(logging.WARNING, "pywats"):
        assert bench.check(cache=broken).verdict is Verdict.GO
        with pytest.raises(ConnectionError):
            bench.check(cache=broken, max_age=SHIFT)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        f"The answer about a set-up cannot be kept in {broken}",
        f"The answer about a set-up cannot be read from {broken}",
    ]


def test_earlier_answers_have_an_end(tmp_path: Path) -> None:
    setups = [Setup((f"S-{number}",), (), True, None) for number in range(MOST_ANSWERS + 1)]
    for answers in (InMemory(), InFile(tmp_path / "ready.sqlite", "")):
        for number, setup in enumerate(setups):
            answers.keep(setup, Answer(NOON + timedelta(seconds=number), []))
        assert answers.recall(setups[0]) is None
        assert answers.recall(setups[1]) == Answer(NOON + timedelta(seconds=1), [])


def test_file_is_shared_by_threads(tmp_path: Path) -> None:
    path = tmp_path / "ready.sqlite"
    setups = [Setup((f"S-{number}",), (), True, None) for number in range(8)]
    threads = [threading.Thread(target=InFile(path, "").keep, args=(setup, Answer(NOON, []))) for setup in setups]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM answer").fetchone() == (8,)
    file.close()


# A block that uses a set-up


def test_use_checks_runs_the_block_and_counts_each_asset_once() -> None:
    bench = Bench(answer([fine(), fine("PROBE-001", parentAssetId="id of DMM-001")]), COUNTED)
    with bench.use("DMM-001", "DMM-001") as test:
        assert bench.paths == [CHECK]
        assert (test.verdict, test.counts) == (Verdict.GO, None)
    assert bench.paths == [CHECK, COUNT]
    assert content_of(bench.transport.last) == [{"serialNumber": "DMM-001", "incrementBy": 1}]
    assert isinstance(test.counts, list)
    assert [row.total_count for row in test.counts] == [9]


def test_use_counts_what_is_mounted_too_each_asset_once_when_told() -> None:
    bench = Bench(answer([fine(), fine("PROBE-001", parentAssetId="id of DMM-001")]), COUNTED)
    with bench.use(count=5, count_children=True) as test:
        test.count = 7
    rows = content_of(bench.transport.last)
    assert [(row["serialNumber"], row["incrementBy"]) for row in rows] == [("DMM-001", 7), ("PROBE-001", 7)]


def test_use_of_what_is_not_ready_never_enters_the_block() -> None:
    bench = Bench(answer([fine(), alarm("PSU-001")]))
    with pytest.raises(AssetNotReadyError, match="PSU-001: Cal") as refused, bench.use("DMM-001", "PSU-001"):
        pytest.fail("the block was entered")
    assert refused.value.reasons == ("PSU-001: Calibration is 3 days overdue.",)
    assert bench.paths == [CHECK]


def test_use_enters_the_block_in_spite_of_an_alarm_that_only_warns() -> None:
    bench = Bench(answer([alarm()]), COUNTED)
    with bench.use(policy=ReadinessPolicy(alarm="warn")) as test:
        assert (test.verdict, len(test.readiness.reasons)) == (Verdict.WARN, 1)


def test_use_says_when_an_earlier_answer_refuses() -> None:
    bench = Bench(answer([alarm()]), AWAY)
    bench.check()
    bench.clock.advance(hours=1)
    with pytest.raises(AssetNotReadyError, match="this is what it said 1:00:00 ago"), bench.use(max_age=SHIFT):
        pytest.fail("the block was entered")


@pytest.mark.parametrize(("told", "paths"), [(False, [CHECK]), (True, [CHECK, COUNT])])
def test_block_that_fails_counts_only_when_told(told: bool, paths: list[str]) -> None:
    bench = Bench(answer([fine()]), COUNTED)
    with pytest.raises(ZeroDivisionError), bench.use(count_on_error=told):
        _ = 1 / 0
    assert bench.paths == paths


def test_error_of_the_block_is_not_lost_when_counting_fails_too() -> None:
    bench = Bench(answer([fine()]), LOST)
    with pytest.raises(ZeroDivisionError) as failure, bench.use(count_on_error=True):
        _ = 1 / 0
    (note,) = failure.value.__notes__
    assert note.startswith("Uses of DMM-001 were not counted: The connection broke")


@pytest.mark.parametrize(("fault", "unknown"), [(AWAY, False), (LOST, True), (answer({"code": "x"}, 403), False)])
def test_uses_that_were_not_counted_are_an_error_of_their_own(fault: Response | Exception, unknown: bool) -> None:
    bench = Bench(answer([fine()]), fault)
    with pytest.raises(NotCountedError, match="Uses of DMM-001, PSU-001") as error, bench.use("DMM-001", "PSU-001"):
        result = "passed"
    assert result == "passed"
    assert (error.value.assets, error.value.outcome_unknown) == (("DMM-001", "PSU-001"), unknown)
    assert error.value.__cause__ is not None


@pytest.mark.parametrize("wrong", [{"count": -1}, {"count": "2"}, {"count_children": True, "include_children": False}])
def test_use_with_an_argument_that_cannot_be_right_never_enters_the_block(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="count"), Bench(answer([fine()])).use(**wrong):
        pytest.fail("the block was entered")


def test_block_that_nobody_holds_any_more_counts_nothing() -> None:
    bench = Bench(answer([fine()]), COUNTED)
    held = bench.asset.use("DMM-001", count_on_error=True)
    run(held.__aenter__())
    del held
    assert bench.paths == [CHECK]


def test_use_inside_a_running_loop_is_entered_by_either_kind_of_with() -> None:
    async def cell() -> list[str]:
        bench = Bench(answer([fine()]), COUNTED, answer([fine()]), COUNTED)
        with bench.use():
            pass
        async with BlockingContext(bench.asset.use("DMM-001"), Workers(1)) as test:
            assert test.verdict is Verdict.GO
        return bench.paths

    assert asyncio.run(cell()) == [CHECK, COUNT] * 2


# Other WATS servers


def by_path(routes: dict[str, Response]) -> Callable[[str], Response]:
    """Answers by the end of the path; 404 to what no server of this kind knows."""
    return lambda path: next((found for end, found in routes.items() if path.endswith(end)), answer(status=404))


class PlainServer(FakeTransport):
    """A WATS server that knows no call for many assets."""

    def __init__(self, refusal: int) -> None:
        super().__init__()
        self.refusal = refusal
        self.counts: Iterator[Response | Exception] = iter([])

    async def send(self, request: Any) -> Response:
        self.requests.append(request)
        path = path_of(request)
        if request.method == "POST":
            return answer({"Message": "No such resource"}, self.refusal)
        if path.endswith("/Count"):
            counted = next(self.counts, answer(0))
            if isinstance(counted, Exception):
                raise counted
            return counted
        children = [asset_document(serialNumber="PROBE-001", assetId="probe", parentAssetId=ASSET_ID, state=3)]
        return by_path(
            {
                "/SubAssets": answer(children),
                "/Status": answer({"alarmState": 0, "status": 0, "message": ""}),
                "/DMM-001": answer(asset_document()),
            }
        )(path)


@pytest.fixture(params=[404, 405])
def plain(request: pytest.FixtureRequest) -> Bench:
    """A bench at such a server."""
    bench = Bench()
    bench.transport = PlainServer(request.param)
    repository = AsyncAssetRepository(HttpClient(config(retry=ONCE), bench.transport))
    bench.asset = AsyncAssetService(repository, StartGate(repository, clock=bench.clock))
    return bench


def test_plain_server_is_asked_asset_by_asset(plain: Bench) -> None:
    readiness = plain.check("DMM-001", "GONE")
    assert [(str(asset), asset.verdict) for asset in readiness.assets] == [
        ("DMM-001", Verdict.GO),
        ("PROBE-001 in DMM-001", Verdict.STOP),
        ("GONE", Verdict.STOP),
    ]
    assert readiness.reasons == (
        "PROBE-001 in DMM-001: Its state is in maintenance.",
        "GONE: There is no asset 'GONE'.",
    )
    plain.check(include_children=False)
    assert plain.paths.count(CHECK) == 1


def test_plain_server_counts_asset_by_asset(plain: Bench) -> None:
    with plain.use("DMM-001", include_children=False) as test:
        pass
    assert plain.paths[-1] == "PUT Asset/Count"
    assert COUNT not in plain.paths
    assert test.counts == []


def test_plain_server_that_counts_only_some_leaves_the_others_named(plain: Bench) -> None:
    assert isinstance(plain.transport, PlainServer)
    plain.transport.counts = iter([answer(0), LOST])
    with pytest.raises(NotCountedError) as error, plain.use("DMM-001", asset_ids=["DMM-001"], include_children=False):
        pass
    assert (error.value.assets, error.value.outcome_unknown) == (("DMM-001",), True)
