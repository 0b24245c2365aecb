"""Tells in plain text what an import did or would do."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.columns import Value
from pywats_server.exchange.compare import state_name
from pywats_server.exchange.outcomes import Change, Outcome, Result, Summary
from pywats_server.exchange.properties import Property, amount
from pywats_server.exchange.records import Finding, Line
from pywats_server.instants import instant

_LONGEST = 70


def report(summary: Summary) -> str:
    """
    Return how the columns were understood, every refusal, warning and change with its row, and the counts.

    A trial also tells of every new asset. The counts come last, where a terminal leaves the eye.
    """
    sections = [
        _section(f"{summary.plan.table.name}: {_rows(len(summary.results))}", _columns(summary)),
        _section("How the list was understood", [f"- {note}" for note in (*summary.plan.notes, *summary.notes)]),
        _section("New asset types", _new_types(summary)),
        _section("New assets", () if summary.is_stored else _creations(summary)),
        _section("Changes", chain.from_iterable(map(_changes, summary.results))),
        _section(
            "Warnings", chain.from_iterable(_findings(result.line, result.warnings) for result in summary.results)
        ),
        _section("Refused", chain.from_iterable(_findings(result.line, result.refusals) for result in summary.results)),
        _section("Result", _totals(summary)),
    ]
    return "\n".join(filter(None, sections))


def _section(title: str, lines: Iterable[str]) -> str:
    body = "".join(f"  {_printable(line)}\n" for line in lines)
    return f"{_printable(title)}\n{body}" if body else ""


def _columns(summary: Summary) -> Iterator[str]:
    """Name the columns that become something of another name one by one, the others together."""
    columns = summary.plan.columns
    tags = [column for column in columns if column.target.property is Property.TAG]
    ignored = [column for column in columns if column.target.property is Property.IGNORE]
    as_they_are = [column for column in columns if column.is_wire_name or column.header == str(column.target)]
    own_tags = [column for column in tags if column.header == column.target.key]
    for column in columns:
        if column not in (*ignored, *as_they_are, *own_tags):
            yield f"{_short(column.header)} → {_short(str(column.target))}"
    for title, group in (("as they are", as_they_are), ("tags", own_tags), ("ignored", ignored)):
        if group:
            yield f"{title}: {', '.join(_short(column.header) for column in group)}"


def _new_types(summary: Summary) -> Iterator[str]:
    for type_name, demands in summary.new_types.items():
        named = ", ".join(f"{property} {amount(property, number)}" for property, number in demands.items())
        yield f"{_short(type_name)} ({named})" if named else _short(type_name)


def _creations(summary: Summary) -> Iterator[str]:
    for result in summary.results:
        if result.outcome is Outcome.CREATED and result.line.record:
            record = result.line.record
            given = [f"{name} {_told(value)}" for name, value in record.values.items() if value is not None]
            assumed = [f"{name} {_told(value)} (assumed)" for name, value in record.assumed.items()]
            told = ", ".join([f"serialNumber {_short(record.serial_number)}", *given, *assumed])
            yield f"{_place(result.line)}: {told}"


def _told(value: Value) -> str:
    if isinstance(value, AssetState):
        return state_name(value)
    return instant(value).removesuffix("T00:00:00") if isinstance(value, datetime) else _short(str(value))


def _changes(result: Result) -> Iterator[str]:
    for change in result.changes:
        yield f"{_place(result.line)}: {_change(change)}"


def _change(change: Change) -> str:
    old, new = (_short(repr(value)) if value is not None else "nothing" for value in (change.old, change.new))
    return f"{_short(change.property)} {old} → {new}"


def _findings(line: Line, findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        value = f"{_short(repr(finding.value))} " if finding.value else ""
        colon = "" if finding.value or not finding.column else ": "
        yield f"{_place(line)}: {_short(finding.column)}{colon}{' ' if value else ''}{value}{finding.reason}"


def _place(line: Line) -> str:
    return f"row {line.number} ({_short(line.label)})" if line.label else f"row {line.number}"


def _totals(summary: Summary) -> Iterator[str]:
    yield ", ".join(f"{summary.count(outcome)} {outcome}" for outcome in Outcome)
    number = next((column for column in summary.plan.columns if column.target.property is Property.ASSET_NUMBER), None)
    if number and summary.count(Outcome.REFUSED):
        yield (
            f"Rows without a usable serial number can be imported under {number.header!r}: pass "
            f'--column "{number.header}=serialNumber" to take it as the serial number of all rows.'
        )
    if not summary.is_stored:
        yield "Nothing was stored."


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _printable(text: str) -> str:
    """Return *text* without characters that would steer the terminal."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
