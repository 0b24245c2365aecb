"""How values read in tables: days in local time, states in words."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pywats.domains.asset.models import Asset, AssetLog, AssetStatus


def text(value: object) -> str:
    """*value* as it reads in a table; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


ASSET_HEADINGS = (
    *("SERIAL NUMBER", "NAME", "TYPE", "LOCATION", "STATE", "ALARM"),
    *("COUNT", "CALIBRATE", "MAINTAIN"),
)
LOG_HEADINGS = ("DATE", "WHAT", "BY", "CHANGE", "COMMENT")


def asset_rows(assets: Iterable["Asset"], type_names: dict[str, str]) -> list[list[str]]:
    """A row an asset, below `ASSET_HEADINGS`."""
    return [
        [
            asset.serial_number,
            text(asset.asset_name),
            type_names.get(str(asset.type_id), ""),
            text(asset.location),
            text(asset.state),
            text(asset.alarm_state),
            text(asset.running_count),
            _day(asset.next_calibration_date),
            _day(asset.next_maintenance_date),
        ]
        for asset in assets
    ]


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def asset_facts(asset: "Asset", status: "AssetStatus | None") -> dict[str, str]:
    """All that is known of an asset by name; what is not known is empty."""
    kind = asset.asset_type
    facts = {
        "serial number": asset.serial_number,
        "name": asset.asset_name,
        "type": kind and kind.type_name,
        "status": status and status.alarm_state,
        "because": status and status.message,
        "state": asset.state,
        "location": asset.location,
        "mounted in": asset.parent_serial_number,
        "part number": asset.part_number,
        "revision": asset.revision,
        "description": asset.description,
        "running count": asset.running_count,
        "total count": asset.total_count,
        "last calibration": asset.last_calibration_date,
        "next calibration": asset.next_calibration_date,
        "last maintenance": asset.last_maintenance_date,
        "next maintenance": asset.next_maintenance_date,
        "first seen": asset.first_seen_date,
        "last seen": asset.last_seen_date,
        "tags": ", ".join(f"{tag.key}={text(tag.value)}" for tag in asset.tags),
        "asset id": asset.asset_id,
    }
    return {name: text(value) for name, value in facts.items()}


def log_rows(entries: Iterable["AssetLog"]) -> list[list[str]]:
    """A row an entry, below `LOG_HEADINGS`."""
    return [
        [text(each.date), text(each.log_type), each.user or text(each.principal), _change(each), text(each.comment)]
        for each in entries
    ]


def _change(entry: "AssetLog") -> str:
    if entry.property is None:
        return text(entry.value)
    return f"{entry.property}: {text(entry.old_value)} -> {text(entry.value)}"


def tree_rows(parts: Iterable["AssetStatus"]) -> list[list[str]]:
    """A row an asset: each below what it is mounted in, and further to the right."""
    mounted: dict[str | None, list[AssetStatus]] = {}
    first, *others = parts
    for part in others:
        mounted.setdefault(part.parent_asset_id, []).append(part)

    def rows(part: "AssetStatus", depth: int) -> list[list[str]]:
        row = ["  " * depth + text(part.serial_number), text(part.alarm_state), part.message]
        return [row, *(below for child in mounted.get(part.asset_id, []) for below in rows(child, depth + 1))]

    return rows(first, 0)
