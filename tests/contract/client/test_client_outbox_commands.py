"""`pywats outbox` on a real server: what waits is shown without it, and delivered to it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from contract.client.conftest import TYPE_ID, Live
from pywats import pyWATS
from pywats.commands.line import app
from pywats.http.request import KEY_HEADER, Repeat, Request
from pywats.outbox.file import OutboxFile
from pywats_server.services.session import Role

# Databases make no difference up here.
pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)

Command = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the outbox of these tests is."""
    return tmp_path / "station.outbox"


@pytest.fixture
def command(live: Live, path: Path) -> Command:
    """Runs the command line, which has an outbox, with these arguments."""
    token = live.tokens[Role.ADMINISTRATOR]
    environment = {"PYWATS_BASE_URL": live.url, "PYWATS_TOKEN": token, "PYWATS_OUTBOX": str(path)}

    def run(*arguments: str, **variables: str) -> Result:
        return CliRunner(env=environment | variables).invoke(app, arguments, prog_name="pywats")

    return run


@pytest.fixture
def api(live: Live) -> Iterator[pyWATS]:
    """A client to look at the server, on which `DMM-001` is."""
    with pyWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as api:
        api.asset.create_asset("DMM-001", TYPE_ID)
        yield api


def keep(path: Path, live: Live, serial_number: str = "DMM-001") -> str:
    """A use that waits for the server; gives its key."""
    query = f"serialNumber={serial_number}&incrementBy=1"
    request = Request("PUT", f"/api/Asset/Count?{query}", {KEY_HEADER: str(uuid4())}, repeat=Repeat.KEYED)
    return OutboxFile(path).put(request, live.url).key


def test_call_that_waits_says_so_and_is_shown(command: Command, path: Path, live: Live) -> None:
    away = command("--base-url", "http://127.0.0.1:9", "asset", "count", "DMM-001")
    assert away.stdout == "Counted 1 for DMM-001 - kept in the outbox until the server can be reached.\n"
    shown = command("outbox", "show").stdout
    assert "waiting" in shown
    assert "/api/Asset/Count" in shown
    assert [entry["state"] for entry in json.loads(command("outbox", "show", "--json").stdout)] == ["waiting"]


def test_flush_delivers_what_waits(command: Command, path: Path, live: Live, api: pyWATS) -> None:
    for _ in range(3):
        keep(path, live)
    result = command("outbox", "flush")
    assert result.exit_code == 0, result.output
    assert "0 waiting" in result.stdout
    found = api.asset.get_asset(serial_number="DMM-001")
    assert found is not None
    assert found.total_count == 3


def test_flush_that_leaves_something_says_why(command: Command, path: Path, live: Live) -> None:
    command("--base-url", "http://127.0.0.1:9", "asset", "count", "DMM-001")
    result = command("--base-url", "http://127.0.0.1:9", "outbox", "flush")
    assert result.exit_code == 3
    assert "1 waiting: Cannot connect" in result.stdout


def test_refused_entry_is_shown_and_discarded(command: Command, path: Path, live: Live) -> None:
    key = keep(path, live, "nothing")
    assert "1 refused" in command("outbox", "flush").stdout
    assert "refused" in command("outbox", "show").stdout
    assert command("outbox", "discard", key).exit_code == 3
    assert command("outbox", "discard", key, "--yes").exit_code == 0
    assert json.loads(command("outbox", "show", "--json").stdout) == []
    assert "There is no entry" in command("outbox", "discard", key, "--yes").stderr


def test_refused_entry_is_delivered_once_its_reason_has_gone(
    command: Command, path: Path, live: Live, api: pyWATS
) -> None:
    key = keep(path, live, "DMM-002")
    command("outbox", "flush")
    api.asset.create_asset("DMM-002", TYPE_ID)
    assert command("outbox", "retry", key).exit_code == 0
    found = api.asset.get_asset(serial_number="DMM-002")
    assert found is not None
    assert found.total_count == 1
    assert "was refused or is uncertain" in command("outbox", "retry", key).stderr


def test_export_writes_a_line_for_each_entry(command: Command, path: Path, live: Live, tmp_path: Path) -> None:
    key = keep(path, live)
    target = tmp_path / "station.jsonl"
    assert command("outbox", "export", str(target)).exit_code == 0
    assert json.loads(target.read_text("utf-8"))["key"] == key
    assert "File exists" in command("outbox", "export", str(target)).stderr


def test_outbox_that_is_not_there_is_not_made(command: Command, path: Path, live: Live) -> None:
    assert "There is no outbox" in command("outbox", "show").stderr
    assert not path.exists()
    assert "PYWATS_OUTBOX" in command("outbox", "show", PYWATS_OUTBOX="").stderr


def test_outbox_of_another_program_is_named_by_its_file(command: Command, path: Path, live: Live) -> None:
    keep(path, live)
    shown = command("outbox", "show", "--json", "--file", str(path), PYWATS_OUTBOX="")
    assert len(json.loads(shown.stdout)) == 1
