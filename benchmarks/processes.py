"""The server processes that are measured, started as users start them, and what they cost the machine."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from pywats_server.settings import variable

_LISTENING = re.compile(rb"on http://127\.0\.0\.1:(\d+)")
_PATIENCE_SECONDS = 60
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """
    A server that answers.

    Attributes:
        token: Empty for a server that asks for none.
        start_seconds: From the start of the process to its first answer that it is ready.
    """

    process: psutil.Process
    address: tuple[str, int]
    token: str
    start_seconds: float

    def cpu_seconds(self) -> float:
        """Return the computing time that the process has used so far."""
        return computing_time([self.process])

    def memory_mib(self) -> float:
        """Return the resident memory now, in MiB."""
        return float(self.process.memory_info().rss / _MEBIBYTE)

    def peak_memory_mib(self) -> float | None:
        """Return the most resident memory that the process ever had, in MiB; None where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found[1]) / 1024 if found else None


def computing_time(processes: list[psutil.Process]) -> float:
    """Return the computing time, of user and system, that these processes and their children have used so far."""
    total = 0.0
    for process in processes:
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
    return total


@contextmanager
def server(database_url: str, folder: Path) -> Iterator[Running]:
    """Run `pywats-server serve` with its defaults on a free port; its log goes to *folder*."""
    # The address may hold a password, which a command line would show to everybody on the machine.
    environment = {**environment_with_bytecode(), variable("database"): database_url}
    token = _token(environment)
    arguments = ["-m", "pywats_server", "serve", "--port", "0"]
    with _running(arguments, "/readyz", folder / f"server-{time.time_ns()}.log", environment, token) as running:
        yield running


def environment_with_bytecode() -> dict[str, str]:
    """Return the environment of what is measured: with bytecode, as every installation has it after its first start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _token(environment: dict[str, str]) -> str:
    name = f"benchmark {time.time_ns()}"
    command = [sys.executable, "-m", "pywats_server", "token", "create", name, "--role", "administrator"]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603


@contextmanager
def ceiling(folder: Path) -> Iterator[Running]:
    """Run the same HTTP server with an application that answers a constant."""
    log = folder / f"ceiling-{time.time_ns()}.log"
    with _running(["-m", "benchmarks.ceiling"], "/", log, environment_with_bytecode(), "") as running:
        yield running


@contextmanager
def _running(arguments: list[str], path: str, log: Path, environment: dict[str, str], token: str) -> Iterator[Running]:
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=output, stderr=output)  # noqa: S603
    try:
        port = _port(process, log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=_PATIENCE_SECONDS):
            ready = time.perf_counter() - started
        yield Running(psutil.Process(process.pid), ("127.0.0.1", port), token, ready)
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the process tells where it listens."""
    give_up_at = time.perf_counter() + _PATIENCE_SECONDS
    while process.poll() is None and time.perf_counter() < give_up_at:
        found = _LISTENING.search(log.read_bytes())
        if found:
            return int(found[1])
        time.sleep(0.005)
    raise RuntimeError(f"the server did not start: {log.read_text()}")
