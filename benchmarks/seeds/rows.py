"""The rows of a seed, as the server's own use cases would have written them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.seeds.factory import Factory, asset_id, serial_number
from benchmarks.seeds.lives import Life, lives
from pywats.domains.asset.enums import AssetLogType
from pywats_server.instants import Instant, instant
from pywats_server.rules import chain
from pywats_server.services.journal import log_statement
from pywats_server.services.session import LOCAL_ADMINISTRATOR

COLUMNS = {
    "asset": (
        *("key", "asset_id", "serial_number", "type_key", "parent_key", "asset_name", "part_number", "location"),
        *("state", "first_seen_at", "last_calibration_at", "next_calibration_at", "calibration_by_interval"),
        *("last_maintenance_at", "next_maintenance_at", "maintenance_by_interval"),
        *("count_level", "warning_at", "alarm_at", "version", "log_head"),
        *("calibration_due_at", "maintenance_due_at", "due_at"),
    ),
    "asset_counter": (
        "asset_key",
        "running_count",
        "total_count",
        "carried_count",
        "last_seen_at",
        "last_day",
        "last_day_uses",
    ),
    "usage_daily": ("asset_key", "day", "uses"),
    "asset_tag": ("asset_key", "tag_key", "tag_value", "position"),
    "log_entry": (
        *("log_id", "asset_key", "date", "user", "type", "property", "old_value", "value", "comment"),
        *("principal", "previous_hash", "hash"),
    ),
}
"""The columns that a seed fills, by table, in an order in which rows may refer to earlier ones."""

_BLOCK = 10_000
_TAGGED = 10


@dataclass(slots=True)
class Block:
    """Rows of some thousand assets, by table."""

    assets: int = 0
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})


def blocks(size: int, type_keys: Mapping[str, int], now: datetime) -> Iterator[Block]:
    """Yield the rows of *size* assets that were all registered a minute before *now*; *type_keys* are by name."""
    factory = Factory(size)
    at = instant(now - timedelta(minutes=1))
    prepared = [_Prepared(life, type_keys[life.type_name]) for life in lives(size, now)]
    for start in range(0, size, _BLOCK):
        block = Block()
        for number in range(start, min(start + _BLOCK, size)):
            _add(block, factory, number, prepared[number % len(prepared)], at)
        yield block


class _Prepared:
    """What the rows of all assets with the same life share."""

    def __init__(self, life: Life, type_key: int) -> None:
        facts = life.facts
        used = sum(uses for _, uses in life.uses)
        self.type_name, self.type_key, self.uses = life.type_name, type_key, life.uses
        self.running, self.total, self.carried = facts.running_count, facts.total_count, facts.total_count - used
        calibration = (facts.last_calibration_at, facts.next_calibration_at)
        maintenance = (facts.last_maintenance_at, facts.next_maintenance_at)
        self.dates = tuple(at and instant(at) for at in (*calibration, *maintenance))
        self.state, self.first_seen = int(facts.state), instant(facts.first_seen_at)
        self.ahead = (life.count_level, life.warning_at, life.alarm_at)
        self.due = life.due
        self.last_seen = life.uses[-1][0] + "T00:00:00"
        self.began = self._began(facts.running_count - used)

    def _began(self, running: int) -> dict[str, Any]:
        """Return what the log says of the beginning, without the serial number."""
        last_calibration, _, last_maintenance, _ = self.dates
        dates = {"lastCalibrationDate": last_calibration, "lastMaintenanceDate": last_maintenance}
        return {
            "runningCount": running,
            "totalCount": self.carried,
            "firstSeenDate": self.first_seen,
            **{name: at for name, at in dates.items() if at is not None},
        }


def _add(block: Block, factory: Factory, number: int, life: _Prepared, at: Instant) -> None:
    key, id, serial = number + 1, asset_id(number), serial_number(number)
    entry = _registered(id, serial, life, at)
    parent = factory.parent(number)
    last_calibration, next_calibration, last_maintenance, next_maintenance = life.dates
    rows = block.rows
    rows["asset"].append(
        (
            *(key, id, serial, life.type_key, None if parent is None else parent + 1),
            *(factory.name(number, life.type_name), f"PN-{number % 500:04}", factory.location(number)),
            *(life.state, life.first_seen, last_calibration, next_calibration, True),
            *(last_maintenance, next_maintenance, True, *life.ahead, 1, entry[-1]),
            *life.due,
        )
    )
    *earlier, today = life.uses
    rows["asset_counter"].append((key, life.running, life.total, life.carried, life.last_seen, *today))
    rows["usage_daily"] += [(key, day, uses) for day, uses in earlier]
    if number % _TAGGED == 0:
        rows["asset_tag"].append((key, "Line", f"L{number // _TAGGED % 40}", 0))
    rows["log_entry"].append((key, key, *entry))
    block.assets += 1


def _registered(id: str, serial: str, life: _Prepared, at: Instant) -> tuple[Any, ...]:
    """Return the log entry of the registration, its hash last."""
    said = {
        "date": at,
        "user": LOCAL_ADMINISTRATOR.name,
        "type": int(AssetLogType.REGISTER),
        "property": None,
        "old_value": None,
        "value": json.dumps({"serialNumber": serial, **life.began}),
        "comment": None,
        "principal": LOCAL_ADMINISTRATOR.name,
    }
    return (*said.values(), chain.START, chain.entry_hash(chain.START, log_statement(id, said)))
