"""What the tests of faults begin with: a database, a seed, and a place for their figures."""

import os
import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

Figures = Callable[[str], None]
NewDatabase = Callable[[], str]


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Keeps what a test found out; it is printed at the end of the run."""
    return lambda line: request.node.user_properties.append(("figures", f"{request.node.name}: {line}"))


@pytest.fixture
def chance(figures: Figures) -> random.Random:
    """Chance that can be had again: the seed is printed, and PYWATS_FAULTS_SEED sets it."""
    seed = os.environ.get("PYWATS_FAULTS_SEED") or str(random.SystemRandom().randrange(2**32))
    figures(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture
def new_sqlite(empty_database: Path, tmp_path: Path) -> NewDatabase:
    """Makes fresh, migrated SQLite files and returns their addresses."""
    numbers = count()

    def make() -> str:
        path = tmp_path / f"{next(numbers)}.sqlite"
        path.write_bytes(empty_database.read_bytes())
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def new_database(new_sqlite: NewDatabase) -> NewDatabase:
    """Makes fresh, migrated databases and returns their addresses."""
    return new_sqlite


@pytest.fixture
def sqlite_address(new_sqlite: NewDatabase) -> str:
    """The address of a fresh SQLite file."""
    return new_sqlite()


@pytest.fixture
def address(new_database: NewDatabase) -> str:
    """The address of a fresh database."""
    return new_database()
