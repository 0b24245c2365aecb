"""The outbox of the client: keeping reports while the server is away, and delivering them when it is back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.report import Figure, at_least
from benchmarks.seeds.factory import serial_number
from pywats import pyWATS
from pywats.http.request import KEY_HEADER, Request
from pywats.outbox.file import OutboxFile

_NOBODY = "http://127.0.0.1:9"
_TOKEN = "bmFtZTpzZWNyZXQ="  # noqa: S105 - nobody is there to whom it could be shown
_CALLS_A_SECOND = 500
_LEAST_TURNS = 3


def outbox(bench: Bench) -> list[Figure]:
    """On SQLite alone: it is the client that is measured."""
    if bench.store.process is not None:
        return []
    with TemporaryDirectory(prefix="outbox-", dir=Path.cwd()) as folder:
        return [_keeping(bench, Path(folder)), _delivering(bench, Path(folder))]


def _keeping(bench: Bench, folder: Path) -> Figure:
    with pyWATS(_NOBODY, _TOKEN, outbox=folder / "keeping") as api:
        rate = _rate(api, _serials(bench), bench.seconds)
    return Figure(
        bench.database,
        "client: uses kept in the outbox, each synced to the disk",
        f"{rate:,.0f} /s",
        value=rate,
        goal=at_least(300),
        details={"rate": rate},
    )


def _delivering(bench: Bench, folder: Path) -> Figure:
    host, port = bench.largest.server.address
    url, token, names = f"http://{host}:{port}", bench.largest.server.token, count()
    requests = _requests(bench, folder / "requests")
    drained, direct = [], []
    for _ in range(max(bench.rounds, _LEAST_TURNS)):
        with pyWATS(url, token) as api:
            direct.append(_rate(api, _serials(bench), bench.seconds / 4))
        with _waiting(folder / str(next(names)), requests, url) as path:
            drained.append(len(requests) / _seconds_to_deliver(url, token, path))
    rate, straight = fmean(drained), fmean(direct)
    return Figure(
        bench.database,
        "client: uses delivered from the outbox",
        f"{rate:,.0f} /s",
        compared=f"counted one after another {straight:,.0f} /s",
        value=rate / straight,
        goal=at_least(0.8),
        details={"rate": rate, "direct_rate": straight},
    )


def _serials(bench: Bench) -> list[str]:
    return [serial_number(number) for number in bench.largest.drawn(1000)]


def _rate(api: pyWATS, serials: Sequence[str], seconds: float) -> float:
    """Calls a second."""
    begin = perf_counter()
    for done in count():
        if (took := perf_counter() - begin) > seconds:
            return done / took
        api.asset.increment_count(serial_number=serials[done % len(serials)])
    raise AssertionError("count() has no end")


def _requests(bench: Bench, path: Path) -> list[Request]:
    """Requests as the client makes them."""
    with pyWATS(_NOBODY, _TOKEN, outbox=path) as api:
        for serial in _serials(bench)[: max(200, int(_CALLS_A_SECOND * bench.seconds / 4))]:
            api.asset.increment_count(serial_number=serial)
        return [entry.request for entry in api.outbox.pending()]


@contextmanager
def _waiting(path: Path, requests: Sequence[Request], url: str) -> Iterator[Path]:
    """An outbox in which *requests* wait for the server at *url*, under keys that it has not seen."""
    file = OutboxFile(path)
    for number, request in enumerate(requests):
        file.put(replace(request, headers={**request.headers, KEY_HEADER: f"{path.name}-{number}"}), url)
    file.close()
    yield path


def _seconds_to_deliver(url: str, token: str, path: Path) -> float:
    begin = perf_counter()
    with pyWATS(url, token, outbox=path) as api:
        while api.outbox.pending():
            api.outbox.flush()
        return perf_counter() - begin
