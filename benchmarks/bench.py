"""What the rows of the table measure with: servers, load generators, and the ceiling beside each measurement."""

import random
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from benchmarks.ceiling import BUSY
from benchmarks.load import Load, Plan, carry_out, request
from benchmarks.processes import Running
from benchmarks.report import Figure, Goal
from benchmarks.seeds.factory import Factory
from benchmarks.stores import Store

_DRAWN = 50_000


@dataclass(frozen=True, slots=True)
class Site:
    """A server on a seed."""

    factory: Factory
    url: str
    server: Running

    def drawn(self, count: int = _DRAWN) -> list[int]:
        """Return numbers of assets, spread evenly, the same each time."""
        chance = random.Random(count)  # noqa: S311 - the same each time is the point
        return [chance.randrange(self.factory.size) for _ in range(min(count, 5 * self.factory.size))]

    def requests(
        self, method: str, targets: Sequence[str], body: bytes = b"", *, open_end: bool = False
    ) -> list[bytes]:
        """Return requests for *targets* with this server's token."""
        return [request(method, target, self.server.token, body, open_end=open_end) for target in targets]


@dataclass(slots=True)
class Bench:
    """
    One database kind while it is measured.

    Args:
        sites: Servers on seeds, the smallest first.
        starts: Seconds from the start of a server on the largest seed to its first answer, several times.
        seconds: How long one measurement takes.
        rounds: In how many turns things are measured that are compared with each other.
    """

    store: Store
    sites: Sequence[Site]
    ceiling: Running
    generators: Executor
    starts: Sequence[float]
    seconds: float
    rounds: int
    ceilings: list[Load] = field(default_factory=list)

    @property
    def database(self) -> str:
        """The name of the database kind."""
        return self.store.name

    @property
    def largest(self) -> Site:
        """The server on the largest seed."""
        return self.sites[-1]

    def load(self, site: Site, requests: Sequence[bytes], **how: Any) -> Load:
        """Measure *requests* to a server."""
        return self._carry_out(site.server, Plan(site.server.address, requests, **{"seconds": self.seconds, **how}))

    def _carry_out(self, server: Running, plan: Plan) -> Load:
        before = server.cpu_seconds()
        load = self.generators.submit(carry_out, plan).result()
        return replace(load, server_cpu_us=1e6 * (server.cpu_seconds() - before) / max(1, load.sent))

    def beside_ceiling(self, requests: Sequence[bytes], **how: Any) -> tuple[Load, Load]:
        """Measure *requests* to the largest server, and the ceiling before and after; return the ceiling's mean too."""
        before = self.measure_ceiling()
        load = self.load(self.largest, requests, **how)
        after = self.measure_ceiling()
        cpu = fmean((before.server_cpu_us, after.server_cpu_us))
        return load, replace(before, rate=fmean((before.rate, after.rate)), server_cpu_us=cpu)

    def raw_fetch(self, starts: Sequence[str], top: int, seconds: float) -> float:
        """Return the time that the raw driver takes for a page of assets of the largest seed, in ms (`rawfetch`)."""
        return self.generators.submit(self.store.raw_fetch, self.largest.url, starts, top, seconds).result()

    def measure_ceiling(self) -> Load:
        """Measure what the HTTP server reaches when it has nothing to do."""
        asked = [request("PUT", "/api/Asset/Count?serialNumber=SN-0000000&incrementBy=1", "x" * 88)]
        plan = Plan(self.ceiling.address, asked, seconds=self.seconds / 2, warm_up=0.2)
        self.ceilings.append(self._carry_out(self.ceiling, plan))
        return self.ceilings[-1]

    def measure_busy_ceiling(self, micros: int) -> Load:
        """Measure what the HTTP server reaches with an application that computes *micros* for each request."""
        asked = [request("GET", f"{BUSY}{micros}", "x" * 88)]
        return self._carry_out(self.ceiling, Plan(self.ceiling.address, asked, seconds=self.seconds / 2))

    def compare_with_ceiling(self, what: str, goal: float | None, requests: Sequence[bytes], **how: Any) -> Figure:
        """Return the row of a rate that is held against the ceiling's."""
        load, ceiling = self.beside_ceiling(requests, **how)
        held_against = {f"ceiling_{name}": value for name, value in numbers(ceiling).items()}
        return Figure(
            self.database,
            what,
            f"{load.rate:,.0f} /s, p99 {load.p99_ms:.0f} ms, {load.server_cpu_us:.0f} µs CPU each",
            compared=f"ceiling {ceiling.rate:,.0f} /s, {ceiling.server_cpu_us:.0f} µs",
            details=numbers(load) | held_against,
            fault=fault(load),
            value=load.rate / ceiling.rate,
            goal=None if goal is None else Goal(goal),
        )

    def figure(self, what: str, load: Load, absolute: str, **rest: Any) -> Figure:
        """Return a row about *load*, with its errors if it has any."""
        return Figure(self.database, what, absolute, details=numbers(load), fault=fault(load), **rest)


def fault(load: Load) -> str:
    """Return what was wrong with a load, if anything was."""
    if load.errors:
        return f"{load.errors} errors: {load.first_error.partition(chr(13))[0][:100]}"
    return "" if load.rate else "no answer"


def numbers(load: Load) -> dict[str, float]:
    """Return what programs may want to know of a load."""
    return {
        "rate": load.rate,
        "p50_ms": load.p50_ms,
        "p99_ms": load.p99_ms,
        "errors": load.errors,
        "server_cpu_us": load.server_cpu_us,
    }


def with_p99(figure: Figure, bound_ms: float) -> list[Figure]:
    """Return *figure*, and a row that holds its p99 against a bound."""
    p99 = figure.details["p99_ms"]
    goal = Goal(bound_ms, is_most=True, unit="ms")
    return [
        figure,
        replace(figure, what=f"{figure.what}: p99", absolute=f"{p99:.1f} ms", compared="", value=p99, goal=goal),
    ]
