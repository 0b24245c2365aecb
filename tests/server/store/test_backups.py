"""Backups, restoring and copies of databases, through the commands: whole, compared, all or nothing."""

import asyncio
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command as migrations
from alembic.config import Config
from sqlalchemy import create_engine
from typer.testing import CliRunner, Result

from databases import KINDS, Databases, contents, run
from pywats_server.commands.line import app
from pywats_server.errors import DomainError
from pywats_server.store import backups, schema
from pywats_server.store.copying import CopyDiffers, compare
from pywats_server.store.opening import is_postgres

EMPTY = "is not empty"


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a new database of every kind, whatever kind the other one is."""
    made: Databases = request.getfixturevalue(request.param)
    address = made.empty()
    yield address
    made.drop(address)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def on(address: str) -> tuple[str, str]:
    return ("--database", address)


def file_address(file: Path) -> str:
    return f"sqlite:///{file}"


def ignore(doing: str, done: int, total: int) -> None:
    """Take no notice of how far something is."""


@pytest.fixture
def backup(lived: str, tmp_path: Path) -> Path:
    """A backup of the database that was lived in."""
    file = tmp_path / "backup.sqlite"
    made = call("backup", str(file), *on(lived))
    assert (made.exit_code, made.stderr) == (0, "")
    return file


def test_backup_is_one_private_file_with_the_same_content(lived: str, backup: Path) -> None:
    """It can be read from a medium that nothing can be written to, and nothing unfinished lies around."""
    assert contents(file_address(backup)) == contents(lived)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["backup.sqlite"]


def test_backup_is_in_order(backup: Path) -> None:
    assert call("db", "check", *on(file_address(backup))).exit_code == 0


def test_backup_does_not_replace_a_file_unless_told(lived: str, backup: Path) -> None:
    before = backup.read_bytes()
    refused = call("backup", str(backup), *on(lived))
    assert (refused.exit_code, backup.read_bytes()) == (1, before)
    assert "--force" in refused.stderr
    assert call("backup", str(backup), *on(lived), "--force").exit_code == 0


def test_backup_of_nothing_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    refused = call("backup", str(tmp_path / "backup.sqlite"), "--data", str(tmp_path / "typo"))
    assert refused.exit_code == 1
    assert "There is no database" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_backup_into_a_missing_folder_says_so(lived: str, tmp_path: Path) -> None:
    refused = call("backup", str(tmp_path / "missing" / "backup.sqlite"), *on(lived))
    assert refused.exit_code == 1
    assert "missing" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_restore_on_a_new_machine_gives_the_same_content_in_order(lived: str, backup: Path, target: str) -> None:
    restored = call("restore", str(backup), *on(target))
    assert (restored.exit_code, restored.stderr) == (0, "")
    assert contents(target) == contents(lived)
    assert call("db", "check", *on(target)).exit_code == 0


SIGNED_IN = (
    "INSERT INTO web_session VALUES ('digest', NULL, NULL, 'csrf', '2026-03-10', '2026-03-10', '2026-04-10')",
    "INSERT INTO failed_sign_in VALUES ('name anna', 3, '2026-03-10')",
)
WHO_IS_SIGNED_IN = ("SELECT * FROM web_session", "SELECT * FROM failed_sign_in")


def test_backup_leaves_out_who_is_signed_in(lived: str, tmp_path: Path) -> None:
    """Nothing of it can be found in the file, and whoever signed out since stays signed out after a restore."""
    run(lived, *SIGNED_IN)
    file = tmp_path / "backup.sqlite"
    assert call("backup", str(file), *on(lived)).exit_code == 0
    assert run(file_address(file), *WHO_IS_SIGNED_IN) == [[], []]
    assert b"digest" not in file.read_bytes()
    assert call("restore", str(file), *on(lived), "--replace").exit_code == 0
    assert run(lived, *WHO_IS_SIGNED_IN) == [[], []]


def test_restore_of_a_file_that_was_copied_by_hand_signs_nobody_in(backup: Path, target: str) -> None:
    run(file_address(backup), *SIGNED_IN)
    assert call("restore", str(backup), *on(target)).exit_code == 0
    assert run(target, *WHO_IS_SIGNED_IN) == [[], []]


def test_restore_refuses_a_database_that_holds_something(lived: str, backup: Path) -> None:
    before = contents(lived)
    refused = call("restore", str(backup), *on(lived))
    assert refused.exit_code == 1
    assert EMPTY in refused.stderr
    assert contents(lived) == before


def test_restore_replaces_what_was_done_since(lived: str, backup: Path) -> None:
    before = contents(lived)
    run(lived, "UPDATE asset SET location = 'elsewhere'", "DELETE FROM log_entry", "DELETE FROM usage_daily")
    assert call("restore", str(backup), *on(lived), "--replace").exit_code == 0
    assert contents(lived) == before
    assert call("db", "check", *on(lived)).exit_code == 0


@pytest.fixture
def old_backup(tmp_path: Path) -> Path:
    """A backup that the first version would have made."""
    file = tmp_path / "old.sqlite"
    schema.upgrade(file_address(file))
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    engine = create_engine(file_address(file))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        migrations.downgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO asset_type (type_id, type_name, is_readonly) VALUES ('1', 'Old', 0)")
    engine.dispose()
    return file


def test_restore_brings_a_backup_of_an_older_version_up_to_date(old_backup: Path, target: str) -> None:
    """The file itself stays as it is."""
    before = old_backup.read_bytes()
    assert call("restore", str(old_backup), *on(target)).exit_code == 0
    assert run(target, "SELECT type_name FROM asset_type") == [[("Old",)]]
    assert old_backup.read_bytes() == before


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
    run(file_address(backup), statement)
    refused = call("restore", str(backup), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_restore_refuses_a_damaged_file(lived: str, backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[4096 * 30 : 4096 * 40] = b"\xa5" * 4096 * 10
    backup.write_bytes(content)
    before = contents(lived)
    refused = call("restore", str(backup), *on(lived), "--replace")
    assert refused.exit_code == 1
    assert "damaged" in refused.stderr or "malformed" in refused.stderr
    assert contents(lived) == before


@pytest.mark.parametrize("written", [None, b"", b"no database at all" * 300], ids=["missing", "empty", "no database"])
def test_restore_refuses_what_is_no_backup(tmp_path: Path, written: bytes | None) -> None:
    file = tmp_path / "backup.sqlite"
    if written is not None:
        file.write_bytes(written)
    refused = call("restore", str(file), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_copy_fills_a_new_database_and_refuses_it_the_next_time(lived: str, target: str) -> None:
    copied = call("db", "copy", lived, target)
    assert (copied.exit_code, copied.stderr) == (0, "")
    assert contents(target) == contents(lived)
    refused = call("db", "copy", lived, target)
    assert (refused.exit_code, EMPTY in refused.stderr) == (1, True)
    assert call("db", "copy", lived, target, "--replace").exit_code == 0
    assert call("db", "check", *on(target)).exit_code == 0


def test_copy_onto_itself_is_refused(lived: str) -> None:
    refused = call("db", "copy", lived, lived, "--replace")
    assert refused.exit_code == 1
    assert "the same database" in refused.stderr


def test_copy_never_gives_out_numbers_of_log_entries_again(lived: str, target: str) -> None:
    """Not even those after the last entry that is there, which may have been told to somebody."""
    if is_postgres(lived):
        run(lived, "SELECT setval(pg_get_serial_sequence('log_entry', 'log_id'), 777)")
    else:
        run(lived, "UPDATE sqlite_sequence SET seq = 777 WHERE name = 'log_entry'")
    assert call("db", "copy", lived, target).exit_code == 0
    run(
        target,
        "INSERT INTO log_entry (asset_key, date, type, principal, previous_hash, hash) VALUES (1, '', 0, '', '', '')",
    )
    assert run(target, "SELECT max(log_id) FROM log_entry") == [[(778,)]]


def test_server_makes_new_rows_on_a_copy(lived: str, target: str) -> None:
    """Their keys are free."""
    assert call("db", "copy", lived, target).exit_code == 0
    assert call("token", "create", "new", "--role", "viewer", *on(target)).exit_code == 0
    assert call("db", "check", *on(target)).exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE asset SET location = 'x' WHERE key = 2",
        "DELETE FROM log_entry WHERE log_id = (SELECT max(log_id) FROM log_entry)",
        "DELETE FROM usage_daily",
        "UPDATE asset_file SET size_bytes = 1",
        "INSERT INTO usage_daily VALUES (1, '9999-12-31', 1)",
    ],
)
def test_copy_that_differs_in_one_row_is_told(lived: str, backup: Path, statement: str) -> None:
    async def compared() -> None:
        async with backups.reading(lived) as source, backups.reading(file_address(backup)) as copied:
            await compare(source, copied, ignore)

    asyncio.run(compared())
    run(file_address(backup), statement)
    with pytest.raises(CopyDiffers):
        asyncio.run(compared())


def fail_late(doing: str, done: int, total: int) -> None:
    """Fail at the last table, when all is written, or in the middle of a file."""
    if doing in {"comparing usage_daily", "copying pages"} and done:
        raise DomainError("the power is gone")


def test_backup_that_fails_leaves_the_one_before(lived: str, backup: Path) -> None:
    kept = backup.read_bytes()
    with pytest.raises(DomainError, match="the power is gone"):
        asyncio.run(backups.back_up(lived, backup, fail_late))
    assert backup.read_bytes() == kept
    assert [path.name for path in backup.parent.iterdir()] == ["backup.sqlite"]


def test_restore_that_fails_changes_nothing(lived: str, backup: Path) -> None:
    run(lived, "UPDATE asset SET location = 'elsewhere'")
    before = contents(lived)
    with pytest.raises(DomainError, match="the power is gone"):
        asyncio.run(backups.restore(backup, lived, fail_late, replace=True))
    assert contents(lived) == before
    # And whoever comes next has keys that are free.
    assert call("token", "create", "new", "--role", "viewer", *on(lived)).exit_code == 0


_SLOW = """
import asyncio, sys, time
from pathlib import Path
from pywats_server.store import backups

call, url, file, moment = sys.argv[1:]

def tell(doing, done, total):
    print(doing, flush=True)
    if doing.startswith(moment):
        time.sleep(60)

if call == "backup":
    asyncio.run(backups.back_up(url, Path(file), tell))
else:
    asyncio.run(backups.restore(Path(file), url, tell, replace=True))
"""


@pytest.mark.parametrize(
    ("what", "moment"),
    [
        ("backup", "copying"),
        ("backup", "comparing log_entry"),
        ("restore", "copying"),
    ],
)
def test_process_that_is_killed_leaves_the_old_state(lived: str, backup: Path, what: str, moment: str) -> None:
    run(lived, "UPDATE asset SET location = 'elsewhere'")
    before, kept = contents(lived), backup.read_bytes()
    arguments = [sys.executable, "-c", _SLOW, what, lived, str(backup), moment]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith(moment) for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    assert contents(lived) == before
    assert backup.read_bytes() == kept
    assert call("restore", str(backup), *on(lived), "--replace").exit_code == 0
