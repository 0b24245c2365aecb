"""What the tests of faults begin with: a database, a seed, and a place for their figures."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

Figures = Callable[[str], None]


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
def sqlite_address(empty_database: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite file."""
    path = tmp_path / "pywats.sqlite"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def address(sqlite_address: str) -> str:
    """The address of a fresh, migrated database."""
    return sqlite_address
