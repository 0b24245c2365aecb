"""
A model of the whole service in plain Python, made from what the documentation promises and not from the server's rules.

Every operation either changes the model and returns what the server shall answer, or raises `Refused` and changes
nothing. It computes everything anew whenever it is asked, the slow and simple way.
"""

import copy
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from pywats.domains.asset.enums import AssetState

T = TypeVar("T")

OK, WARNING, ALARM = range(3)
_NET_STATUS = {OK: 0, WARNING: 2, ALARM: 3}
_UNLIMITED, _EXTERNAL = -1, -2
_DAY = timedelta(days=1)
# A change of each of these leaves one entry in the log.
_LOGGED = (
    *("serialNumber", "typeName", "parentSerialNumber", "assetName", "partNumber", "revision", "ClientId"),
    *("description", "location", "nextCalibrationDate", "nextMaintenanceDate", "tags", "state"),
)
LINES = ("assetName", "partNumber", "revision", "ClientId", "description", "location")
DEMANDS = (
    *("runningCountLimit", "totalCountLimit", "calibrationInterval", "maintenanceInterval"),
    *("warningThreshold", "alarmThreshold"),
)


class Refused(Exception):
    """The server shall answer with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def wire(moment: datetime | None) -> str | None:
    """Return a moment as it stands on the wire."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


