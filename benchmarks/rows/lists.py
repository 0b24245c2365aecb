"""Lists: a thousand assets against the raw driver, and the questions whose cost must not grow with the factory."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from urllib.parse import quote

from benchmarks.bench import Bench, Site
from benchmarks.load import Load
from benchmarks.report import Figure, at_most
from benchmarks.seeds.factory import RARE_WORD, Factory, asset_id, location, serial_number
from pywats_server.instants import instant

_PAGE = 1000
_PAGES = 20
_EXPORT = 100_000
_ONE_AFTER_ANOTHER = {"connections": 1, "warm_up": 0.2}


def thousand(bench: Bench) -> list[Figure]:
    """Pages of a thousand assets, one caller, against the raw driver's fetch of the same rows."""
    starts = [asset_id(number) for number in bench.largest.drawn(_PAGES)]
    targets = [_target(f"assetId gt '{start}'", top=_PAGE) for start in starts]
    requests = bench.largest.requests("GET", targets)
    seconds = bench.seconds / bench.rounds
    loads, raw = [], []
    for _ in range(bench.rounds):
        raw.append(bench.raw_fetch(starts, _PAGE, seconds))
        loads.append(bench.load(bench.largest, requests, connections=1, seconds=seconds, warm_up=0.2))
    took, fetched = fmean(load.p50_ms for load in loads), fmean(raw)
    return [
        bench.figure(
            f"list of {_PAGE:,}",
            max(loads, key=lambda load: load.errors),
            f"{took:.1f} ms",
            compared=f"raw driver {fetched:.1f} ms",
            value=took / fetched,
            goal=at_most(2.5),
        )
    ]


def export(bench: Bench) -> list[Figure]:
    """As many assets as one answer may have, against as many pages of a thousand."""
    top = min(_EXPORT, bench.largest.factory.size)
    whole = bench.load(bench.largest, bench.largest.requests("GET", [f"/api/Asset?$top={top}"]), **_ONE_AFTER_ANOTHER)
    page = bench.load(bench.largest, bench.largest.requests("GET", [f"/api/Asset?$top={_PAGE}"]), **_ONE_AFTER_ANOTHER)
    pages = page.p50_ms * top / _PAGE
    return [
        bench.figure(
            f"list of {top:,}",
            whole,
            f"{whole.p50_ms / 1000:.2f} s",
            compared=f"{top // _PAGE} pages of {_PAGE:,} {pages / 1000:.2f} s",
            value=whole.p50_ms / pages,
        )
    ]


def tree(bench: Bench) -> list[Figure]:
    """The status of a whole tree, against asking for the status of each of its assets."""
    site = bench.largest
    size = 1 + site.factory.great_tree
    each = [f"/api/Asset/Status?serialNumber={serial_number(number)}" for number in range(size)]
    one = bench.load(site, site.requests("GET", each), **_ONE_AFTER_ANOTHER)
    whole = site.requests("GET", [f"/api/internal/Asset/Statuses?serialNumber={serial_number(0)}"])
    all_of_them = bench.load(site, whole, **_ONE_AFTER_ANOTHER)
    return [
        bench.figure(
            f"status of a tree of {size:,}",
            all_of_them,
            f"{all_of_them.p50_ms:.1f} ms",
            compared=f"{size:,} calls {size * one.p50_ms:,.0f} ms",
            value=all_of_them.p50_ms / (size * one.p50_ms),
        )
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer is of about the same size in every factory."""

    what: str
    target: Callable[[Factory], str]
    has_goal: bool = True


def growth(bench: Bench) -> list[Figure]:
    """Each question on the smallest factory and on the larger ones, one caller."""
    smallest, *larger = bench.sites
    return [_grown(bench, question, smallest, site) for question in QUESTIONS for site in larger]


def _grown(bench: Bench, question: Question, small: Site, large: Site) -> Figure:
    """Ask both in turns, so that what else the machine does falls on both."""
    times: dict[int, list[Load]] = {small.factory.size: [], large.factory.size: []}
    for _ in range(bench.rounds):
        for site in (small, large):
            requests = site.requests("GET", [question.target(site.factory)])
            load = bench.load(site, requests, connections=1, seconds=bench.seconds / 2 / bench.rounds, warm_up=0.1)
            times[site.factory.size].append(load)
    before, after = (median(load.p50_ms for load in loads) for loads in times.values())
    return bench.figure(
        f"{question.what}, {large.factory.size:,} assets",
        max(itertools.chain(*times.values()), key=lambda load: (load.errors, -load.rate)),
        f"{after:.2f} ms",
        compared=f"{small.factory.size:,} assets {before:.2f} ms",
        value=after / before if after and before else float("inf"),
        goal=at_most(2) if question.has_goal else None,
    )


def _target(filter: str, *, top: int = 100, orderby: str = "", count: bool = False) -> str:
    options = f"/api/Asset?$filter={quote(filter)}&$top={top}"
    return options + (f"&$orderby={quote(orderby)}" if orderby else "") + ("&$count=true" if count else "")


def _due() -> str:
    now = datetime.now(UTC)
    return f"nextCalibrationDate ge {instant(now)}Z and nextCalibrationDate le {instant(now + timedelta(days=30))}Z"


QUESTIONS = (
    Question("100 in alarm", lambda _: _target("alarmState eq 2")),
    Question("100 due in 30 days, by date", lambda _: _target(_due(), orderby="nextCalibrationDate")),
    Question("25 at one location", lambda _: _target(f"location eq '{location(7)}'", top=25)),
    Question("100 with a serial prefix", lambda _: _target("startswith(serialNumber,'SN-00005')")),
    Question("20 with a rare word in the name", lambda _: _target(f"contains(assetName,'{RARE_WORD}')")),
    Question("100 from the middle, by key", lambda _: _target(f"assetId gt '{'8' + asset_id(0)[1:]}'")),
    Question("one asset", lambda factory: f"/api/Asset/{serial_number(factory.size // 2)}"),
    Question("how many in alarm", lambda _: _target("alarmState eq 2", top=0, count=True), has_goal=False),
    Question("how many in warning", lambda _: _target("alarmState eq 1", top=0, count=True), has_goal=False),
    Question("how many due in 30 days", lambda _: _target(_due(), top=0, count=True), has_goal=False),
)
