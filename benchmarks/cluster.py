"""A PostgreSQL of the benchmarks' own, whose data stays for the next run. It runs with PostgreSQL's own defaults."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The tests start the same clusters.
sys.path.append(str(Path(__file__).parents[1] / "tests"))

from postgres import Cluster, NoPostgres, installations


@contextmanager
def kept_cluster(folder: Path) -> Iterator[Cluster]:
    """
    Run the cluster that is kept in *folder*; make it first if it is not there.

    Raises:
        NoPostgres: PostgreSQL is not installed.
    """
    programs = _programs()
    place = folder / f"postgresql-{programs.parent.name}"
    place.mkdir(exist_ok=True)
    # PostgreSQL may have to run as another user, because it refuses to be root.
    folder.chmod(0o755)
    cluster = Cluster(programs, place)
    if not (cluster.data / "PG_VERSION").exists():
        cluster.initialize()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def _programs() -> Path:
    """Return PostgreSQL's programs; with the trigram extension, if that is anywhere on this machine."""
    found = installations()
    if not found:
        raise NoPostgres("PostgreSQL is not installed: install the extra [test], or PostgreSQL itself")
    return next((programs for programs in found if _has_trigrams(programs)), found[0])


def _has_trigrams(programs: Path) -> bool:
    version = programs.parent
    folders = (version / "share", Path("/usr/share/postgresql") / version.name)
    return any(True for folder in folders for _ in folder.rglob("pg_trgm.control"))
