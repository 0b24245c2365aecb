"""Tells in plain text what an import did or would do."""

from collections.abc import Iterable, Iterator
from itertools import chain

from pywats_server.exchange.outcomes import Change, Outcome, Result, Summary
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Finding, Line

_LONGEST = 70


def report(summary: Summary) -> str:
    """
    Return how the columns were understood, every refusal, warning and change with its row, and the counts.

    The counts come last, where a terminal leaves the eye.
    """
    sections = [
        _section(f"{summary.plan.table.name}: {_rows(len(summary.results))}", _columns(summary)),
        _section("How the list was understood", [f"- {note}" for note in summary.plan.notes]),
        _section("New asset types", _new_types(summary)),
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
    columns = summary.plan.columns
    for column in columns:
        if column.target.property not in (Property.TAG, Property.IGNORE):
            yield f"{_short(column.header)} → {column.target}"
    renamed = [column for column in columns if column.target.property is Property.TAG]
    yield from (
        f"{_short(column.header)} → {_short(str(column.target))}"
        for column in renamed
        if column.target.key not in (column.header, column.header.removeprefix("tag:"))
    )
    tags = ", ".join(_short(column.target.key) for column in renamed if column.target.key == column.header)
    if tags:
        yield f"tags: {tags}"
    ignored = ", ".join(_short(column.header) for column in columns if column.target.property is Property.IGNORE)
    if ignored:
        yield f"ignored: {ignored}"


def _new_types(summary: Summary) -> Iterator[str]:
    for type_name, intervals in summary.new_types.items():
        named = ", ".join(f"{property} {days:g} days" for property, days in intervals.items())
        yield f"{_short(type_name)} ({named})" if named else _short(type_name)


def _changes(result: Result) -> Iterator[str]:
    for change in result.changes:
        yield f"{_place(result.line)}: {_change(change)}"


def _change(change: Change) -> str:
    old, new = (_short(repr(value)) if value is not None else "nothing" for value in (change.old, change.new))
    return f"{_short(change.property)} {old} → {new}"


def _findings(line: Line, findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        cell = f"{_short(finding.column)} {_short(repr(finding.value))}" if finding.value else _short(finding.column)
        yield (
            f"{_place(line)}: {cell} {finding.reason}" if finding.value else f"{_place(line)}: {cell}: {finding.reason}"
        )


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
