"""Every call of `pywats-server` in the documentation: parsed as it stands, and run where it ends by itself."""

import re
import shlex
from pathlib import Path

import pytest
from typer.core import TyperCommand
from typer.main import get_command
from typer.testing import CliRunner

from docs.blocks import PAGES, Block, blocks_of, page_id
from pywats_server.commands.line import app
from pywats_server.settings import variable

ENDLESS = {"serve", "demo"}
OF_RUNNING_SERVERS = {"docs/operations/backup.md"}
_FILE = re.compile(r"`([\w.-]+\.(?:csv|toml))`[^`]*\n```(\w+)\n(.*?)```", re.DOTALL)


def calls_of(block: Block) -> list[list[str]]:
    """The arguments of each call of the command in a block, whichever folder it is called from."""
    lines = block.code.replace("\\\n", " ").splitlines()
    return [shlex.split(line.partition("pywats-server ")[2]) for line in lines if "pywats-server " in line]


def calls_of_page(page: Path) -> list[list[str]]:
    return [call for language in ("sh", "ini") for block in blocks_of(page, language) for call in calls_of(block)]


def command_of(call: list[str]) -> tuple[TyperCommand, list[str]]:
    """The command that is called, and its own arguments."""
    command = get_command(app)
    while not isinstance(command, TyperCommand):
        command, call = command.commands[call[0]], call[1:]
    return command, call


WITH_CALLS = [page for page in PAGES if calls_of_page(page)]


def test_pages_with_calls_are_found() -> None:
    assert {"README.md", "docs/operations/install.md", "docs/guides/import.md"} <= set(map(page_id, WITH_CALLS))


@pytest.mark.parametrize("page", WITH_CALLS, ids=page_id)
def test_calls_on_a_page_are_accepted(page: Path) -> None:
    for call in calls_of_page(page):
        command, arguments = command_of(call)
        command.make_context(" ".join(call), list(arguments))


@pytest.mark.parametrize("page", WITH_CALLS, ids=page_id)
def test_calls_on_a_page_work_in_their_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a page shows, named in the sentence before, are there."""
    folders = {"/var/lib/pywats": tmp_path / "data", "/var/backups/pywats": tmp_path / "backups"}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable("data"), str(tmp_path / "data"))
    (tmp_path / "backups").mkdir()
    if page_id(page) in OF_RUNNING_SERVERS:
        CliRunner().invoke(app, ["db", "upgrade"])
    for name, _, content in _FILE.findall(page.read_text("utf-8")):
        (tmp_path / name).write_text(content, "utf-8")
    for call in calls_of_page(page):
        if call[0] not in ENDLESS:
            for folder, here in folders.items():
                call = [argument.replace(folder, str(here)) for argument in call]
            result = CliRunner().invoke(app, call)
            assert result.exit_code == 0, f"{call}: {result.output}"


def test_import_tells_what_the_guide_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = next(page for page in PAGES if page.name == "import.md")
    name, _, content = _FILE.findall(page.read_text("utf-8"))[0]
    (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.setenv(variable("data"), str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["import", str(tmp_path / name), "--dry-run"])
    (shown,) = blocks_of(page, "text")
    assert result.stdout.startswith(shown.code)
