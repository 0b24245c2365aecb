"""Databases of before due dates were kept: the migration fills in what the rules say."""

from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from databases import KINDS, contents, run
from pywats_server.store import schema

_LATER = ("saved_view", "list_import", "list_import_file", "list_import_row")


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


def _take_back(address: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    def migrate(connection: Any) -> None:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

    schema._on(address, migrate)


def test_migration_fills_in_the_due_dates_that_the_rules_say(lived: str) -> None:
    before = contents(lived)
    _take_back(lived, "0006")
    schema.upgrade(lived)
    # Tables that came later went with what they held.
    assert contents(lived) == before | {table: [] for table in _LATER}
    due = run(lived, "SELECT count(*), count(calibration_due_at), count(maintenance_due_at) FROM asset")[0][0]
    assert due == (4, 3, 1)
