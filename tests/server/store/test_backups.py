"""Backups, restoring and copies of databases, through the commands: whole, compared, all or nothing."""

import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pywats_server.commands.line import app
from pywats_server.errors import DomainError
from pywats_server.store import backups, contents_sqlite, schema
from pywats_server.store.copying import CopyDiffers, compare


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def ignore(doing: str, done: int, total: int) -> None:
    """Take no notice of how far something is."""


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of every table of ours."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table.name: sorted(connection.execute(f"SELECT * FROM {table.name}").fetchall(), key=repr)
            for table in contents_sqlite.TABLES
        }


@pytest.fixture
def backup(lived: Path) -> Path:
    """A backup of the database that was lived in."""
    file = lived / "backup.sqlite"
    assert run("backup", str(file), "--data", str(lived)).exit_code == 0
    return file


def test_backup_is_one_private_file_with_the_same_content(lived: Path, backup: Path) -> None:
    assert content(backup) == content(lived / "pywats.sqlite")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    # It can be read from a medium that nothing can be written to, and nothing unfinished lies around.
    assert sorted(path.name for path in lived.glob("*backup*")) == ["backup.sqlite"]


def test_backup_does_not_replace_a_file_unless_told(lived: Path, backup: Path) -> None:
    before = backup.read_bytes()
    refused = run("backup", str(backup), "--data", str(lived))
    assert (refused.exit_code, backup.read_bytes()) == (1, before)
    assert "--force" in refused.stderr
    assert run("backup", str(backup), "--data", str(lived), "--force").exit_code == 0


