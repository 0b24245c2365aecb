"""Checks run on every kind of database."""

import pytest

from databases import KINDS


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found
