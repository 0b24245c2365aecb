"""The functions that SQLite is taught, beside what PostgreSQL does by itself."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from pywats_server.odata.functions import WHITESPACE, after_prefix
from pywats_server.store.sqlite.functions import register


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        register(opened)
        yield opened


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lower('ÄÖ Ж X')", "äö ж x"),
        ("upper('äö ж x')", "ÄÖ Ж X"),
        ("lower(null)", None),
        ("upper(null)", None),
        ("lower(5)", "5"),
        ("piece('abc', 1)", "bc"),
        ("piece('abc', -1)", "abc"),
        ("piece('abc', 9)", ""),
        ("piece('测😀设', 1, 1)", "😀"),
        ("piece('abc', -1, 1)", "a"),
        ("piece('abc', 1, -1)", ""),
        ("piece('abc', 0, 9223372036854775807)", "abc"),
        ("piece(null, 1)", None),
        ("piece('abc', null)", None),
        ("piece('abc', 1, null)", None),
    ],
)
def test_function_of_sqlite_gives_what_postgresql_gives(
    connection: sqlite3.Connection, expression: str, expected: str | None
) -> None:
    assert connection.execute(f"SELECT {expression}").fetchone() == (expected,)


def test_function_of_sqlite_can_be_indexed(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE device (name TEXT)")
    connection.execute("CREATE INDEX lowered ON device (lower(name), upper(name), piece(name, 1), piece(name, 1, 2))")
    plan = connection.execute("EXPLAIN QUERY PLAN SELECT * FROM device WHERE lower(name) = 'ä'").fetchone()
    assert "lowered" in plan[3]


def test_white_space_is_what_unicode_calls_so() -> None:
    assert set(WHITESPACE) == {character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace()}


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("A-", "A."),
        ("a", "b"),
        ("ÿ", "Ā"),
        ("\ud7ff", "\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
        ("", None),
    ],
)
def test_text_behind_a_prefix_is_the_next_one(prefix: str, expected: str | None) -> None:
    assert after_prefix(prefix) == expected
