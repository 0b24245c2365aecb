"""Every call of `pywats` in the documentation, run against the demo factory."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from docs.blocks import PAGES, blocks_of, page_id
from docs.server import Server
from pywats.commands.line import app
from pywats.outbox.file import OutboxFile

ENDLESS = {"watch"}


def calls_of(page: Path) -> list[list[str]]:
    """The arguments of each call on a page."""
    lines = [line for block in blocks_of(page, "sh") for line in block.code.splitlines()]
    return [shlex.split(line)[1:] for line in lines if re.match(r"(\.venv/bin/)?pywats ", line)]


WITH_CALLS = [page for page in PAGES if calls_of(page)]


def test_pages_with_calls_are_found() -> None:
    assert "docs/guides/command-line.md" in map(page_id, WITH_CALLS)


@pytest.mark.parametrize("page", WITH_CALLS, ids=page_id)
def test_calls_on_a_page_work_in_their_order(
    page: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page attaches to an asset is there, and an outbox."""
    monkeypatch.chdir(tmp_path)
    Path("certificate.pdf").write_bytes(b"%PDF")
    OutboxFile("station.outbox").close()
    environment = {
        "PYWATS_BASE_URL": server.url,
        "PYWATS_TOKEN": server.token,
        "PYWATS_OUTBOX": "station.outbox",
    }
    for call in calls_of(page):
        if call[0] in ENDLESS:
            accepted(call)
            continue
        result = CliRunner(env=environment).invoke(app, call, prog_name="pywats")
        well = {0, 1, 2} if call[0] == "status" else {0}
        assert result.exit_code in well, f"{call}: {result.output}"


def accepted(call: list[str]) -> None:
    """Parse a call, and do no more."""
    command: click.Command = app
    while isinstance(command, click.Group):
        command, call = command.commands[call[0]], call[1:]
    command.make_context("pywats", call)
