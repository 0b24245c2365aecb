"""A real server, and the published client in its own environment, which calls it."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from published_client import NotInstalled, interpreter
from pywats import pyWATS
from pywats.testing import ThrowAwayServer, throw_away_server

ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
"""The time zone of the published client's process: an hour before UTC in winter."""


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python that has the published client. It must be there in CI; elsewhere the network may be missing."""
    try:
        return interpreter()
    except NotInstalled as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"THE PUBLISHED CLIENT WAS NOT TRIED: {error}")


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    """A server on SQLite."""
    with throw_away_server() as running:
        yield running


@pytest.fixture
def ours(server: ThrowAwayServer) -> Iterator[pyWATS]:
    """Our client, which makes what calls are about, and sees what they leave. The server is empty before."""
    server.reset()
    with server.client() as client:
        yield client


@dataclass(frozen=True)
class Outcome:
    """What came of a call: what it returned, or the name and the message of its error."""

    returned: Any = None
    raised: str = ""
    message: str = ""


Published = Callable[..., Outcome]


@pytest.fixture(scope="module", params=["pyWATS", "AsyncWATS"])
def published(request: pytest.FixtureRequest, python: Path, server: ThrowAwayServer) -> Iterator[Published]:
    """Evaluates expressions with the published client, on each of its faces."""
    driver = [str(python), str(Path(__file__).with_name("driver.py"))]
    environment = {**os.environ, "TZ": ZONE}
    with subprocess.Popen(
        driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:

        def tell(what: object) -> None:
            print(json.dumps(what), file=process.stdin, flush=True)

        def call(expression: str, **values: Any) -> Outcome:
            tell([expression, values])
            return Outcome(**json.loads(process.stdout.readline()))

        tell([request.param, {"base_url": server.url, "token": server.token}])
        yield call
        process.stdin.close()
        process.kill()
