"""What the tests of faults begin with: a database, a seed, and a place for their figures."""

import os
import random
from collections.abc import Callable, Iterator

import pytest

from databases import KINDS, Databases

Figures = Callable[[str], None]


@pytest.fixture(autouse=True)
def all_unmeasured(unmeasured: None, no_cover: None) -> None:
    """Neither are the tests themselves, which make calls by the ten thousand that other tests have made."""


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Keeps what a test found out; it is printed at the end of the run."""
    return lambda line: request.node.user_properties.append(("figures", f"{request.node.name}: {line}"))


@pytest.fixture
def chance(figures: Figures) -> random.Random:
    """Chance that can be had again: the seed is printed, and FAULTS_SEED sets it."""
    seed = os.environ.get("FAULTS_SEED") or str(random.SystemRandom().randrange(2**32))
    figures(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture(scope="session")
def portion(kind: str) -> int:
    """By what to divide what tests of the way to a server do: it is the same way, whatever the server's database."""
    return 1 if kind == "sqlite" else 2


@pytest.fixture
def address(databases: Databases) -> Iterator[str]:
    """The address of a fresh database."""
    made = databases.fresh()
    yield made
    databases.drop(made)
