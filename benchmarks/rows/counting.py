"""Counting: over all assets, over a few, with keys, and many in one call."""

import json
from collections.abc import Sequence
from random import Random

from benchmarks.bench import Bench, with_p99
from benchmarks.report import Figure, at_least
from benchmarks.seeds.factory import serial_number

_P99_MS = 60
_HOT = 1000
_BATCH_ROWS = 1000
_BATCHES = 50


def spread(bench: Bench) -> list[Figure]:
    """Single counts, over all assets evenly."""
    site = bench.largest
    requests = site.requests("PUT", count_targets(site.drawn()))
    goal = 0.30 if bench.database == "SQLite" else 0.35
    return with_p99(bench.compare_with_ceiling(f"count, {site.factory.size:,} assets evenly", goal, requests), _P99_MS)


def hot(bench: Bench) -> list[Figure]:
    """Single counts of a thousand assets, without and with an Idempotency-Key."""
    drawn = _hot_numbers(bench.largest.factory.size)
    targets = count_targets(drawn)
    plain = bench.largest.requests("PUT", targets)
    keyed = bench.largest.requests("PUT", targets, open_end=True)
    goal = 0.45 if bench.database == "SQLite" else 0.35
    what = f"count, {len(drawn):,} hot assets among {bench.largest.factory.size:,}"
    return [
        bench.compare_with_ceiling(what, goal, plain),
        bench.compare_with_ceiling(f"{what}, each with a key", None, keyed, keyed=True),
    ]


def batch(bench: Bench) -> list[Figure]:
    """Counts in batches of a thousand, against single calls."""
    site = bench.largest
    single = bench.load(site, site.requests("PUT", count_targets(site.drawn())))
    batches = bench.load(site, _batches(bench), connections=1)
    rate = batches.rate * _BATCH_ROWS
    return [
        bench.figure(
            f"counts in calls of {_BATCH_ROWS:,}, one caller",
            batches,
            f"{rate:,.0f} counts/s, {batches.p50_ms:.0f} ms a call",
            compared=f"single calls {single.rate:,.0f} /s",
            value=rate / single.rate,
            goal=at_least(5),
        )
    ]


def _hot_numbers(size: int) -> list[int]:
    return Random(_HOT).sample(range(size), min(_HOT, size // 2))  # noqa: S311 - the same each time is the point


def count_targets(drawn: Sequence[int]) -> list[str]:
    """Return what counts one use of each asset *drawn*."""
    return [f"/api/Asset/Count?serialNumber={serial_number(number)}&incrementBy=1" for number in drawn]


def _batches(bench: Bench) -> list[bytes]:
    drawn = bench.largest.drawn(_BATCHES * _BATCH_ROWS)
    parts = [drawn[start : start + _BATCH_ROWS] for start in range(0, len(drawn), _BATCH_ROWS)]
    bodies = [json.dumps([{"serialNumber": serial_number(number)} for number in part]).encode() for part in parts]
    return [request for body in bodies for request in bench.largest.requests("POST", ["/api/Asset/Counts"], body)]
