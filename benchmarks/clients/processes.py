"""Processes with one client or the other, which measure what they are told."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from benchmarks.processes import Running, environment_with_bytecode

# The tests install the same client.
sys.path.append(str(Path(__file__).parents[2] / "tests"))

from published_client import interpreter

_HERE = Path(__file__).parent
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Conversation:
    """A process that answers each line with one."""

    process: psutil.Process
    asks: IO[str]
    answers: IO[str]

    def tell(self, line: str) -> None:
        """Send a line that needs no answer."""
        print(line, file=self.asks, flush=True)

    def listen(self) -> str:
        """Return the next line that it says."""
        line = self.answers.readline()
        if not line:
            raise RuntimeError("the process ended before its answer")
        return line

    def ask(self, line: str) -> list[float]:
        """Return the numbers that it answers."""
        self.tell(line)
        return [float(number) for number in self.listen().split()]

    def memory_mib(self) -> float:
        """Return the resident memory now, in MiB."""
        return float(self.process.memory_info().rss / _MEBIBYTE)


def ours() -> Path:
    """Return the Python that has our client."""
    return Path(sys.executable)


def published() -> Path:
    """Return the Python that has the published client."""
    return interpreter()


@contextmanager
def caller(python: Path, server: Running, serials: Sequence[str]) -> Iterator[Conversation]:
    """Run `caller` with *python*, for assets of a server."""
    with _conversation(python, "caller.py") as running:
        host, port = server.address
        running.tell(json.dumps([f"http://{host}:{port}", server.token, serials]))
        yield running


def loaded(python: Path) -> list[tuple[float, float]]:
    """
    Load the client in a new process.

    Returns:
        The seconds that it takes from the start on, and the memory that it adds, in MiB: for `import pywats`, and until
        there is a client.
    """
    with _conversation(python, "loading.py") as running:
        running.listen()
        before, seconds = running.memory_mib(), 0.0
        steps = []
        for _ in range(2):
            seconds += running.ask("")[0]
            steps.append((seconds, running.memory_mib() - before))
        return steps


@contextmanager
def _conversation(python: Path, program: str) -> Iterator[Conversation]:
    process = subprocess.Popen(  # noqa: S603
        [python, _HERE / program],
        env=environment_with_bytecode(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield Conversation(psutil.Process(process.pid), process.stdin, process.stdout)
        finally:
            process.kill()
