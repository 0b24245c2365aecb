"""`user`: make, list and change the accounts of people who sign in."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pywats_server.commands import options
from pywats_server.commands.opening import fail, read_settings, run
from pywats_server.services import users
from pywats_server.services.backend import Backend
from pywats_server.services.passwords import generated_password, hashed
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Make, list and change the accounts of people who sign in.")

Name = Annotated[str, typer.Argument(help="What the person signs in with; the log names it.", show_default=False)]
RoleOption = Annotated[Role, typer.Option(help="What the person may do.", show_default=False)]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")]
Generate = Annotated[
    bool,
    typer.Option(
        "--generate", help="Make a password and print only that. Its owner has to choose another when they sign in."
    ),
]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A password, and whether it was made here."""

    password: str
    is_generated: bool

    def give(self, settings: Settings, name: str, use_case: Any, *args: Any) -> None:
        """Do what gives *name* this password: *use_case* takes *args*, the password, and whether it must be changed."""

        async def work(backend: Backend) -> None:
            given = (*args, await hashed(self.password, name))
            await backend.write(LOCAL_ADMINISTRATOR, use_case, *given, must_change_password=self.is_generated)

        run(settings, work)

    def tell(self, done: str) -> None:
        """Print the password if nobody knows it yet, and else what was *done*."""
        typer.echo(self.password if self.is_generated else done)


@app.command()
def add(
    name: Name,
    role: RoleOption,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    data: options.Data = None,
    database: options.DatabaseAddress = None,
) -> None:
    """Make an account. The password is asked for, twice, unless an option says where it comes from."""
    choice = _choose(password_stdin, generate)
    choice.give(_settings(data, database), name, users.add_user, name, role)
    choice.tell(f"Added {name}.")


@app.command("list")
def list_(data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """List accounts with their roles."""
    stored = run(_settings(data, database), lambda backend: backend.read(LOCAL_ADMINISTRATOR, users.list_users))
    table = Table("Name", "Role", "Created (UTC)", "Disabled (UTC)", "Password", box=None)
    for user in stored:
        password = "to be changed" if user.must_change_password else ""
        table.add_row(user.name, user.role, _second(user.created_at), _second(user.disabled_at), password)
    Console(highlight=False).print(table)


@app.command()
def set_role(name: Name, role: RoleOption, data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """Give a user another role. They are signed out."""
    _change(data, database, users.set_role, name, role)
    typer.echo(f"{name} is {role.value} now.")


@app.command()
def reset_password(
    name: Name,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    data: options.Data = None,
    database: options.DatabaseAddress = None,
) -> None:
    """Give a user another password, as with `add`. They are signed out, and need not wait if signing in had failed."""
    choice = _choose(password_stdin, generate)
    choice.give(_settings(data, database), name, users.reset_password, name)
    choice.tell(f"{name} has another password.")


@app.command()
def disable(name: Name, data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """Let a user sign in no more. They are signed out."""
    _change(data, database, users.disable_user, name)
    typer.echo(f"Disabled {name}.")


@app.command()
def enable(name: Name, data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """Let a user sign in again who was disabled, or who has to wait because signing in failed too often."""
    _change(data, database, users.enable_user, name)
    typer.echo(f"Enabled {name}.")


def _second(instant: str | None) -> str:
    return (instant or "").partition(".")[0]


def _settings(data: options.Data, database: options.DatabaseAddress) -> Settings:
    return read_settings(lambda: options.settings(data=data, database=database))


def _change(data: options.Data, database: options.DatabaseAddress, use_case: Any, *args: Any) -> None:
    run(_settings(data, database), lambda backend: backend.write(LOCAL_ADMINISTRATOR, use_case, *args))


def _choose(from_stdin: bool, generate: bool) -> _Choice:
    if from_stdin and generate:
        raise fail("--password-stdin and --generate cannot both be given.")
    if generate:
        return _Choice(generated_password(), is_generated=True)
    if from_stdin:
        # The encoding of browsers, whatever that of the terminal is.
        return _Choice(typer.get_text_stream("stdin", "utf-8").readline().rstrip("\r\n"), is_generated=False)
    return _Choice(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True), is_generated=False)
