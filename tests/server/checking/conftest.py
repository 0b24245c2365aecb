"""Checks run on every kind of database."""

import pytest

from databases import ALIKE


@pytest.fixture(scope="session", params=ALIKE)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found
