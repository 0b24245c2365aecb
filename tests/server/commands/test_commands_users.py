"""`user`: what it does to accounts, where passwords come from, and that none is told twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from databases import KINDS, Databases, run
from pywats_server.commands.line import app

PASSWORD = "seven green fixtures"
GENERATED = r"([a-z2-9]{4}-){4}[a-z2-9]{4}"


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The address of an empty database."""
    address = databases.fresh()
    yield address
    databases.drop(address)


def user(database: str, *arguments: str, given: str | None = None) -> Result:
    """Run a command to its end, in this process; *given* is what is typed."""
    done = CliRunner().invoke(app, ["user", *arguments, "--database", database], input=given)
    assert PASSWORD not in done.output
    assert "Traceback" not in done.output
    return done


def add(database: str, name: str, role: str) -> Result:
    return user(database, "add", name, "--role", role, "--password-stdin", given=f"{PASSWORD}\n")


def hash_of(database: str, name: str) -> str:
    [[(stored,)]] = run(database, f"SELECT password_hash FROM user_account WHERE name = '{name}'")
    return str(stored)


def test_user_is_added_listed_changed_disabled_and_enabled(database: str) -> None:
    assert add(database, "Chief", "administrator").stdout == "Added Chief.\n"
    assert add(database, "Anna", "viewer").exit_code == 0
    assert user(database, "set-role", "anna", "--role", "manager").stdout == "anna is manager now.\n"
    assert user(database, "disable", "Anna").stdout == "Disabled Anna.\n"
    _, anna, chief = user(database, "list").stdout.splitlines()
    assert re.fullmatch(r" *Anna +manager +\S+ +\S+ *", anna)
    assert re.fullmatch(r" *Chief +administrator +\S+ *", chief)
    assert user(database, "enable", "Anna").stdout == "Enabled Anna.\n"


def test_password_is_asked_for_until_it_was_typed_twice_alike(database: str) -> None:
    typed = f"{PASSWORD}\nseven green fixture\n{PASSWORD}\n{PASSWORD}\n"
    asked = user(database, "add", "Anna", "--role", "viewer", given=typed)
    assert (asked.exit_code, asked.stdout.strip()) == (0, "Added Anna.")
    assert "Password:" in asked.stderr


def test_generated_password_is_printed_alone_and_has_to_be_changed(database: str) -> None:
    made = user(database, "add", "Anna", "--role", "viewer", "--generate")
    assert (made.exit_code, made.stderr) == (0, "")
    assert re.fullmatch(GENERATED, made.stdout.strip())
    listed = user(database, "list").stdout
    assert "to be changed" in listed
    assert made.stdout.strip() not in listed


def test_password_is_reset(database: str) -> None:
    add(database, "Anna", "viewer")
    before = hash_of(database, "Anna")
    assert before.startswith("$argon2id$")
    reset = user(database, "reset-password", "anna", "--password-stdin", given="another green fixture\n")
    assert reset.stdout == "anna has another password.\n"
    assert hash_of(database, "Anna") != before
    assert re.fullmatch(GENERATED, user(database, "reset-password", "anna", "--generate").stdout.strip())


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["add", "Anna", "--role", "chief", "--generate"], None, "chief"),
        (["add", "A:b", "--role", "viewer", "--generate"], None, "without a colon"),
        (["add", "Anna", "--role", "viewer", "--password-stdin"], "too brief\n", "12 to 128 characters"),
        (["add", "Anna", "--role", "viewer", "--password-stdin"], "", "12 to 128 characters"),
        (["add", "Anna", "--role", "viewer", "--password-stdin", "--generate"], None, "cannot both"),
        (["add", "chief", "--role", "viewer", "--generate"], None, "a user named 'Chief'"),
        (["add", "Anna", "--role", "viewer"], "", "Aborted"),
        (["reset-password", "nobody", "--generate"], None, "no user named 'nobody'"),
        (["set-role", "Chief", "--role", "manager"], None, "the last administrator"),
        (["disable", "Chief"], None, "the last administrator"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    database: str, arguments: list[str], given: str | None, said: str
) -> None:
    add(database, "Chief", "administrator")
    before = run(database, "SELECT * FROM user_account")
    refused = user(database, *arguments, given=given)
    assert refused.exit_code != 0
    assert said in refused.stderr
    assert refused.stdout.strip() == ""
    assert run(database, "SELECT * FROM user_account") == before


def test_file_of_the_database_holds_no_password(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new.sqlite'}"
    made = user(address, "add", "Anna", "--role", "viewer", "--generate").stdout.strip()
    add(address, "Bert", "viewer")
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert made.encode() not in files
    assert PASSWORD.encode() not in files
