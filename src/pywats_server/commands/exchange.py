"""`import` and `export`: equipment lists in and out."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from pywats_server.commands import options
from pywats_server.commands.opening import fail, read_settings, run, trial
from pywats_server.errors import DomainError
from pywats_server.exchange.apply import run_import
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.instructions import combined, instructions, read_instructions
from pywats_server.exchange.listing import list_for_export
from pywats_server.exchange.outcomes import Outcome, Summary
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.records import Plan
from pywats_server.exchange.report import report
from pywats_server.exchange.writer import check_ending, write_table
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.settings import Settings

SOME_REFUSED = 3
"""Exit code of an import that left out rows; 1 is a failure, 2 a wrong call."""


def import_list(
    file: Annotated[Path, typer.Argument(help="CSV or Excel file with a row for each piece of equipment.")],
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, row by row; store nothing.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML file that says what columns are, with defaults.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help='What a column is: "S/N=serialNumber", "Owner=tag:owner", "Remarks=ignore". Repeatable.'),
    ] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(help='Value of new assets where the list gives none: "typeName=Instrument". Repeatable.'),
    ] = None,
    date_order: Annotated[
        DateOrder | None, typer.Option(help="How dates such as 1/11/2010 are meant.", show_default=False)
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of an Excel file.", show_default=False)] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a CSV file.", show_default=False)] = None,
    clear_blank: Annotated[
        bool, typer.Option("--clear-blank", help="Blank cells clear text and tags of assets that exist.")
    ] = False,
) -> None:
    """
    Import equipment from a CSV or Excel list. Importing it again changes nothing.

    Columns are recognised by their headers in English, German or Norwegian; those that fit no property become tags.

    Rows that cannot be taken are refused, each with its reasons, and the exit code is 3. The rest is stored at once.
    """
    settings = read_settings(lambda: options.settings(data=data, database=database))
    try:
        said = instructions(_pairs(column), _pairs(default), date_order)
        given = combined(read_instructions(mapping), said) if mapping else said
        plan = plan_file(file, given, sheet=sheet, encoding=encoding)
    except DomainError as error:
        raise fail(error.message) from error
    with trial(settings) if dry_run else nullcontext(settings) as target:
        summary = _import(target, plan, clear_blank=clear_blank, is_trial=dry_run)
    typer.echo(report(summary), nl=False)
    if summary.count(Outcome.REFUSED):
        raise typer.Exit(SOME_REFUSED)


def export_list(
    file: Annotated[Path, typer.Argument(help="File to write; its ending, .csv or .xlsx, says how.")],
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    filter: Annotated[
        str | None, typer.Option(help="OData filter, such as: location eq 'Lab 1'", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Export assets to a CSV or Excel list that `import` takes back: edit it, import it, and the assets follow."""
    settings = read_settings(lambda: options.settings(data=data, database=database))
    if file.exists() and not force:
        raise fail(f"{file} is there already. Choose another name, or replace it with --force.")
    try:
        check_ending(file)
        with run(settings, lambda backend: backend.scan(LOCAL_ADMINISTRATOR, list_for_export, filter)) as listing:
            write_table(file, listing.headers, listing.rows)
    except DomainError as error:
        raise fail(error.message) from error
    typer.echo(f"Wrote {len(listing)} assets to {file}.")


def _import(settings: Settings, plan: Plan, *, clear_blank: bool, is_trial: bool) -> Summary:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Trying" if is_trial else "Importing", total=len(plan.lines))
        return run(
            settings,
            lambda backend: run_import(
                backend,
                LOCAL_ADMINISTRATOR,
                plan,
                clear_blank=clear_blank,
                is_trial=is_trial,
                advance=lambda: progress.advance(task),
            ),
        )


def _pairs(texts: list[str] | None) -> dict[str, str]:
    """Return `name=value` texts as pairs. The last equals sign parts them: headers may hold one, properties do not."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.rpartition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE")
        pairs[name.strip()] = value.strip()
    return pairs
