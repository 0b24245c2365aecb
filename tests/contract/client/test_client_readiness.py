"""The gate before a test: the real client on the real server, and on a line to it that a test cuts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.client.conftest import Connect, Live, Make
from contract.client.faces import Face
from contract.client.line import Line, line_to
from pywats import (
    AssetNotReadyError,
    AssetState,
    AuthorizationError,
    ConnectionError,
    NotCountedError,
    Queued,
    ReadinessPolicy,
    Verdict,
)
from pywats.domains.asset.checks import MOST_ASSETS
from pywats.domains.asset.service import AssetService
from pywats_server.services.readiness import MAX_ASSETS
from pywats_server.services.session import Role

SHIFT = timedelta(hours=8)


@pytest.fixture
def line(live: Live) -> Iterator[Line]:
    """A line to the server."""
    with line_to(live.url) as made:
        yield made


@pytest.fixture
def bench(assets: AssetService, make: Make) -> None:
    """A fixture with probes that stand 10 uses, of which 8 are a warning, and a meter."""
    probes = assets.create_asset_type("Probes", running_count_limit=10, warning_threshold=80)
    make("FIXTURE-001")
    make("PROBE-001", probes.type_id, parent_serial_number="FIXTURE-001", running_count=5)
    make("DMM-001")


def totals(assets: AssetService) -> dict[str, int | None]:
    """The total counts."""
    return {asset.serial_number: asset.total_count for asset in assets.get_assets()}


def test_client_names_as_many_assets_as_the_server_takes() -> None:
    assert MOST_ASSETS == MAX_ASSETS


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(
    ("uses", "verdict", "told"),
    [(0, Verdict.GO, None), (3, Verdict.WARN, "running count"), (5, Verdict.STOP, "running count")],
)
def test_check_tells_of_what_is_mounted_in_the_set_up(
    assets: AssetService, uses: int, verdict: Verdict, told: str | None
) -> None:
    assets.increment_count(serial_number="PROBE-001", amount=uses)
    readiness = assets.check_ready(["FIXTURE-001", "DMM-001"])
    assert readiness.verdict is verdict
    assert [str(asset) for asset in readiness.assets] == ["FIXTURE-001", "DMM-001", "PROBE-001 in FIXTURE-001"]
    assert [reason.startswith("PROBE-001 in FIXTURE-001: ") for reason in readiness.reasons] == ([True] if told else [])
    assert assets.check_ready(["FIXTURE-001"], include_children=False).verdict is Verdict.GO


@pytest.mark.usefixtures("bench")
def test_check_stops_for_a_state_and_for_what_is_not_registered(assets: AssetService) -> None:
    assets.set_asset_state(AssetState.IN_CALIBRATION, serial_number="DMM-001")
    readiness = assets.check_ready(["DMM-001", "GONE-001"], culture_code="de")
    assert readiness.verdict is Verdict.STOP
    state, gone = readiness.reasons
    assert state == "DMM-001: Its state is in calibration."
    assert gone.startswith("GONE-001: There is no asset with the serial number 'GONE-001'.")


@pytest.mark.usefixtures("bench")
def test_use_counts_each_named_asset_once(assets: AssetService) -> None:
    with assets.use("FIXTURE-001", "DMM-001") as test:
        assert totals(assets) == {"FIXTURE-001": 0, "PROBE-001": 0, "DMM-001": 0}
    assert totals(assets) == {"FIXTURE-001": 1, "PROBE-001": 0, "DMM-001": 1}
    assert isinstance(test.counts, list)
    assert [(row.serial_number, row.total_count) for row in test.counts] == [("FIXTURE-001", 1), ("DMM-001", 1)]


@pytest.mark.usefixtures("bench")
def test_use_counts_what_is_mounted_until_it_is_worn(assets: AssetService) -> None:
    for _ in range(5):
        with assets.use("FIXTURE-001", "PROBE-001", count_children=True):
            pass
    with pytest.raises(AssetNotReadyError, match="PROBE-001"), assets.use("FIXTURE-001"):
        pytest.fail("the block was entered")
    assert totals(assets) == {"FIXTURE-001": 5, "PROBE-001": 5, "DMM-001": 0}
    with assets.use("FIXTURE-001", policy=ReadinessPolicy(alarm="ignore")) as test:
        assert test.verdict is Verdict.GO


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(("told", "counted"), [(False, 0), (True, 1)])
def test_use_of_a_test_that_failed_counts_when_told(assets: AssetService, told: bool, counted: int) -> None:
    with pytest.raises(ZeroDivisionError), assets.use("DMM-001", count_on_error=told):
        _ = 1 / 0
    assert totals(assets)["DMM-001"] == counted


@pytest.mark.usefixtures("bench")
def test_use_without_the_right_to_count_says_so_at_the_end(connect: Connect) -> None:
    viewer = connect(Role.VIEWER).asset
    with pytest.raises(NotCountedError, match="DMM-001") as error, viewer.use("DMM-001"):
        pass
    assert isinstance(error.value.__cause__, AuthorizationError)


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("keeps_file", [False, True], ids=["memory", "file"])
def test_test_goes_on_while_the_server_is_away_and_its_uses_are_counted_later(
    connect: Connect, line: Line, assets: AssetService, tmp_path: Path, keeps_file: bool
) -> None:
    cache = tmp_path / "ready.sqlite" if keeps_file else None
    settings = {"base_url": line.url, "outbox": tmp_path / "outbox.db", "retry_enabled": False}
    station: Face = connect(**settings)
    assert station.asset.check_ready(["DMM-001"], cache=cache).verdict is Verdict.GO

    line.cut()
    if keeps_file:
        # The program was started anew.
        station = connect(**settings)
    with pytest.raises(ConnectionError):
        station.asset.check_ready(["DMM-001"], cache=cache)
    with station.asset.use("DMM-001", max_age=SHIFT, cache=cache) as test:
        assert test.readiness.from_cache
    assert isinstance(test.counts, Queued)

    line.mend()
    station.outbox.flush()
    assert totals(assets)["DMM-001"] == 1


@pytest.mark.usefixtures("bench")
def test_server_without_calls_for_many_assets_serves_as_well(
    connect: Connect, line: Line, assets: AssetService
) -> None:
    asked = ["DMM-001", "FIXTURE-001", "GONE-001"]
    whole = assets.check_ready(asked)
    line.hides = ("/api/internal/Asset/Readiness", "/api/Asset/Counts")
    station = connect(base_url=line.url, retry_enabled=False).asset
    one_by_one = station.check_ready(asked)

    assert [(asset.serial_number, asset.mounted_in, asset.verdict) for asset in one_by_one.assets] == [
        (asset.serial_number, asset.mounted_in, asset.verdict) for asset in whole.assets
    ]
    with station.use("DMM-001", "FIXTURE-001", count_children=True, count=2):
        pass
    assert totals(assets) == {"FIXTURE-001": 2, "PROBE-001": 2, "DMM-001": 2}
