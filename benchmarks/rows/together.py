"""Several server processes on one database, and what keeps them from being as many times as fast."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.bench import Bench, Site
from benchmarks.load import Load, Plan, carry_out
from benchmarks.processes import Running, computing_time, server
from benchmarks.report import Figure, at_least
from benchmarks.rows.counting import count_targets
from benchmarks.seeds.factory import serial_number

_IDLE = "idle"
_IDLE_SHARE = 0.15


def two(bench: Bench) -> list[Figure]:
    """Two servers against one, each with a load generator of its own. SQLite has no second server."""
    if bench.store.process is None:
        return []
    site = bench.largest
    drawn = site.drawn()
    targets = {
        "counts": ("PUT", count_targets(drawn)),
        "reads of one asset": ("GET", [f"/api/Asset/{serial_number(number)}" for number in drawn]),
    }
    with TemporaryDirectory() as folder, server(site.url, Path(folder)) as second:
        sites = [site, replace(site, server=second)]
        return [_compared(bench, what, sites, *asked) for what, asked in targets.items()]


def _compared(bench: Bench, what: str, sites: Sequence[Site], method: str, targets: Sequence[str]) -> Figure:
    (alone,), _ = _measure(bench, sites[:1], method, targets)
    loads, shares = _measure(bench, sites, method, targets)
    together = sum(load.rate for load in loads)
    told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    return bench.figure(
        f"{what}, two servers",
        max(loads, key=lambda load: load.errors),
        f"{together:,.0f} /s; processors: {told}; {_limit(shares)}",
        compared=f"one server {alone.rate:,.0f} /s",
        value=together / alone.rate,
        goal=at_least(1.5),
    )


def _measure(
    bench: Bench, sites: Sequence[Site], method: str, targets: Sequence[str]
) -> tuple[list[Load], dict[str, float]]:
    """Load every site at once; return the loads, and how many processors each part used."""
    before, began = _used(bench, sites), time.perf_counter()
    plans = [Plan(site.server.address, site.requests(method, targets), seconds=bench.seconds) for site in sites]
    loads = [running.result() for running in [bench.generators.submit(carry_out, plan) for plan in plans]]
    seconds = time.perf_counter() - began
    after = _used(bench, sites)
    shares = {name: (after[name] - used) / seconds for name, used in before.items()}
    return loads, {**shares, "load generators": sum(load.cpu_seconds for load in loads) / bench.seconds}


def _used(bench: Bench, sites: Sequence[Site]) -> dict[str, float]:
    assert bench.store.process is not None
    servers: list[Running] = [site.server for site in sites]
    return {
        "servers": sum(running.cpu_seconds() for running in servers),
        bench.database: computing_time([bench.store.process]),
        _IDLE: _idle_seconds(),
    }


def _idle_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.idle + getattr(times, "iowait", 0))


def _limit(shares: Mapping[str, float]) -> str:
    processors = os.cpu_count() or 1
    if shares[_IDLE] < _IDLE_SHARE * processors:
        return f"the limit is this machine's {processors} processors"
    return "the limit is no processor, but waiting for the disk and for each other"
