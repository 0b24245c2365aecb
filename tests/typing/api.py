"""A user's program. It is never run: it must pass `mypy --strict` as it stands."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, assert_type
from uuid import UUID

from pywats import (
    Asset,
    AssetAlarmState,
    AssetCounts,
    AssetLog,
    AssetLogType,
    AssetNotReadyError,
    AssetOutcome,
    AssetRun,
    AssetState,
    AssetStatus,
    AssetType,
    AssetUse,
    AsyncWATS,
    Condition,
    ConnectionError,
    F,
    IntervalMode,
    NotCountedError,
    NotFoundError,
    PyWATSError,
    Queued,
    Readiness,
    ReadinessPolicy,
    RequestReport,
    RetryConfig,
    Setting,
    Verdict,
    pyWATS,
)
from pywats.blocking import BlockingIterator
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.outbox import Entry, Flushed
from pywats.testing import ManualClock, ThrowAwayServer, throw_away_server

TYPE_ID = UUID("12345678-1234-1234-1234-123456789012")


def script() -> None:
    """Each call of the blocking face returns its value."""
    api = pyWATS(
        base_url="https://wats.example.com",
        token="dG9rZW4=",
        timeout=10,
        verify_ssl=True,
        retry_config=RetryConfig(max_attempts=5, retry_status_codes=frozenset({503})),
        retry_enabled=True,
    )
    assert_type(api.version(), str)
    assert_type(api.asset.get_assets("state eq 3", top=10), list[Asset])
    assert_type(api.asset.get_asset(serial_number="DMM-001"), Asset | None)
    assert_type(api.asset.get_asset_by_serial("DMM-001"), Asset | None)
    assert_type(api.asset.get_assets_by_serial(["A", "B"], at_once=4, progress=print), dict[str, Asset | None])
    assert_type(api.asset.create_asset("A", TYPE_ID, state=AssetState.OK, tags=[Setting(key="k", value="v")]), Asset)
    assert_type(api.asset.update_asset(Asset(serial_number="A"), only_if_unchanged=True), Asset)
    assert_type(api.asset.update_assets(iter([]), progress=print, on_outcome=print), list[AssetOutcome])
    assert_type(api.asset.delete_asset(serial_number="A"), bool)
    assert_type(api.asset.get_status("id", culture_code="de"), AssetStatus | None)
    assert_type(api.asset.get_asset_state(TYPE_ID), AssetState | None)
    assert_type(api.asset.set_asset_state(AssetState.IN_STORAGE, serial_number="A"), bool)
    assert_type(api.asset.is_in_alarm(Asset(serial_number="A")), bool)
    assert_type(api.asset.is_in_warning(AssetStatus()), bool)
    assert_type(api.asset.get_assets_in_alarm(10), list[Asset])
    assert_type(api.asset.get_assets_in_warning(), list[Asset])
    assert_type(api.asset.get_assets_by_alarm_state(AssetAlarmState.WARNING), list[Asset])
    assert_type(api.asset.get_assets_by_alarm_state(state=AssetState.IN_CALIBRATION), list[Asset])
    assert_type(api.asset.increment_count(serial_number="A", amount=2, increment_children=True), bool | Queued)
    assert_type(
        api.asset.increment_counts([("A", 2), AssetUse(asset_id="id", increment_by=3)]), list[AssetCounts] | Queued
    )
    assert_type(api.asset.increment_counts({"serial_number": f"A{n}"} for n in range(3)), list[AssetCounts] | Queued)
    assert_type(api.asset.reset_running_count("id", comment="done"), bool)
    assert_type(api.asset.set_running_count(5, "id"), bool)
    assert_type(api.asset.set_total_count(value=5, serial_number="A"), bool)
    assert_type(api.asset.record_calibration(serial_number="A", date_time=datetime.max), bool | Queued)
    assert_type(api.asset.record_maintenance("id", comment="cleaned"), bool | Queued)
    assert_type(api.asset.record_calibration_external("id", to_date=datetime.max), bool | Queued)
    assert_type(api.asset.record_maintenance_external(serial_number="A", to_date=datetime.max), bool | Queued)
    assert_type(api.asset.get_asset_log(orderby="date desc"), list[AssetLog])
    assert_type(api.asset.add_log_message("id", "moved", "operator"), bool | Queued)
    assert_type(api.asset.get_asset_types(), list[AssetType])
    assert_type(api.asset.create_asset_type("DMM", calibration_interval=IntervalMode.EXTERNAL), AssetType)
    assert_type(api.asset.update_asset_type(AssetType(type_name="DMM")), AssetType)
    assert_type(api.asset.delete_asset_types([TYPE_ID, "id"]), bool)
    assert_type(api.asset.get_child_assets(parent_serial="S", level=1), list[Asset])
    assert_type(api.asset.get_tree_status(serial_number="S", level=1), list[AssetStatus])
    assert_type(api.asset.add_child_asset("id", TYPE_ID), bool)
    assert_type(api.asset.set_parent(["id"], None), bool)
    assert_type(api.asset.get_asset_tags(serial_number="A"), list[Setting])
    assert_type(api.asset.set_asset_tags([Setting(key="k", value="v")], "id"), bool)
    assert_type(api.asset.upload_file("id", "a.pdf", b"%PDF"), bool)
    assert_type(api.asset.download_file("id", "a.pdf"), bytes | None)
    assert_type(api.asset.delete_files("id", ["a.pdf"]), bool)
    assert_type(api.asset.list_files("id"), list[str])
    assert_type(api.asset.iter_assets(page_size=100), BlockingIterator[Asset])
    for asset in api.asset.iter_assets():
        assert_type(asset, Asset)
    with pyWATS() as entered:
        assert_type(entered, pyWATS)
    api.close()


def gate(api: pyWATS) -> str | None:
    """A test that starts on equipment that is ready, and counts its use."""
    lenient = ReadinessPolicy(alarm="warn", warning="ignore", states={AssetState.IN_STORAGE: "stop"})
    readiness = api.asset.check_ready(["A"], [TYPE_ID], policy=lenient, max_age=timedelta(hours=8), cache=Path("r.db"))
    assert_type(readiness, Readiness)
    assert_type(readiness.verdict, Verdict)
    assert_type([asset.mounted_in for asset in readiness.assets], list[str | None])
    try:
        with api.asset.use("A", "B", asset_ids=["id"], count=2, count_on_error=True) as run:
            assert_type(run, AssetRun)
            result = "passed"
    except AssetNotReadyError as error:
        assert_type(error.reasons, tuple[str, ...])
        return None
    except NotCountedError as error:
        assert_type(error.assets, tuple[str, ...])
        raise
    assert_type(run.counts, list[AssetCounts] | Queued | None)
    return result


async def gate_in_a_loop(api: AsyncWATS, face: pyWATS) -> None:
    """The same with an event loop, on either face."""
    assert_type(await api.asset.check_ready(["A"]), Readiness)
    async with api.asset.use("A") as run, face.asset.use("B") as other:
        assert_type(run, AssetRun)
        assert_type(other, AssetRun)


def watched() -> None:
    """Metrics of calls."""

    def on_request(report: RequestReport) -> None:
        assert_type((report.operation, report.status, report.seconds), tuple[str, int | None, float])

    with pyWATS(on_request=on_request) as api:
        assert_type(api.version(), str)


def tested(wats_server: ThrowAwayServer) -> None:
    """Tests of programs."""
    with throw_away_server(datetime(2026, 3, 10)) as server, server.client("operator", timeout=5) as api:
        assert_type(server, ThrowAwayServer)
        assert_type(api, pyWATS)
        server.clock.advance(days=30)
        assert_type(server.clock, ManualClock)
        assert_type(server.clock.local, datetime)
        assert_type(server.tokens["viewer"], str)
    assert_type(wats_server.async_client(), AsyncWATS)


async def awaited(api: pyWATS) -> None:
    """Type checkers see the blocking form of a call; what `async with` gives is awaited in their eyes, too."""
    await api.asset.get_assets()  # type: ignore[misc]
    async with api as inside:
        assert_type(await inside.asset.get_assets(), list[Asset])


def mistakes(api: pyWATS) -> None:
    """What a type checker must not let pass."""
    api.asset.get_asset(serial_number=5)  # type: ignore[arg-type]
    api.asset.create_asset("A")  # type: ignore[call-arg]
    api.asset.increment_counts([("A", "2")])  # type: ignore[list-item]
    api.asset.use(["A"])  # type: ignore[arg-type]
    ReadinessPolicy(alarm="halt")  # type: ignore[arg-type]
    api.asset.create_asset("A", TYPE_ID, None, None, None, None, None, "part")  # type: ignore[call-arg]


async def program() -> None:
    """Each call of the asyncio face is awaited."""
    async with AsyncWATS("https://wats.example.com", "dG9rZW4=", retry_enabled=False) as api:
        assert_type(api, AsyncWATS)
        assert_type(api.asset, AsyncAssetService)
        assert_type(await api.version(), str)
        assert_type(await api.asset.get_assets(), list[Asset])
        assert_type(await api.asset.get_asset(serial_number="DMM-001"), Asset | None)
        assert_type(await api.asset.increment_count(serial_number="A"), bool | Queued)
        assert_type(await api.asset.increment_counts([("A", 1)]), list[AssetCounts] | Queued)
        assert_type(api.asset.iter_assets(filter=F.location == "Lab A"), AsyncIterator[Asset])
        assert_type(await api.asset.get_assets_by_serial(["A"]), dict[str, Asset | None])
        assert_type(await api.asset.update_assets([], at_once=2), list[AssetOutcome])
        assert_type(api.asset.is_in_alarm(AssetStatus()), bool)
    async with pyWATS() as inside:
        assert_type(inside, AsyncWATS)
    async for asset in pyWATS().asset.iter_assets():
        assert_type(asset, Asset)
    await api.close()


def models(asset: Asset, log: AssetLog, status: AssetStatus, asset_type: AssetType) -> None:
    """What the fields of models are."""
    assert_type(asset.serial_number, str)
    assert_type(asset.type_id, UUID | None)
    assert_type(asset.asset_id, str | None)
    assert_type(asset.state, AssetState)
    assert_type(asset.next_calibration_date, datetime | None)
    assert_type(asset.total_count, int | None)
    assert_type(asset.tags, list[Setting])
    assert_type(asset.asset_children, list[Asset])
    assert_type(asset.asset_type, AssetType | None)
    assert_type(log.log_type, AssetLogType)
    assert_type(log.date, datetime | None)
    assert_type(status.alarm_state, AssetAlarmState)
    assert_type(status["message"], Any)
    assert_type(status.get("alarmState"), Any | None)
    assert_type(asset_type.calibration_interval, float | None)
    if asset.next_calibration_date:
        assert_type((asset.next_calibration_date - datetime.now()).days, int)


def conditions(api: pyWATS, due: datetime) -> None:
    """Conditions that are made from fields."""
    condition = (F.location == "Lab A") & (F.next_calibration_date <= due) | ~F.part_number.is_null()
    assert_type(condition, Condition[Asset])
    assert_type(F.state != AssetState.OK, Condition[Asset])
    assert_type(F.alarm_state >= AssetAlarmState.WARNING, Condition[Asset])
    assert_type(F.type_id.in_([TYPE_ID, "id"]), Condition[Asset])
    assert_type(F.total_count > 1000, Condition[Asset])
    assert_type(F.tags["Rack"].lower().startswith("a"), Condition[Asset])
    assert_type(F.tags.has("Rack"), Condition[Asset])
    assert_type(api.asset.get_assets(condition, top=10), list[Asset])
    assert_type(api.asset.get_assets(filter="state eq 3"), list[Asset])
    assert_type(api.asset.get_asset_log(filter=F.log.log_type == AssetLogType.MESSAGE), list[AssetLog])
    assert_type(api.asset.get_asset_types(~F.types.is_readonly.is_true()), list[AssetType])

    F.locaton.contains("Lab A")  # type: ignore[attr-defined]
    F.total_count.contains("1")  # type: ignore[attr-defined]
    api.asset.get_assets(F.next_calibration_date < "2026-01-31")  # type: ignore[operator]
    F.location.in_([1])  # type: ignore[list-item]
    (F.location == "Lab A") & (F.log.user == "anna")  # type: ignore[operator]
    api.asset.get_assets(F.log.user == "anna")  # type: ignore[arg-type]
    api.asset.get_assets(filter=F.location == 5)  # type: ignore[arg-type]
    api.asset.get_assets(filter=F.state == AssetAlarmState.OK)  # type: ignore[arg-type]


def outcomes(api: pyWATS, assets: list[Asset]) -> None:
    """What became of each of many."""
    for outcome in api.asset.update_assets(assets):
        assert_type(outcome.given, Asset)
        assert_type(outcome.asset, Asset | None)
        assert_type(outcome.error, PyWATSError | None)


def failures(api: pyWATS) -> str:
    """What errors tell."""
    try:
        api.asset.delete_asset(serial_number="A")
    except NotFoundError as error:
        assert_type(error.status_code, int | None)
        assert_type(error.request_id, str | None)
        assert_type(error.details, dict[str, Any])
        return error.message
    except ConnectionError as error:
        assert_type(error.may_have_arrived, bool)
    except PyWATSError as error:
        return str(error)
    return ""


def offline(api: pyWATS) -> None:
    """What waits while the server is away."""
    with pyWATS(outbox=Path("station.outbox")) as station:
        counted = station.asset.increment_count(serial_number="A")
        if isinstance(counted, Queued):
            assert_type((counted.key, counted.position), tuple[str, int])
        else:
            assert_type(counted, bool)
        counts = station.asset.increment_counts([("A", 1)])
        if not isinstance(counts, Queued):
            assert_type(counts[0].total_count, int)
    assert_type(api.outbox.pending(), list[Entry])
    assert_type(api.outbox.refused()[0].made_at, datetime)
    assert_type(api.outbox.uncertain()[0].error, str | None)
    assert_type(api.outbox.flush(timeout=5, progress=lambda done: print(done.delivered)), Flushed)
    assert_type(api.outbox.retry("key"), Queued | None)
    assert_type(api.outbox.discard("key"), bool)
    assert_type(api.outbox.export("station.jsonl"), int)
    assert_type(len(api.outbox), int)


async def offline_in_a_loop(api: AsyncWATS) -> None:
    """The same, awaited."""
    assert_type(await api.outbox.pending(), list[Entry])
    assert_type(await api.outbox.flush(), Flushed)
    assert_type(await api.outbox.retry("key"), Queued | None)
    assert_type(len(api.outbox), int)


def parts() -> AsyncAssetService:
    """A service on a repository on anything that sends."""
    from pywats.http.request import Request, Response

    class Sender:
        async def send(self, request: Request) -> Response:
            return Response(200, {}, b"[]")

    return AsyncAssetService(AsyncAssetRepository(Sender(), "https://wats.example.com"))
