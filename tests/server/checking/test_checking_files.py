"""What a check tells of files that are damaged, or no database at all."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from databases import SqliteDatabases
from pywats_server.commands.line import app
from pywats_server.store.opening import sqlite_path


def check(address: str) -> Result:
    return CliRunner().invoke(app, ["db", "check", "--database", address])


@pytest.mark.parametrize("damaged", range(3, 40, 4))
def test_check_of_a_damaged_file_tells_of_it(sqlite: SqliteDatabases, damaged: int) -> None:
    """A page becomes noise, as on a dying disk. Pages that hold nothing yet are no loss."""
    address = sqlite.fresh()
    path = sqlite_path(address)
    content = bytearray(path.read_bytes())
    content[damaged * 4096 : (damaged + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    result = check(address)
    assert result.exit_code in {1, 2}
    assert "storage: the database's files" in result.stdout or "malformed" in result.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "There is no database"), (b"", "There is nothing in the database"), (b"no database" * 500, "cannot be")],
    ids=["missing", "empty", "no database"],
)
def test_check_tells_that_there_is_nothing_to_check(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "pywats.sqlite"
    if content is not None:
        path.write_bytes(content)
    result = check(f"sqlite:///{path}")
    assert result.exit_code == 2
    assert told in result.stderr
    assert path.exists() == (content is not None)
