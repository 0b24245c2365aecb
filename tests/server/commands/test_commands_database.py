"""What `token`, `db` and `serve` do to a database, and what they say when they cannot."""

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pywats_server.commands.line import app
from pywats_server.store import schema


def run(*arguments: str, **environment: str) -> Result:
    """Run a command to its end, in this process."""
    return CliRunner().invoke(app, arguments, env=environment)


def revise(data: Path, revision: str) -> None:
    """Make a database look as if another version of the server had migrated it."""
    with closing(sqlite3.connect(data / "pywats.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])


@pytest.fixture
def data(tmp_path: Path, empty_database: Path) -> Path:
    """A data folder with a migrated database."""
    (tmp_path / "pywats.sqlite").write_bytes(empty_database.read_bytes())
    return tmp_path


def test_token_create_prints_only_the_token(tmp_path: Path) -> None:
    made = run("token", "create", "bench-2", "--role", "operator", "--data", str(tmp_path / "new"))
    assert (made.exit_code, made.stderr) == (0, "")
    name, _, secret = base64.b64decode(made.stdout.strip(), validate=True).decode().partition(":")
    assert name == "bench-2"
    assert len(secret) >= 32


def test_token_create_takes_its_options_from_the_environment(data: Path) -> None:
    variables = {"PYWATS_SERVER_DATA": str(data), "PYWATS_SERVER_TOKEN_CREATE_ROLE": "viewer"}
    assert run("token", "create", "display", **variables).exit_code == 0
    listed = run("token", "list", **variables).stdout
    assert "display" in listed
    assert "viewer" in listed


def test_token_list_shows_roles_and_revocations_but_no_secret(data: Path) -> None:
    folder = ("--data", str(data))
    secret = run("token", "create", "bench-2", "--role", "operator", *folder).stdout.strip()
    assert run("token", "revoke", "bench-2", *folder).stdout == "Revoked bench-2.\n"
    listed = run("token", "list", *folder).stdout
    created, revoked = listed.splitlines()[-1].split()[2:]
    assert created < revoked
    assert secret not in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["token", "create", "a", "--role", "chief"], "chief"),
        (["token", "create", "a:b", "--role", "viewer"], "without a colon"),
        (["token", "revoke", "nobody"], "no valid token named 'nobody'"),
    ],
    ids=["unknown role", "colon in the name", "unknown name"],
)
def test_token_refuses_and_says_what_it_accepts(data: Path, arguments: list[str], said: str) -> None:
    refused = run(*arguments, "--data", str(data))
    assert refused.exit_code != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["token", "list"]], ids=["serve", "token"])
@pytest.mark.parametrize(
    ("revision", "advice"),
    [("9999", "Install that version"), ("0000", "Install that version"), ("0001", "pywats-server db upgrade")],
    ids=["newer", "unknown", "older"],
)
def test_database_of_another_version_is_refused_with_advice(
    data: Path, command: list[str], revision: str, advice: str
) -> None:
    revise(data, revision)
    before = (data / "pywats.sqlite").read_bytes()
    refused = run(*command, "--data", str(data))
    assert refused.exit_code == 1
    assert advice in refused.stderr
    assert (data / "pywats.sqlite").read_bytes() == before


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "pywats.sqlite")) as connection:
        connection.execute("CREATE TABLE invoice (number INTEGER)")
    refused = run("serve", "--port", "0", "--data", str(tmp_path))
    assert refused.exit_code == 1
    assert "tables of another program" in refused.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PYWATS_SERVER_PORT", "99999", "port"),
        ("PYWATS_SERVER_LOG_LEVEL", "loud", "log_level"),
        ("PYWATS_SERVER_DATABASE", "mysql://somewhere", "mysql"),
    ],
)
def test_serve_names_a_setting_that_cannot_be_used(data: Path, variable: str, value: str, said: str) -> None:
    refused = run("serve", "--data", str(data), **{variable: value})
    assert refused.exit_code != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_db_upgrade_makes_and_keeps_a_current_schema(tmp_path: Path) -> None:
    for _ in range(2):
        assert "up to date" in run("db", "upgrade", "--data", str(tmp_path)).stdout
    assert schema.state(f"sqlite:///{tmp_path / 'pywats.sqlite'}") is schema.SchemaState.CURRENT


def test_db_upgrade_leaves_a_newer_database_alone(data: Path) -> None:
    revise(data, "9999")
    refused = run("db", "upgrade", "--data", str(data))
    assert refused.exit_code == 1
    assert "newer" in refused.stderr
