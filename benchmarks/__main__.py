"""Measures the server and prints one table. See `benchmarks/README.md`."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import platformdirs
import typer
from rich.console import Console

from benchmarks import processes, rawfetch
from benchmarks.bench import Bench, Site
from benchmarks.load import generators
from benchmarks.report import Figure, table, write_json
from benchmarks.rows import counting, limits, lists, process, reading
from benchmarks.seeds import keep
from benchmarks.seeds.factory import Factory

ROWS: dict[str, Callable[[Bench], list[Figure]]] = {
    "start": process.start,
    "count": counting.spread,
    "hot": counting.hot,
    "batch": counting.batch,
    "one": reading.one,
    "status": reading.status,
    "list": lists.thousand,
    "growth": lists.growth,
    "memory": process.memory,
    "ceiling": limits.ceiling,
}
_SECONDS = 8.0
_QUICK_SECONDS = 1.0
_SIZES = (10_000, 1_000_000)
_QUICK_SIZES = (1_000, 10_000)
_FILE_WIDTH = 180

_progress = Console(stderr=True, highlight=False)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Small factories and short measurements.")] = False,
    sizes: Annotated[list[int] | None, typer.Option(help="Assets; again for more sizes.", show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(ROWS)}.", show_default=False)] = None,
    seconds: Annotated[float | None, typer.Option(help="Of one measurement.", show_default=False)] = None,
    folder: Annotated[Path | None, typer.Option(help="Where seeds are kept.", show_default=False)] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures here too.", show_default=False)] = None,
) -> None:
    """Measure the server, as ratios to what the machine can do in the same run."""
    kept = folder or platformdirs.user_cache_path("pywats-benchmarks", appauthor=False)
    kept.mkdir(parents=True, exist_ok=True)
    wanted = _wanted(only)
    factories = [Factory(size) for size in sorted(sizes or (_QUICK_SIZES if quick else _SIZES))]
    duration = seconds or (_QUICK_SECONDS if quick else _SECONDS)
    figures: list[Figure] = []
    with sqlite_bench(kept, factories, duration) as bench:
        for name in wanted:
            _progress.print(f"{bench.database}: {name}")
            figures += ROWS[name](bench)
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(table(figures))
    if json:
        write_json(json, figures)


def _wanted(only: list[str] | None) -> list[str]:
    unknown = set(only or ()) - set(ROWS)
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; accepted: {', '.join(ROWS)}")
    return [name for name in ROWS if not only or name in only]


@contextmanager
def sqlite_bench(kept: Path, factories: list[Factory], seconds: float) -> Iterator[Bench]:
    """Run servers on copies of the seeds of *factories*."""
    seeds = [keep.sqlite_seed(kept, factory.size) for factory in factories]
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(prefix="run-", dir=kept)))
        paths = [keep.sqlite_copy(seed, work) for seed in seeds]
        servers = [stack.enter_context(processes.server(f"sqlite:///{path}", work)) for path in paths]
        raw = stack.enter_context(generators())
        yield Bench(
            database="SQLite",
            sites=[Site(factory, server) for factory, server in zip(factories, servers, strict=True)],
            ceiling=stack.enter_context(processes.ceiling(work)),
            generators=stack.enter_context(generators()),
            seconds=seconds,
            raw_fetch=lambda *page: raw.submit(partial(rawfetch.from_sqlite, paths[-1]), *page).result(),
        )


def _end(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a signal handler
    """Stop the servers too."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    typer.run(main)