@dataclass
class Type:
    """An asset type; its demands by their names on the wire."""

    type_id: str
    name: str
    demands: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(DEMANDS))

    def settled(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return the demands after *changes*, with those raised that contradict others."""
        demands = {**self.demands, **changes}
        running, total = demands["runningCountLimit"] or 0, demands["totalCountLimit"] or 0
        if 0 < total < running:
            demands["totalCountLimit"] = running
        warning, alarm = demands["warningThreshold"], demands["alarmThreshold"]
        if warning is not None and alarm is not None:
            demands["alarmThreshold"] = max(warning, alarm)
        return demands

    def interval(self, kind: str) -> float:
        """Return the days of an interval; 0 is none."""
        return self.demands[f"{kind.lower()}Interval"] or 0

    def due_after(self, kind: str, last: datetime | None) -> datetime | None:
        """Return when work is due again by the interval."""
        days = self.interval(kind)
        return last + timedelta(days=days) if last and days > 0 else None

    def level(self, share: Fraction) -> int:
        """Return what a share of a limit or of an interval means: 1 is all of it."""
        warning, alarm = self.demands["warningThreshold"], self.demands["alarmThreshold"]
        if share >= min(1, Fraction(100 if alarm is None else alarm) / 100):
            return ALARM
        return WARNING if warning is not None and share >= Fraction(warning) / 100 else OK


@dataclass
class Work:
    """One of the two histories of an asset. `follows` tells whether its next date comes from the interval."""

    last: datetime | None = None
    next: datetime | None = None
    follows: bool = True


@dataclass
class Asset:
    """An asset. `log` is the number of its entries."""

    asset_id: str
    serial: str
    type: Type
    first_seen: datetime
    parent: "Asset | None" = None
    lines: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(LINES))
    state: int = 0
    tags: list[dict[str, str]] = field(default_factory=list)
    running: int = 0
    total: int = 0
    last_seen: datetime | None = None
    works: dict[str, Work] = field(default_factory=lambda: {"Calibration": Work(), "Maintenance": Work()})
    log: int = 0

    def follow_intervals(self) -> None:
        """Bring next dates up to date with the type."""
        for kind, work in self.works.items():
            if work.follows:
                work.next = self.type.due_after(kind, work.last)

    def count(self, uses: int, now: datetime) -> None:
        """Add uses."""
        self.running += uses
        self.total += uses
        self.last_seen = now

    def monitors(self, now: datetime) -> Iterator[tuple[str, int, str, float]]:
        """Return of every monitor that has a limit or a due date: kind, level, name and value of what is exceeded."""
        for kind, exceeded in (("Calibration", "calibrationDaysOverdue"), ("Maintenance", "maintenanceDaysOverdue")):
            due = self._due(kind)
            if due is not None:
                yield kind.lower(), self._level_of_work(kind, due, now), exceeded, (now - due) / _DAY
        for name, count in (("runningCount", self.running), ("totalCount", self.total)):
            limit = self.type.demands[f"{name}Limit"] or 0
            if limit > 0:
                yield (
                    name,
                    self._unless_scrapped(self.type.level(Fraction(count, limit))),
                    f"{name}Exceeded",
                    count - limit,
                )

    def _due(self, kind: str) -> datetime | None:
        work = self.works[kind]
        if self.type.interval(kind) == _UNLIMITED:
            return None
        return work.next or self.type.due_after(kind, work.last or self.first_seen)

    def _level_of_work(self, kind: str, due: datetime, now: datetime) -> int:
        start = self.works[kind].last or self.first_seen
        if due > start:
            share = max(
                Fraction(0), Fraction((now - start) // timedelta.resolution, (due - start) // timedelta.resolution)
            )
        else:
            share = Fraction(now >= due)
        never_done = self.works[kind].last is None and self.type.interval(kind) > 0
        return self._unless_scrapped(max(self.type.level(share), WARNING if never_done else OK))

    def _unless_scrapped(self, level: int) -> int:
        return OK if self.state == AssetState.SCRAPPED else level

    def alarm_state(self, now: datetime) -> int:
        """Return the worst of all monitors."""
        return max((level for _, level, _, _ in self.monitors(now)), default=OK)

    def document(self, now: datetime) -> dict[str, Any]:
        """Return the asset as a list shows it."""
        dates = {}
        for kind, work in self.works.items():
            dates |= {f"last{kind}Date": wire(work.last), f"next{kind}Date": wire(work.next)}
        return {
            "assetId": self.asset_id,
            "serialNumber": self.serial,
            "typeId": self.type.type_id,
            "typeName": self.type.name,
            "parentAssetId": self.parent and self.parent.asset_id,
            "parentSerialNumber": self.parent and self.parent.serial,
            **self.lines,
            "state": self.state,
            "alarmState": self.alarm_state(now),
            "firstSeenDate": wire(self.first_seen),
            "lastSeenDate": wire(self.last_seen),
            **dates,
            "totalCount": self.total,
            "runningCount": self.running,
            "tags": self.tags,
        }


class Model:
    """Everything that is stored, by serial number and by name of the type."""

    def __init__(self) -> None:
        self.assets: dict[str, Asset] = {}
        self.types: dict[str, Type] = {}
        self.archived: dict[str, int] = {}

    def attempt(self, change: Callable[[], T]) -> T:
        """Make a change; when it is refused, nothing of it stays."""
        before = copy.deepcopy(self.__dict__)
        try:
            return change()
        except Refused:
            self.__dict__ = before
            raise

    def find(self, serial: str) -> Asset:
        if serial not in self.assets:
            raise Refused(404)
        return self.assets[serial]

    def by_id(self, asset_id: str) -> Asset | None:
        return next((asset for asset in self.assets.values() if asset.asset_id == asset_id), None)

    def below(self, asset: Asset) -> Iterator[Asset]:
        """Return all descendants."""
        for child in self.assets.values():
            if child.parent is asset:
                yield child
                yield from self.below(child)

    def status(self, asset: Asset, now: datetime) -> dict[str, Any]:
        """Return an asset's status without its words; of the reasons kind and level."""
        monitors = list(asset.monitors(now))
        worst = max(each.alarm_state(now) for each in (asset, *self.below(asset)))
        return {
            "alarmState": asset.alarm_state(now),
            "status": _NET_STATUS[asset.alarm_state(now)],
            "state": asset.state,
            "bubbledStatus": worst,
            "runningCount": asset.running,
            "totalCount": asset.total,
            **{exceeded: value for _, _, exceeded, value in monitors},
            "reasons": {kind: level for kind, level, _, _ in monitors if level != OK},
        }

    def _change(self, assets: Iterable[Asset], now: datetime, change: Callable[[], None]) -> None:
        """Make a change and log every property of *assets* that it made different."""
        before = [(asset, asset.document(now)) for asset in assets]
        change()
        for asset, old in before:
            new = asset.document(now)
            asset.log += sum(old[name] != new[name] for name in _LOGGED)

    # What clients call, in the order of the wire's documentation.

    def save_asset(self, body: dict[str, Any], now: datetime) -> None:
        by_serial = self.assets.get(body["serialNumber"])
        stored = self.by_id(body["assetId"]) if "assetId" in body else by_serial
        if by_serial is not None and by_serial is not stored:
            raise Refused(409)
        if stored is None:
            self._create(body, now)
        else:
            self._change([stored], now, lambda: self._update(stored, body))

    def _create(self, body: dict[str, Any], now: datetime) -> None:
        if "typeId" not in body:
            raise Refused(400)
        asset = Asset(str(uuid.UUID(body["assetId"])), body["serialNumber"], self._type(body), now)
        asset.parent = self._parent(body)
        asset.running, asset.total = body.get("runningCount") or 0, body.get("totalCount") or 0
        for kind, work in asset.works.items():
            work.last, work.next = (_moment(body.get(f"{which}{kind}Date")) for which in ("last", "next"))
            work.follows = work.next is None
        self.assets[asset.serial] = asset
        self._edit(asset, body)
        asset.log = 1

    def _update(self, asset: Asset, body: dict[str, Any]) -> None:
        if "typeId" in body:
            asset.type = self._type(body)
        if "parentSerialNumber" in body:
            self._put_below(asset, self._parent(body))
        del self.assets[asset.serial]
        asset.serial = body["serialNumber"]
        self.assets[asset.serial] = asset
        self._edit(asset, body)

    def _edit(self, asset: Asset, body: dict[str, Any]) -> None:
        asset.lines |= {name: body[name] for name in LINES if name in body}
        asset.state = asset.state if body.get("state") is None else body["state"]
        asset.tags = asset.tags if body.get("tags") is None else body["tags"]
        asset.follow_intervals()

    def _type(self, body: dict[str, Any]) -> Type:
        found = [type for type in self.types.values() if type.type_id == body["typeId"]]
        if not found:
            raise Refused(422)
        return found[0]

    def _parent(self, body: dict[str, Any]) -> Asset | None:
        serial = body.get("parentSerialNumber")
        if serial is not None and serial not in self.assets:
            raise Refused(422)
        return self.assets[serial] if serial else None

    def _put_below(self, asset: Asset, parent: Asset | None) -> None:
        if parent is not None and (parent is asset or parent in self.below(asset)):
            raise Refused(422)
        asset.parent = parent

    def delete_asset(self, serial: str, now: datetime) -> None:
        asset = self.find(serial)
        children = [child for child in self.assets.values() if child.parent is asset]

        def move() -> None:
            for child in children:
                child.parent = asset.parent

        self._change(children, now, move)
        del self.assets[serial]
        self.archived[asset.asset_id] = asset.log + 1

    def set_state(self, serial: str, state: int, now: datetime) -> None:
        asset = self.find(serial)
        self._change([asset], now, lambda: setattr(asset, "state", state))

    def move(self, serials: list[str], parent: str | None, now: datetime) -> None:
        below = None
        if parent is not None:
            if parent not in self.assets:
                raise Refused(422)
            below = self.assets[parent]
        for serial in serials:
            asset = self.find(serial)
            self._change([asset], now, partial(self._put_below, asset, below))

    def set_tags(self, serial: str, tags: list[dict[str, str]], now: datetime) -> None:
        asset = self.find(serial)
        self._change([asset], now, lambda: setattr(asset, "tags", tags))

    def count(self, serial: str, uses: int, now: datetime, *, children: bool) -> dict[str, Any]:
        """Count and return what a row of a batch answers."""
        asset = self.find(serial)
        for each in (asset, *(self.below(asset) if children else ())):
            each.count(uses, now)
        return {
            "assetId": asset.asset_id,
            "serialNumber": serial,
            "status": _NET_STATUS[asset.alarm_state(now)],
            "alarmState": asset.alarm_state(now),
            "runningCount": asset.running,
            "totalCount": asset.total,
        }

    def count_up_to(self, serial: str, total: int, now: datetime) -> dict[str, Any]:
        if total < self.find(serial).total:
            raise Refused(422)
        return self.count(serial, total - self.assets[serial].total, now, children=False)

    def reset(self, serial: str) -> None:
        asset = self.find(serial)
        limit = asset.type.demands["totalCountLimit"] or 0
        if 0 < limit <= asset.total:
            raise Refused(409)
        asset.running = 0
        asset.log += 1

    def set_count(self, serial: str, which: str, value: int) -> None:
        asset = self.find(serial)
        setattr(asset, which, value)
        asset.log += 1

    def record(self, serial: str, kind: str, at: datetime) -> str | None:
        asset = self.find(serial)
        work = asset.works[kind]
        if work.last != at:
            asset.works[kind] = work = Work(at, asset.type.due_after(kind, at), follows=True)
            asset.log += 1
        return wire(work.next)

    def record_external(self, serial: str, kind: str, start: datetime, end: datetime | None) -> str | None:
        asset = self.find(serial)
        if end is None:
            raise Refused(400)
        if end <= start:
            raise Refused(422)
        work = Work(start, end, follows=False)
        asset.log += asset.works[kind] != work
        asset.works[kind] = work
        return wire(end)

    def post(self, serial: str) -> None:
        self.find(serial).log += 1

    def save_type(self, type_id: str, name: str, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Return the type as it is stored."""
        by_id = next((type for type in self.types.values() if type.type_id == type_id), None)
        by_name = self.types.get(name)
        if by_name is not None and by_name is not by_id:
            raise Refused(409)
        stored = by_id or Type(type_id, name)
        self.types = {type.name: type for type in self.types.values() if type is not stored}
        stored.name = name
        self.types[name] = stored
        using = [asset for asset in self.assets.values() if asset.type is stored]
        self._change(using, now, lambda: self._demand(stored, changes, using))
        return {"typeId": type_id, "typeName": name, "isReadonly": False, "icon": None, **stored.demands}

    def _demand(self, type: Type, changes: dict[str, Any], using: list[Asset]) -> None:
        type.demands = type.settled(changes)
        for asset in using:
            asset.follow_intervals()

    def delete_type(self, name: str) -> None:
        if name not in self.types:
            raise Refused(404)
        if any(asset.type is self.types[name] for asset in self.assets.values()):
            raise Refused(409)
        del self.types[name]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
