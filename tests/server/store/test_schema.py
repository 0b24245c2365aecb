"""The schema: what migrations make is what the code works on, and where a database stands is told rightly."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from databases import PostgresDatabases, run
from pywats_server.store import schema
from pywats_server.store.schema import SchemaState
from pywats_server.store.tables import TEXT_INDEX, is_described, metadata


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _definitions(path: Path) -> dict[str, set[str]]:
    """Return what every table and index of a database is made of, apart from order and white space."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: _parts(sql) for name, sql in rows if name not in {"alembic_version", "sqlite_sequence"}}


def _parts(sql: str) -> set[str]:
    head, _, rest = sql.partition("(")
    # Every column and constraint stands on a line of its own, but a column that was added later.
    lines = (re.sub(r"\s+", " ", line).strip(" ,)") for line in re.split(r"\n|, (?![^()]*\))", rest))
    return {re.sub(r"\s+", " ", head).strip(), *filter(None, lines), *re.findall(r"\) (AUTOINCREMENT|STRICT)", sql)}


def test_migrations_make_exactly_the_tables_of_the_code(empty_database: Path, tmp_path: Path) -> None:
    path = tmp_path / "created.sqlite"
    engine = create_engine(_url(path))
    metadata.create_all(engine)
    engine.dispose()
    assert _definitions(empty_database) == _definitions(path)


def test_migrations_leave_nothing_to_generate(empty_database: Path) -> None:
    engine = create_engine(_url(empty_database))
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_described}
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


_POSTGRESQL_COLUMNS = """\
SELECT table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"""
_POSTGRESQL_INDEXES = f"""\
SELECT indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version' AND indexname <> '{TEXT_INDEX}'"""
_POSTGRESQL_CONSTRAINTS = """\
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass"""


def test_migrations_make_exactly_the_tables_of_the_code_on_postgresql(postgresql: PostgresDatabases) -> None:
    migrated, created = postgresql.fresh(), postgresql.empty()
    run(created, "CREATE TABLE alembic_version ()")
    schema._on(created, metadata.create_all)
    for question in (_POSTGRESQL_COLUMNS, _POSTGRESQL_INDEXES, _POSTGRESQL_CONSTRAINTS):
        assert sorted(run(migrated, question)[0], key=str) == sorted(run(created, question)[0], key=str)
    for address in (migrated, created):
        postgresql.drop(address)


def _execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "database.sqlite"


def test_database_without_tables_is_empty(path: Path) -> None:
    assert schema.state(_url(path)) is SchemaState.EMPTY


def test_upgraded_database_is_current_and_a_second_upgrade_changes_nothing(path: Path) -> None:
    schema.upgrade(_url(path))
    assert schema.state(_url(path)) is SchemaState.CURRENT
    before = path.read_bytes()
    schema.upgrade(_url(path))
    assert path.read_bytes() == before


def test_database_with_tables_of_others_is_foreign(path: Path) -> None:
    _execute(path, "CREATE TABLE theirs (a INTEGER)")
    assert schema.state(_url(path)) is SchemaState.FOREIGN


def test_database_with_an_unknown_revision_is_newer(path: Path) -> None:
    schema.upgrade(_url(path))
    _execute(path, "UPDATE alembic_version SET version_num = '9999'")
    assert schema.state(_url(path)) is SchemaState.NEWER


def test_database_with_an_earlier_revision_is_older(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.upgrade(_url(path))
    known = schema.revisions()
    monkeypatch.setattr(schema, "revisions", lambda: [*known, "9999"])
    assert schema.state(_url(path)) is SchemaState.OLDER


def test_migration_that_fails_leaves_the_database_as_it_was(path: Path) -> None:
    _execute(path, "CREATE TABLE usage_daily (a INTEGER)")
    with pytest.raises(Exception, match="usage_daily already exists"):
        schema.upgrade(_url(path))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("usage_daily",)]
