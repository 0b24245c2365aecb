"""`pywats.testing`: a real server for the tests of users."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from pywats import Asset, AssetAlarmState, AuthorizationError, ConflictError, pyWATS
from pywats.testing import ManualClock, ThrowAwayServer, throw_away_server
from pywats.testing.serving import served
from pywats_server.app import create_app
from pywats_server.settings import Settings

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared() -> Iterator[ThrowAwayServer]:
    """A server for the tests of this file."""
    with throw_away_server(NOON) as server:
        yield server


@pytest.fixture
def server(shared: ThrowAwayServer) -> ThrowAwayServer:
    """A server with nothing in it."""
    shared.reset()
    return shared


def calibrated_once_a_year(api: pyWATS) -> Asset:
    """A multimeter that has just been calibrated."""
    kind = api.asset.create_asset_type("DMM", calibration_interval=365)
    made = api.asset.create_asset("DMM-001", kind.type_id)
    api.asset.record_calibration(made.asset_id)
    return made


def alarm_state(api: pyWATS) -> AssetAlarmState:
    status = api.asset.get_status(serial_number="DMM-001")
    assert status is not None
    return status.alarm_state


def test_calibration_is_overdue_when_the_clock_has_moved_on(server: ThrowAwayServer) -> None:
    with server.client() as api:
        calibrated_once_a_year(api)
        assert alarm_state(api) is AssetAlarmState.OK
        server.clock.advance(days=366)
        assert alarm_state(api) is AssetAlarmState.ALARM


def test_moments_are_those_of_the_clock(server: ThrowAwayServer) -> None:
    server.clock.set(NOON + timedelta(hours=1))
    with server.client() as api:
        made = calibrated_once_a_year(api)
        asset = api.asset.get_asset(made.asset_id)
    assert asset is not None
    assert asset.last_calibration_date == server.clock.local


def test_reset_server_holds_nothing_and_is_back_at_its_start(server: ThrowAwayServer) -> None:
    with server.client() as api:
        calibrated_once_a_year(api)
        server.clock.advance(days=1)
        server.reset()
        assert api.asset.get_assets() == []
        assert [kind.type_name for kind in api.asset.get_asset_types()] == []
    assert server.clock.now == NOON


def test_reset_server_keeps_no_files_of_what_was_there(server: ThrowAwayServer) -> None:
    folder = server._stock.parent
    before = len(list(folder.iterdir()))
    for _ in range(3):
        server.reset()
    assert len(list(folder.iterdir())) == before


@pytest.mark.parametrize("role", ["viewer", "operator", "manager", "administrator"])
def test_client_may_do_what_its_role_may(server: ThrowAwayServer, role: str) -> None:
    with server.client(role) as api:
        assert api.asset.get_assets() == []
        if role in ("viewer", "operator"):
            with pytest.raises(AuthorizationError):
                api.asset.create_asset_type("DMM")
        else:
            assert api.asset.create_asset_type("DMM").type_name == "DMM"


def test_unknown_role_is_refused(server: ThrowAwayServer) -> None:
    with pytest.raises(ValueError, match="owner"):
        server.client("owner")


def test_clients_of_both_kinds_reach_the_same_server(server: ThrowAwayServer) -> None:
    with server.client() as api:
        calibrated_once_a_year(api)

    async def script() -> list[str]:
        async with server.async_client("viewer", timeout=5) as other:
            return [asset.serial_number for asset in await other.asset.get_assets()]

    assert asyncio.run(script()) == ["DMM-001"]


def test_server_starts_inside_a_running_loop_too() -> None:
    async def script() -> list[Asset]:
        with throw_away_server() as server:
            async with server.async_client() as api:
                return await api.asset.get_assets()

    assert asyncio.run(script()) == []


def test_two_servers_share_nothing(server: ThrowAwayServer) -> None:
    with throw_away_server(NOON) as other, server.client() as api, other.client() as elsewhere:
        calibrated_once_a_year(api)
        other.clock.advance(days=1)
        assert elsewhere.asset.get_assets() == []
        assert server.clock.now == NOON
        calibrated_once_a_year(elsewhere)
        with pytest.raises(ConflictError):
            calibrated_once_a_year(elsewhere)


def test_application_that_cannot_start_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    missing = tmp_path / "no folder" / "pywats.sqlite"
    app: FastAPI = create_app(Settings(data=tmp_path, database=f"sqlite:///{missing}"))
    caplog.set_level(logging.CRITICAL)
    with pytest.raises(RuntimeError, match="did not start"), served(app):
        pass


@pytest.mark.parametrize("moment", [NOON, NOON.astimezone().replace(tzinfo=None)], ids=["aware", "local"])
def test_clock_takes_aware_and_local_moments(moment: datetime) -> None:
    clock = ManualClock(moment)
    clock.set(moment)
    assert clock() == clock.now == NOON
    assert clock.local == NOON.astimezone().replace(tzinfo=None)


def test_missing_extra_is_named() -> None:
    program = "import sys; sys.modules['fastapi'] = None; import pywats; import pywats.testing"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "which needs fastapi: pip install 'pywats-assets[server]'" in ran.stderr


# The fixtures, in a run of pytest as users have it


def run_pytest(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run *code* as a test file in a folder without any settings."""
    (folder / "test_users.py").write_text(code)
    # Other plugins of this environment take seconds to start.
    others = [f"-pno:{name}" for name in ("schemathesis", "hypothesispytest", "pytest_cov")]
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--rootdir", str(folder), *others, *arguments]
    return subprocess.run([*command, str(folder)], cwd=folder, capture_output=True, text=True, timeout=100)


TESTS = """
import pytest
from pywats import pyWATS

@pytest.mark.parametrize("turn", [1, 2])
def test_fixtures_start_afresh(wats, wats_server, wats_clock, turn):
    assert wats.asset.get_asset_types() == []
    wats.asset.create_asset("A", wats.asset.create_asset_type("DMM").type_id)
    assert wats_clock is wats_server.clock
    wats_clock.advance(days=1)

@pytest.fixture
def station(monkeypatch):
    monkeypatch.setenv("PYWATS_BASE_URL", "https://wats.example.com")
    monkeypatch.setenv("PYWATS_TIMEOUT", "none")

def test_program_without_settings_reaches_the_server(station, wats_server):
    with pyWATS() as api:
        assert repr(api) == f"pyWATS(base_url='{wats_server.url}')"
        assert api.asset.get_assets() == []
"""


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_fixtures_are_found_without_any_setting(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = run_pytest(tmp_path, TESTS, *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


def test_runs_without_the_fixtures_import_nothing_of_ours(tmp_path: Path) -> None:
    code = "import sys\n\ndef test_nothing():\n    assert not {'pywats', 'pydantic', 'fastapi'} & set(sys.modules)\n"
    ran = run_pytest(tmp_path, code)
    assert ran.returncode == 0, ran.stdout + ran.stderr
