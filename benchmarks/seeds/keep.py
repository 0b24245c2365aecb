"""Keeps seeds from one run to the next, as long as the server's schema and the making of seeds are the same."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.seeds import sqlite
from benchmarks.seeds.progress import shown
from pywats_server.store import schema

# Counted up whenever other rows come out of the same size.
_VERSION = 1
# Dates in a seed grow old: in time everything in it would be in alarm.
_FRESH_SECONDS = 14 * 86_400


def name(size: int) -> str:
    """Return what a seed of *size* assets is called; another version's has another name."""
    return f"seed_{size}_{schema.revisions()[-1]}_{_VERSION}"


def sqlite_seed(folder: Path, size: int) -> Path:
    """Return an SQLite file of *size* assets in *folder*; make it first if it is not there or too old."""
    path = folder / f"{name(size)}.sqlite"
    if not path.exists() or time.time() - path.stat().st_mtime > _FRESH_SECONDS:
        for outdated in folder.glob(f"seed_{size}_*"):
            outdated.unlink()
        unfinished = path.with_suffix(".part")
        with shown(f"SQLite, {size:,} assets", size) as progress:
            sqlite.fill(unfinished, size, datetime.now(UTC).replace(microsecond=0), progress)
        unfinished.rename(path)
    return path


def sqlite_copy(seed: Path, folder: Path) -> Path:
    """Return a copy of *seed* to change, so that every run begins with the same."""
    return Path(shutil.copyfile(seed, folder / seed.name))
