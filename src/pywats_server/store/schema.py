"""Brings a database's schema to the one that this version of the server works on, and says where a database stands."""

from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaState(Enum):
    """Where a database's schema stands, seen from this version of the server."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def state(url: str) -> SchemaState:
    """Compare the schema of the database at *url* with the migrations that this version has."""
    engine = create_engine(url)
    try:
        return _state(engine)
    finally:
        engine.dispose()


def _state(engine: Engine) -> SchemaState:
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return SchemaState.FOREIGN if inspect(connection).get_table_names() else SchemaState.EMPTY
    scripts = ScriptDirectory(str(MIGRATIONS))
    if revision == scripts.get_current_head():
        return SchemaState.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState.OLDER if revision in known else SchemaState.NEWER


def upgrade(url: str) -> None:
    """Run every migration that the database at *url* has not had yet, in one transaction."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
