"""Server processes that tests start, kill and stop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

_LAUNCHER = Path(__file__).with_name("launcher.py")


class Launcher:
    """
    Servers of one database, one at a time, behind one address.

    Attributes:
        url: The address, the same for all of them.
        log: What they wrote to their logs.
    """

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path, clock: Path) -> None:
        self._process = process
        self._clock = clock
        self._server = 0
        self.url = f"http://127.0.0.1:{port}"
        self.log = log

    async def start(self) -> None:
        """Start a server; requests wait until it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._server = int(await self._line())

    async def kill(self) -> None:
        """End the server without a warning."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        os.kill(self._server, how)
        assert await self._line() == "ended"

    async def _line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    def shift_clock(self, seconds: float) -> None:
        """Let the server's clock be off by *seconds* from now on."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.rename(self._clock)


@asynccontextmanager
async def launcher(database: str, folder: Path) -> AsyncIterator[Launcher]:
    """
    Prepare servers of *database*; none runs yet.

    Args:
        folder: Where their log and their clock are kept.
    """
    log, clock = folder / "server.log", folder / "clock"
    clock.write_text("0")
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(_LAUNCHER), database, str(clock)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            # A group of its own, so that the servers end with it whatever happens.
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        yield Launcher(process, int(await process.stdout.readline()), log, clock)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def serving(database: str, log: Path, *options: str) -> AsyncIterator[str]:
    """
    Run the command `serve` on *database* and give its address; at the end ask it to stop, as it must by itself.

    Args:
        log: The file that its log goes to.
        options: More options of the command.
    """
    port = _free_port()
    command = (sys.executable, "-m", "pywats_server", "serve", "--database", database, "--port", str(port))
    quietly = ("--log-level", "warning", "--log-format", "json")
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command, *quietly, *options, stderr=stderr, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(url, process)
        yield url
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"{url}/readyz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"the server ended with {process.returncode}")
