"""Our client beside the published one: the same calls to the same server in turns, and what importing them takes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean, median

from benchmarks.bench import Bench
from benchmarks.clients.caller import CALLS
from benchmarks.clients.processes import Conversation, caller, loaded, ours, published
from benchmarks.report import Figure, at_least, at_most
from benchmarks.seeds.factory import serial_number

_ASSETS = 1000
_WAYS = {"blocking, one after another": (0, 2.5), "asyncio, 32 at once": (32, 8), "asyncio, 200 at once": (200, 10)}
"""How many callers each way of calling has (0 blocks), and how many times the published client's rate is the goal."""

_LEAST_TURNS = 3


@dataclass(slots=True)
class Pair:
    """What was measured of our client and of the published one, turn by turn."""

    ours: list[float] = field(default_factory=list)
    published: list[float] = field(default_factory=list)

    def take_turns(self, turns: int, our: Callable[[], float], their: Callable[[], float]) -> "Pair":
        """Measure both *turns* times."""
        for _ in range(turns):
            self.published.append(their())
            self.ours.append(our())
        return self


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
    pair = Pair().take_turns(max(bench.rounds, _LEAST_TURNS), lambda: our.ask(asked), lambda: their.ask(asked))
    rate, theirs = fmean(pair.ours), fmean(pair.published)
    return Figure(
        bench.database,
        f"client: {call}, {way}",
        f"{rate:,.0f} /s",
        compared=f"published client {theirs:,.0f} /s",
        value=rate / theirs,
        goal=at_least(goal),
        details={"rate": rate, "published_rate": theirs},
    )


def _loading(bench: Bench) -> list[Figure]:
    theirs = published()
    # The first import compiles, and reads from the disk.
    samples = [(loaded(ours()), loaded(theirs)) for _ in range(1 + 2 * _LEAST_TURNS)][1:]
    return [
        _half(bench, what, unit, [our[index] for our, _ in samples], [their[index] for _, their in samples])
        for index, (what, unit) in enumerate((("time", "s"), ("memory", "MiB")))
    ]


def _half(bench: Bench, what: str, unit: str, our: list[float], their: list[float]) -> Figure:
    mine, theirs = median(our), median(their)
    return Figure(
        bench.database,
        f"client: {what} that importing takes",
        f"{mine:.2f} {unit}",
        compared=f"published client {theirs:.2f} {unit}",
        value=mine / theirs,
        goal=at_most(0.5),
        details={"ours": mine, "published": theirs},
    )