def test_backup_of_nothing_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    refused = run("backup", str(tmp_path / "backup.sqlite"), "--data", str(tmp_path / "typo"))
    assert refused.exit_code == 1
    assert "There is no database" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_backup_into_a_missing_folder_says_so(lived: Path) -> None:
    refused = run("backup", str(lived / "missing" / "backup.sqlite"), "--data", str(lived))
    assert refused.exit_code == 1
    assert "missing" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_restore_on_a_new_machine_gives_the_same_content_in_order(backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    restored = run("restore", str(backup), "--data", str(new))
    assert (restored.exit_code, restored.stderr) == (0, "")
    assert content(new / "pywats.sqlite") == content(backup)
    assert run("db", "check", "--data", str(new)).exit_code == 0


def test_restore_refuses_a_database_that_holds_something(lived: Path, backup: Path) -> None:
    before = content(lived / "pywats.sqlite")
    refused = run("restore", str(backup), "--data", str(lived))
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    assert content(lived / "pywats.sqlite") == before


def test_restore_replaces_what_was_done_since(lived: Path, backup: Path) -> None:
    with closing(sqlite3.connect(lived / "pywats.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE asset SET location = 'elsewhere'")
        connection.execute("DELETE FROM log_entry")
    assert run("restore", str(backup), "--data", str(lived), "--replace").exit_code == 0
    assert content(lived / "pywats.sqlite") == content(backup)
    assert run("db", "check", "--data", str(lived)).exit_code == 0


def test_restore_brings_a_backup_of_an_older_version_up_to_date(tmp_path: Path) -> None:
    """The file itself stays as it is."""
    old = tmp_path / "old.sqlite"
    schema.upgrade(f"sqlite:///{old}")
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO asset_type (type_id, type_name, is_readonly) VALUES ('1', 'Old', 0)")
    engine.dispose()
    before = old.read_bytes()
    assert run("restore", str(old), "--data", str(tmp_path / "new")).exit_code == 0
    assert content(tmp_path / "new" / "pywats.sqlite")["asset_type"][0][2] == "Old"
    assert old.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "backup of a newer version"),
        ("DROP TABLE alembic_version", "the database of another program"),
    ],
    ids=["newer", "foreign"],
)
def test_restore_refuses_a_file_that_it_does_not_understand(
    backup: Path, tmp_path: Path, statement: str, said: str
) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute(statement)
    refused = run("restore", str(backup), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 1
    assert said in refused.stderr


@pytest.mark.parametrize("written", [None, b"", b"no database at all" * 300], ids=["missing", "empty", "no database"])
def test_restore_refuses_what_is_no_backup(tmp_path: Path, written: bytes | None) -> None:
    file = tmp_path / "backup.sqlite"
    if written is not None:
        file.write_bytes(written)
    refused = run("restore", str(file), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_copy_fills_a_new_database_and_refuses_it_the_next_time(lived: Path, tmp_path: Path) -> None:
    source, target = f"sqlite:///{lived / 'pywats.sqlite'}", f"sqlite:///{tmp_path / 'copy.sqlite'}"
    assert run("db", "copy", source, target).exit_code == 0
    assert content(tmp_path / "copy.sqlite") == content(lived / "pywats.sqlite")
    assert run("db", "copy", source, target).exit_code == 1
    assert run("db", "copy", source, target, "--replace").exit_code == 0
    assert run("db", "copy", source, source, "--replace").exit_code == 1


def test_copy_never_gives_out_numbers_of_log_entries_again(lived: Path, tmp_path: Path) -> None:
    """Entries that moved to the archive leave a gap at the end, which stays."""
    with closing(sqlite3.connect(lived / "pywats.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 777 WHERE name = 'log_entry'")
    run("db", "copy", f"sqlite:///{lived / 'pywats.sqlite'}", f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite", isolation_level=None)) as connection:
        made = connection.execute(
            "INSERT INTO log_entry (asset_key, date, type, principal, previous_hash, hash) "
            "VALUES (1, '', 0, '', '', '')"
        )
        assert made.lastrowid == 778


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE asset SET location = 'x' WHERE key = 2",
        "DELETE FROM log_entry WHERE log_id = 3",
        "DELETE FROM usage_daily",
        "UPDATE asset_file SET content = x'00'",
        "INSERT INTO usage_daily VALUES (1, '9999-12-31', 1)",
    ],
)
def test_copy_that_differs_in_one_row_is_told(lived: Path, backup: Path, statement: str) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute(statement)
    with (
        contents_sqlite.reading(lived / "pywats.sqlite") as source,
        contents_sqlite.reading(backup) as copied,
        pytest.raises(CopyDiffers),
    ):
        asyncio.run(compare(source, copied, ignore))


@pytest.mark.parametrize("command", ["backup", "restore", "db copy"])
def test_command_that_fails_half_way_changes_nothing(
    command: str, lived: Path, backup: Path, tmp_path: Path, empty_database: Path
) -> None:
    """It fails at the last table, when all others are there already."""

    def fail_late(doing: str, done: int, total: int) -> None:
        if doing == "comparing usage_daily":
            raise DomainError("the power is gone")

    target = tmp_path / "target.sqlite"
    target.write_bytes(empty_database.read_bytes())
    before = content(lived / "pywats.sqlite")
    calls = {
        "backup": lambda: backups.back_up(f"sqlite:///{lived / 'pywats.sqlite'}", backup, fail_late),
        "restore": lambda: backups.restore(backup, f"sqlite:///{lived / 'pywats.sqlite'}", fail_late, replace=True),
        "db copy": lambda: backups.copy_database(f"sqlite:///{backup}", f"sqlite:///{target}", fail_late),
    }
    with pytest.raises(DomainError, match="the power is gone"):
        asyncio.run(calls[command]())
    assert content(lived / "pywats.sqlite") == content(backup) == before
    assert content(target)["asset"] == []
    assert not list(lived.glob("*.partial"))


_SLOW = """
import asyncio, sys, time
from pathlib import Path
from pywats_server.store import backups

def tell(doing, done, total):
    print(doing, flush=True)
    if doing.startswith(sys.argv[4]):
        time.sleep(60)

call, url, file = sys.argv[1:4]
if call == "backup":
    asyncio.run(backups.back_up(url, Path(file), tell))
else:
    asyncio.run(backups.restore(Path(file), url, tell, replace=True))
"""


@pytest.mark.parametrize(
    ("call", "moment"),
    [
        ("backup", "copying pages"),
        ("backup", "comparing log_entry"),
        ("restore", "copying usage_daily"),
        ("restore", "comparing usage_daily"),
    ],
)
def test_process_that_is_killed_leaves_the_old_state(lived: Path, backup: Path, call: str, moment: str) -> None:
    url = f"sqlite:///{lived / 'pywats.sqlite'}"
    before, kept = content(lived / "pywats.sqlite"), backup.read_bytes()
    arguments = [sys.executable, "-c", _SLOW, call, url, str(backup), moment]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith(moment) for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    assert content(lived / "pywats.sqlite") == before
    assert backup.read_bytes() == kept
    assert run("db", "check", "--data", str(lived)).exit_code == 0
