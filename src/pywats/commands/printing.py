"""What commands print: tables and lines for people, JSON for programs."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pywats.commands import tables

if TYPE_CHECKING:
    from pydantic import BaseModel

COLOURS = {"warning": "yellow", "alarm": "red"}
"""Of cells that say just this."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON with the names and dates of the wire.")


def document(model: "BaseModel") -> dict[str, Any]:
    """*model* as it is on the wire, without what comes with some answers only."""
    return model.model_dump(mode="json", by_alias=True, exclude={"asset_children", "asset_log", "asset_type"})


def print_json(value: Any) -> None:
    """Print *value* as JSON; letters that the output has no form for as `\\uXXXX`."""
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")
    click.echo(json.dumps(value, indent=2, ensure_ascii=not is_unicode))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows* below *headings*, in the width of the terminal; whole when it goes to a file or a program."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for cells in tables.table(headings, list(rows), width):
        click.echo(tables.GAP.join(map(_coloured, cells)).rstrip(), color=_colours())


def print_facts(facts: Mapping[str, str]) -> None:
    """Print a line a fact; those that say nothing are left out."""
    width = max(map(len, facts))
    for name, text in facts.items():
        if text:
            click.echo(f"{name:{width}}{tables.GAP}{_coloured(tables.one_line(text))}", color=_colours())


def _coloured(cell: str) -> str:
    colour = COLOURS.get(cell.strip())
    return click.style(cell, fg=colour, bold=True) if colour else cell


def _colours() -> bool | None:
    """None leaves it to click, which colours only on a terminal."""
    return False if os.environ.get("NO_COLOR") else None
