"""Our client beside the published one: the same calls to the same server in turns, and what importing them takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.bench import Bench
from benchmarks.clients.caller import CALLS
from benchmarks.clients.processes import Conversation, caller, loaded, ours, published
from benchmarks.report import Figure, Goal, at_least, at_most
from benchmarks.seeds.factory import serial_number

_ASSETS = 1000
_WAYS = {"blocking, one after another": (0, 2.5), "asyncio, 32 at once": (32, 8), "asyncio, 200 at once": (200, 10)}
"""How many callers each way of calling has (0 blocks), and how many times the published client's rate is the goal."""

_STEPS = {"importing it": at_most(0.5), "importing it and making one": None}
"""What is measured of loading, and the goal as a share of what the published client takes."""

_LEAST_TURNS = 3


def client(bench: Bench) -> list[Figure]:
    """Importing and calling, on SQLite alone: it is the clients that are measured."""
    return [] if bench.store.process is not None else [*_loading(bench), *_calls(bench)]


def _calls(bench: Bench) -> list[Figure]:
    site = bench.largest
    serials = [serial_number(number) for number in site.drawn(_ASSETS)]
    with (
        caller(ours(), site.server, serials) as our,
        caller(published(), site.server, serials) as their,
    ):
        return [_rates(bench, call, way, our, their) for way in _WAYS for call in CALLS]


def _rates(bench: Bench, call: str, way: str, our: Conversation, their: Conversation) -> Figure:
    callers, goal = _WAYS[way]
    asked = json.dumps([callers, call, bench.seconds / 4])
    turns = [(their.ask(asked), our.ask(asked)) for _ in range(max(bench.rounds, _LEAST_TURNS))]
    theirs, mine = (_mean(measured) for measured in zip(*turns, strict=True))
    return Figure(
        bench.database,
        f"client: {call}, {way}",
        f"{mine.rate:,.0f} /s",
        compared=f"published client {theirs.rate:,.0f} /s" + (f", {theirs.failed} failed" if theirs.failed else ""),
        value=mine.rate / theirs.rate,
        goal=at_least(goal),
        details={"rate": mine.rate, "published_rate": theirs.rate, "published_failed": theirs.failed},
        fault=f"{mine.failed} failed" if mine.failed else "",
    )


@dataclass(frozen=True, slots=True)
class _Calls:
    rate: float
    failed: int


def _mean(measured: Sequence[Sequence[float]]) -> _Calls:
    return _Calls(fmean(rate for rate, _ in measured), int(sum(failed for _, failed in measured)))


def _loading(bench: Bench) -> list[Figure]:
    # The first time compiles, and reads from the disk.
    samples = [(loaded(ours()), loaded(published())) for _ in range(1 + 2 * _LEAST_TURNS)][1:]
    figures = []
    for step, (what, goal) in enumerate(_STEPS.items()):
        for number, unit in enumerate(("s", "MiB")):
            our = median(mine[step][number] for mine, _ in samples)
            their = median(theirs[step][number] for _, theirs in samples)
            figures.append(_loaded(bench, f"client: {what}, {unit}", unit, our, their, goal))
    return figures


def _loaded(bench: Bench, what: str, unit: str, our: float, their: float, goal: Goal | None) -> Figure:
    return Figure(
        bench.database,
        what,
        f"{our:.2f} {unit}",
        compared=f"published client {their:.2f} {unit}",
        value=our / their,
        goal=goal,
        details={"ours": our, "published": their},
    )
