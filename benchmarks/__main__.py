"""Measures the server and prints one table. See `benchmarks/README.md`."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import platformdirs
import psutil
import typer
from rich.console import Console

from benchmarks import processes
from benchmarks.bench import Bench, Site
from benchmarks.cluster import kept_cluster
from benchmarks.load import generators
from benchmarks.report import Figure, table, this_machine, write_json
from benchmarks.rows import clients, counting, limits, lists, outbox, pages, process, reading, together
from benchmarks.seeds.factory import Factory
from benchmarks.stores import PostgresqlStore, SqliteStore, Store

ROWS: dict[str, Callable[[Bench], list[Figure]]] = {
    "start": process.start,
    "count": counting.spread,
    "hot": counting.hot,
    "batch": counting.batch,
    "one": reading.one,
    "status": reading.status,
    "list": lists.thousand,
    "tree": lists.tree,
    "export": lists.export,
    "growth": lists.growth,
    "two": together.two,
    "client": clients.client,
    "outbox": outbox.outbox,
    "pages": pages.pages,
    "memory": process.memory,
    "ceiling": limits.ceiling,
}
_SECONDS = 8.0
_QUICK_SECONDS = 0.5
_SIZES = (10_000, 1_000_000)
_QUICK_SIZES = (1_000, 10_000)
_ROUNDS = 3
_QUICK_ROUNDS = 1
_FILE_WIDTH = 180


class Kind(StrEnum):
    """Which databases to measure on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"


_progress = Console(stderr=True, highlight=False)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Small factories and short measurements.")] = False,
    database: Annotated[Kind, typer.Option(help="Which database.")] = Kind.BOTH,
    sizes: Annotated[list[int] | None, typer.Option(help="Assets; again for more sizes.", show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(ROWS)}.", show_default=False)] = None,
    postgres_url: Annotated[
        str | None, typer.Option(help="A PostgreSQL to use instead of an own one.", show_default=False)
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="Of one measurement.", show_default=False)] = None,
    folder: Annotated[Path | None, typer.Option(help="Where seeds are kept.", show_default=False)] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures here too.", show_default=False)] = None,
) -> None:
    """Measure the server, as ratios to what the machine can do in the same run."""
    kept = folder or _default_folder()
    kept.mkdir(parents=True, exist_ok=True)
    wanted = _wanted(only)
    factories = [Factory(size) for size in sorted(sizes or (_QUICK_SIZES if quick else _SIZES))]
    duration = seconds or (_QUICK_SECONDS if quick else _SECONDS)
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    machine = this_machine()
    figures: list[Figure] = []
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(prefix="run-", dir=kept)))
        for store in _stores(stack, database, kept, work, postgres_url):
            machine |= {store.name: store.version()}
            with _bench(store, work, factories, duration, rounds) as bench:
                for name in wanted:
                    _progress.print(f"{bench.database}: {name}")
                    figures += ROWS[name](bench)
    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)
    console.print(table(figures))
    console.print("; ".join(f"{name} {value}" for name, value in machine.items()), highlight=False)
    if json:
        write_json(json, figures, machine)


def _default_folder() -> Path:
    """Return a folder that is on a disk, outlives a restart, and can be reached by the user that runs PostgreSQL."""
    place = Path("/var/tmp")  # noqa: S108 - factories are no secret, and nothing in them is trusted
    return (place if place.is_dir() else platformdirs.user_cache_path()) / "pywats-benchmarks"


def _wanted(only: list[str] | None) -> list[str]:
    unknown = set(only or ()) - set(ROWS)
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; accepted: {', '.join(ROWS)}")
    return [name for name in ROWS if not only or name in only]


def _stores(stack: ExitStack, kind: Kind, kept: Path, work: Path, postgres_url: str | None) -> Iterator[Store]:
    """Yield the databases to measure on, each started when its turn comes."""
    if kind is not Kind.POSTGRESQL:
        yield SqliteStore(kept, work)
    if kind is not Kind.SQLITE:
        process = None
        if postgres_url is None:
            cluster = stack.enter_context(kept_cluster(kept))
            assert cluster.process is not None
            postgres_url, process = cluster.url(), psutil.Process(cluster.process.pid)
        yield stack.enter_context(closing(PostgresqlStore(postgres_url, process)))


@contextmanager
def _bench(store: Store, work: Path, factories: list[Factory], seconds: float, rounds: int) -> Iterator[Bench]:
    """Run servers on copies of the seeds of *factories*."""
    urls = [store.copy_of_seed(factory.size) for factory in factories]
    with ExitStack() as stack:
        starts = list(_starts(urls[-1], work, rounds))
        servers = [stack.enter_context(processes.server(url, work)) for url in urls]
        yield Bench(
            store=store,
            sites=[Site(*parts) for parts in zip(factories, urls, servers, strict=True)],
            ceiling=stack.enter_context(processes.ceiling(work)),
            generators=stack.enter_context(generators(2)),
            starts=starts,
            seconds=seconds,
            rounds=rounds,
        )


def _starts(url: str, work: Path, times: int) -> Iterator[float]:
    for number in range(times + 1):
        with processes.server(url, work) as running:
            # The first start reads the program and the database from the disk.
            if number:
                yield running.start_seconds


def _end(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a signal handler
    """Stop the servers too."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    typer.run(main)
