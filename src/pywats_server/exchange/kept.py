"""Rows of a list, and what came of them, as plain data that can be kept; and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange import said
from pywats_server.exchange.columns import Value
from pywats_server.exchange.outcomes import Change, Outcome, Result, Trace
from pywats_server.exchange.properties import DATES, Property
from pywats_server.exchange.records import Finding, Line, Record
from pywats_server.instants import instant, moment


def pack_line(line: Line) -> dict[str, Any]:
    """Return a row as plain data."""
    return {
        "number": line.number,
        "label": line.label,
        "record": line.record and _pack_record(line.record),
        "refusals": _pack_findings(line.refusals),
        "warnings": _pack_findings(line.warnings),
    }


def read_line(data: Mapping[str, Any]) -> Line:
    """Return the row that `pack_line` gave *data* for."""
    return Line(
        number=data["number"],
        label=data["label"],
        record=data["record"] and _read_record(data["record"]),
        refusals=_read_findings(data["refusals"]),
        warnings=_read_findings(data["warnings"]),
    )


def pack_result(result: Result) -> dict[str, Any]:
    """Return what came of a row as plain data, without the row itself and its outcome."""
    return {
        "changes": [[change.property, change.old, change.new] for change in result.changes],
        "refusals": _pack_findings(result.refusals),
        "warnings": _pack_findings(result.warnings),
    }


def read_result(line: Line, outcome: str, data: Mapping[str, Any]) -> Result:
    """Return the result that `pack_result` gave *data* for."""
    return Result(
        line,
        Outcome(outcome),
        changes=tuple(Change(*change) for change in data["changes"]),
        refusals=_read_findings(data["refusals"]),
        warnings=_read_findings(data["warnings"]),
    )


def pack_trace(trace: Trace) -> dict[str, Any]:
    """Return what a row left behind as plain data."""
    return {
        "assetId": trace.asset_id,
        "logHead": trace.log_head,
        "counts": [trace.running_count, trace.total_count],
        "before": trace.before,
    }


def read_trace(data: Mapping[str, Any]) -> Trace:
    """Return the trace that `pack_trace` gave *data* for."""
    running_count, total_count = data["counts"]
    return Trace(data["assetId"], data["logHead"], running_count, total_count, data["before"])


def _pack_record(record: Record) -> dict[str, Any]:
    return {
        "serialNumber": record.serial_number,
        "values": {str(property): _pack(value) for property, value in record.values.items()},
        "tags": dict(record.tags),
        "assumed": {str(property): _pack(value) for property, value in record.assumed.items()},
        "demands": {str(property): number for property, number in record.demands.items()},
        "notDue": sorted(record.not_due),
    }


def _read_record(data: Mapping[str, Any]) -> Record:
    return Record(
        serial_number=data["serialNumber"],
        values=_read_values(data["values"]),
        tags=data["tags"],
        assumed=_read_values(data["assumed"]),
        demands={Property(name): number for name, number in data["demands"].items()},
        not_due=frozenset(map(Property, data["notDue"])),
    )


def _pack(value: Value | None) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return int(value) if isinstance(value, AssetState) else value


def _read_values(data: Mapping[str, Any]) -> dict[Property, Any]:
    return {Property(name): _read(Property(name), value) for name, value in data.items()}


def _read(property: Property, value: Any) -> Any:
    if value is None:
        return None
    if property in DATES:
        return moment(value)
    return AssetState(value) if property is Property.STATE else value


def _pack_findings(findings: Iterable[Finding]) -> list[list[Any]]:
    return [[finding.column, finding.value, said.pack(finding.reason)] for finding in findings]


def _read_findings(data: Sequence[Sequence[Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(column, value, said.read(reason)) for column, value, reason in data)
