"""What a change of a type would do is told as saving it then does it, of random assets and demands."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from msgspec import structs

from factories import Taken
from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.checking.run import check
from pywats_server.errors import NotAllowed, NotFound, RuleViolation
from pywats_server.odata.query import Query
from pywats_server.rules.model import Demands
from pywats_server.services import assets, type_preview, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.reading import list_log
from pywats_server.services.session import Permission, Principal, Role, Session, use_case
from pywats_server.services.status import get_status
from pywats_server.services.type_preview import Preview, preview_type
from pywats_server.settings import Settings
from pywats_server.store import backups
from pywats_server.store.assets import StoredAsset
from server.services.conftest import House

DAY = timedelta(days=1)
OK, WARNING, ALARM = AssetAlarmState
ASSETS = 60


def demands(chance: Random) -> Demands:
    pick = chance.choice
    return Demands(
        running_count_limit=pick([None, -1, 0, 100]),
        total_count_limit=pick([None, 80, 200]),
        calibration_interval_days=pick([None, -1, -2, 1.5, 30, 365, 365]),
        maintenance_interval_days=pick([None, -1, -2, 7, 90.25]),
        warning_threshold_percent=pick([None, 0, 33.3, 80, 100]),
        alarm_threshold_percent=pick([None, 0, 50.5, 90, 100]),
    )


def draft(demanded: Demands, type_id: str | None = None) -> TypeDraft:
    return TypeDraft(type_id=type_id, type_name="Fixture", **structs.asdict(demanded))


def asset(number: int, type_id: str, now: datetime, chance: Random) -> AssetDraft:
    def moment(earliest: int, latest: int) -> datetime:
        return now + timedelta(seconds=chance.randint(earliest * 86400, latest * 86400))

    def maybe(value: datetime) -> datetime | None:
        return chance.choice([None, value])

    return AssetDraft(
        serial_number=f"S-{number:03}",
        type_id=type_id,
        state=chance.choice([*AssetState, AssetState.OK, AssetState.OK]),
        first_seen_at=moment(-400, 0),
        last_calibration_at=maybe(moment(-400, 30)),
        next_calibration_at=maybe(moment(-30, 400)),
        last_maintenance_at=maybe(moment(-100, 0)),
        next_maintenance_at=maybe(moment(-130, 400)),
        running_count=chance.randint(0, 110),
        total_count=chance.randint(0, 220),
    )


@pytest.fixture
def chance() -> Random:
    """The same numbers each time."""
    return Random(5)


@pytest.fixture
def type_id(house: House, chance: Random) -> str:
    """A type that many assets have."""
    made: str = house.do(types.save_type, draft(demands(chance)))["typeId"]
    for number in range(ASSETS):
        house.do(assets.save_asset, asset(number, made, house.backend.clock(), chance))
    return made


@use_case(Permission.READ)
async def _found(session: Session, ref: AssetRef) -> StoredAsset:
    return await find(session, ref)


def states(house: House) -> dict[str, AssetAlarmState]:
    """The alarm state of each asset, as the rules judge it."""
    serials = [f"S-{number:03}" for number in range(ASSETS)]
    return {serial: house.do(get_status, AssetRef(None, serial)).verdict.alarm_state for serial in serials}


def preview(house: House, wanted: TypeDraft) -> Preview:
    told: Preview = house.do(preview_type, wanted)
    return told


@pytest.fixture
def changes(chance: Random, type_id: str) -> Iterator[TypeDraft]:
    """What the type is changed to, one after the other."""
    return (draft(demands(chance), type_id) for _ in range(8))


def test_preview_tells_what_saving_does(house: House, changes: Iterator[TypeDraft]) -> None:
    for wanted in changes:
        told, before = preview(house, wanted), states(house)
        house.do(types.save_type, wanted)
        after = states(house)
        changed = {serial for serial in before if before[serial] != after[serial]}
        assert told.now == dict.fromkeys(AssetAlarmState, 0) | Counter(before.values())
        assert told.then == dict.fromkeys(AssetAlarmState, 0) | Counter(after.values())
        assert (told.assets, told.changing, told.is_estimate) == (ASSETS, len(changed), False)
        named = {one.serial_number: (one.before, one.after) for one in told.changed}
        assert named == {serial: (before[serial], after[serial]) for serial in named}
        assert len(named) == min(len(changed), type_preview.SHOWN)
        assert [one.after for one in told.changed] == sorted((one.after for one in told.changed), reverse=True)


def test_saving_leaves_what_the_rules_make_of_every_asset(
    house: House, changes: Iterator[TypeDraft], settings: Settings
) -> None:
    for wanted in changes:
        house.do(types.save_type, wanted)
    report = house.run(check(lambda: backups.reading(settings.database_url), lambda *_: None))
    assert report.findings == []


def test_saving_tells_each_asset_which_of_its_dates_moved(house: House) -> None:
    stored = house.do(types.save_type, draft(Demands(calibration_interval_days=10, maintenance_interval_days=20)))
    done = house.backend.clock()
    known = {"type_id": stored["typeId"], "last_calibration_at": done, "last_maintenance_at": done}
    for number in range(3):
        house.do(assets.save_asset, AssetDraft(serial_number=f"S-{number}", **known))
    saved = Demands(calibration_interval_days=11, maintenance_interval_days=21, warning_threshold_percent=50)
    house.do(types.save_type, draft(saved, stored["typeId"]))
    log = Taken()
    house.do(list_log, Query(filter="comment eq 'The asset type ''Fixture'' was changed.'", orderby="logId"), log)
    moved = {
        "nextCalibrationDate": ("2026-03-20T12:00:00", "2026-03-21T12:00:00"),
        "nextMaintenanceDate": ("2026-03-30T12:00:00", "2026-03-31T12:00:00"),
    }
    told = [(entry["serialNumber"], entry["property"]) for entry in log.documents]
    assert sorted(told) == [(f"S-{number}", name) for number in range(3) for name in moved]
    assert {entry["property"]: (entry["oldValue"], entry["value"]) for entry in log.documents} == moved
    assert [house.do(_found, AssetRef(None, f"S-{number}")).version for number in range(3)] == [2, 2, 2]


def test_preview_of_many_assets_is_an_estimate(house: House, type_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type_preview, "LOOKED_AT", ASSETS // 2)
    told = preview(house, draft(Demands(running_count_limit=1, warning_threshold_percent=0), type_id))
    assert told.is_estimate
    assert told.assets == ASSETS
    assert sum(told.now.values()) == sum(told.then.values()) == ASSETS
    assert told.then[ALARM] > ASSETS / 2


def test_preview_of_a_type_without_assets_has_nothing_to_tell(house: House) -> None:
    stored = house.do(types.save_type, draft(Demands()))
    told = preview(house, draft(Demands(running_count_limit=1), stored["typeId"]))
    assert (told.assets, told.changing, told.changed) == (0, 0, [])


def test_preview_names_what_cannot_be_saved(house: House) -> None:
    stored = house.do(types.save_type, draft(Demands()))
    with pytest.raises(RuleViolation, match="warningThreshold"):
        preview(house, draft(Demands(warning_threshold_percent=101), stored["typeId"]))
    with pytest.raises(NotFound):
        preview(house, draft(Demands(), "5d9f2c0e-0000-4000-8000-000000000000"))


def test_preview_takes_who_may_edit_types(house: House) -> None:
    async def ask() -> Any:
        return await house.backend.scan(Principal("reader", Role.OPERATOR), preview_type, draft(Demands(), "x"))

    with pytest.raises(NotAllowed):
        house.run(ask())
