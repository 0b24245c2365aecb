"""Clients across the life of processes: forks, pickles, ends that nobody prepared."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.client.line import Line, line_to
from pywats import AsyncWATS, pyWATS
from pywats.domains.asset.service import AssetService
from pywats.testing import ThrowAwayServer

Run = Callable[[str], str]

PLAIN = """
from pywats import pyWATS
api = pyWATS()
def use(number):
    for _ in range(10):
        assert api.asset.increment_count(serial_number="SHARED")
        assert api.asset.get_asset(serial_number=f"A-{number}").serial_number == f"A-{number}"
"""
AWAITED = """
import asyncio
from pywats import AsyncWATS, pyWATS
api = CLIENT()
runners = {}
def use(number):
    # A child cannot use its parent's loop; the parent goes on with the one that it has.
    runner = runners.setdefault(os.getpid(), asyncio.Runner())
    runner.run(use_in_loop(number))
async def use_in_loop(number):
    async def once():
        assert await api.asset.increment_count(serial_number="SHARED")
        assert (await api.asset.get_asset(serial_number=f"A-{number}")).serial_number == f"A-{number}"
    await asyncio.gather(*(once() for _ in range(10)))
"""
FACES = {
    "pyWATS": PLAIN,
    "pyWATS-awaited": AWAITED.replace("CLIENT", "pyWATS"),
    "AsyncWATS": AWAITED.replace("CLIENT", "AsyncWATS"),
}
OFFLINE = {
    "pyWATS": """
from pywats import Queued, pyWATS
api = pyWATS(outbox="station.outbox")
def use(number):
    for _ in range(10):
        assert isinstance(api.asset.increment_count(serial_number="SHARED"), Queued)
""",
    "AsyncWATS": """
import asyncio
from pywats import AsyncWATS, Queued
api = AsyncWATS(outbox="station.outbox")
def use(number):
    asyncio.run(use_in_loop())
async def use_in_loop():
    for kept in await asyncio.gather(*(api.asset.increment_count(serial_number="SHARED") for _ in range(10))):
        assert isinstance(kept, Queued)
""",
}
FORKING = """
import os
from multiprocessing import get_context
FACE
use(0)
children = [get_context("fork").Process(target=use, args=[number]) for number in (1, 2, 3)]
for child in children:
    child.start()
use(0)
for child in children:
    child.join(30)
use(0)
assert [child.exitcode for child in children] == [0, 0, 0]
"""


@dataclass(frozen=True)
class Away:
    """A server that cannot be reached, until it is asked what was delivered."""

    line: Line
    assets: AssetService
    outbox: Path

    def delivered(self) -> int | None:
        """Uses that were counted once everything was delivered."""
        self.line.mend()
        with pyWATS(outbox=self.outbox) as api:
            assert api.outbox.flush().waiting == 0
        counted = self.assets.get_asset(serial_number="SHARED")
        return counted.running_count if counted else None


@pytest.fixture
def away(wats: pyWATS, wats_server: ThrowAwayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    """A server out of reach, which the environment names."""
    with line_to(wats_server.url) as line:
        line.cut()
        monkeypatch.setenv("PYWATS_BASE_URL", line.url)
        yield Away(line, wats.asset, tmp_path / "station.outbox")


@pytest.fixture
def run(wats: pyWATS, tmp_path: Path) -> Run:
    """Runs a program in a process of its own, with some assets on the server; gives what it prints, errors too."""
    kind = wats.asset.create_asset_type("Plain").type_id
    for serial in ("SHARED", "A-0", "A-1", "A-2", "A-3"):
        wats.asset.create_asset(serial, kind)

    def program(code: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=50,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    return program


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("face", FACES)
def test_forked_children_and_their_parent_each_get_their_answers(wats: pyWATS, run: Run, face: str) -> None:
    assert run(FORKING.replace("FACE", FACES[face])) == ""
    counted = wats.asset.get_asset(serial_number="SHARED")
    assert counted is not None
    assert counted.running_count == 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("face", OFFLINE)
def test_forked_children_and_their_parent_keep_everything_in_one_outbox(away: Away, run: Run, face: str) -> None:
    assert run(FORKING.replace("FACE", OFFLINE[face])) == ""
    assert away.delivered() == 60


@pytest.mark.parametrize("face", OFFLINE)
def test_program_that_ends_with_a_full_outbox_says_nothing_and_loses_nothing(away: Away, run: Run, face: str) -> None:
    assert run(OFFLINE[face] + "use(0)") == ""
    assert away.delivered() == 10


@pytest.mark.parametrize("client", [pyWATS, AsyncWATS])
def test_client_is_not_pickled_and_says_why(client: type[pyWATS | AsyncWATS]) -> None:
    """A process that is not forked gets its arguments by pickle, and files of pickles lie about."""
    made = client("http://wats.test", "bmFtZTpzZWNyZXQ=")
    with pytest.raises(TypeError, match="make one in each process") as refused:
        pickle.dumps(made)
    assert "bmFtZTpzZWNyZXQ=" not in str(refused.value)


ENDINGS = {
    "never closed": "use(0)",
    "collected while the program goes on": "import gc; use(0); del api, use; gc.collect()",
    "closed and used again": """
use(0)
closing = api.close()
asyncio.run(closing) if closing else None
use(0)
""",
    "thread in a call": """
import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
address = f"http://127.0.0.1:{listener.getsockname()[1]}"
threading.Thread(target=pyWATS(address).version, daemon=True).start()
listener.accept()
""",
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("face", FACES)
def test_program_ends_without_a_word(run: Run, face: str, ending: str) -> None:
    assert run("import os" + FACES[face] + ENDINGS[ending]) == ""
