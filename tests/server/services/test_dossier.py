"""One asset at one look: where it is mounted, what is mounted in it, its files and its use by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.testing import ManualClock
from pywats_server.errors import NotFound, RuleViolation
from pywats_server.services import assets, batches, counts, dossier, family, files, types, usage
from pywats_server.services.batches import Use
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from server.services.conftest import House

STATION = AssetRef(None, "ST-1")


@pytest.fixture
def type_id(house: House) -> str:
    """A type that lets an asset be counted a hundred times."""
    found: str = house.do(types.save_type, TypeDraft(type_name="Fixture", running_count_limit=100))["typeId"]
    return found


@pytest.fixture
def mount(house: House, type_id: str) -> Callable[..., None]:
    """Puts an asset below another."""

    def put(serial: str, parent: str | None = None, uses: int = 0) -> None:
        house.do(
            assets.save_asset,
            AssetDraft(
                serial_number=serial,
                type_id=type_id,
                asset_name=f"the {serial}",
                parent_serial_number=parent,
                state=AssetState.IN_OPERATION,
                running_count=uses,
            ),
        )

    return put


def test_ancestors_come_from_the_top_down(house: House, mount: Callable[..., None]) -> None:
    mount("ST-1")
    mount("FIX-1", "ST-1")
    mount("PR-1", "FIX-1")
    found = house.do(family.list_ancestors, AssetRef(None, "PR-1"))
    assert [(ancestor.serial_number, ancestor.asset_name) for ancestor in found] == [
        ("ST-1", "the ST-1"),
        ("FIX-1", "the FIX-1"),
    ]
    assert house.do(family.list_ancestors, STATION) == []


def test_children_have_what_is_worst_at_and_below_them(house: House, mount: Callable[..., None]) -> None:
    mount("ST-1")
    mount("FIX-2", "ST-1")
    mount("FIX-1", "ST-1", uses=100)
    mount("PR-1", "FIX-2", uses=10)
    mount("TIP-1", "PR-1", uses=200)
    page = house.do(family.list_children, STATION)
    assert page.worst is AssetAlarmState.ALARM
    assert [(child.serial_number, child.alarm_state, child.bubbled, child.has_children) for child in page.children] == [
        ("FIX-1", AssetAlarmState.ALARM, AssetAlarmState.ALARM, False),
        ("FIX-2", AssetAlarmState.OK, AssetAlarmState.ALARM, True),
    ]


def test_children_come_in_pages_by_serial_number(house: House, mount: Callable[..., None]) -> None:
    mount("ST-1")
    for number in (3, 1, 5, 2, 4):
        mount(f"FIX-{number}", "ST-1")
    seen, after = [], ""
    while after is not None:
        page = house.do(family.list_children, STATION, after, 2)
        seen.append([child.serial_number for child in page.children])
        after = page.after
    assert page.worst is None
    assert seen == [["FIX-1", "FIX-2"], ["FIX-3", "FIX-4"], ["FIX-5"]]


def test_dossier_tells_an_asset_with_its_readings_path_and_files(house: House, mount: Callable[..., None]) -> None:
    mount("ST-1")
    mount("FIX-1", "ST-1", uses=100)
    ref = AssetRef(None, "FIX-1")
    house.do(files.attach_files, ref, [("b.txt", b"12"), ("a.txt", b"1")])
    told = house.do(dossier.open_dossier, ref)
    assert told.asset.serial_number == told.view.document["serialNumber"] == "FIX-1"
    assert told.verdict.alarm_state is AssetAlarmState.ALARM
    assert [ancestor.serial_number for ancestor in told.ancestors] == ["ST-1"]
    assert [(file.name, file.size_bytes) for file in told.files] == [("a.txt", 1), ("b.txt", 2)]


def test_dossier_of_an_asset_that_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(NotFound, match="'ST-1'"):
        house.do(dossier.open_dossier, STATION)


def test_uses_by_day_tell_every_day_with_those_of_today(
    house: House, mount: Callable[..., None], clock: ManualClock
) -> None:
    mount("ST-1", uses=7)
    for day, uses in ((5, 100), (8, 1), (10, 2), (10, 3)):
        clock.set(datetime(2026, 3, day, 12, tzinfo=UTC))
        house.do(batches.count_many, [Use(STATION, uses)])
    house.do(counts.set_total_count, STATION, 5000)
    told = house.do(usage.list_uses_by_day, STATION, 4)
    assert told == [(date(2026, 3, day), uses) for day, uses in ((7, 0), (8, 1), (9, 0), (10, 5))]


def test_uses_by_day_end_with_the_present_day_although_nothing_was_counted(
    house: House, mount: Callable[..., None], clock: ManualClock
) -> None:
    mount("ST-1")
    house.do(batches.count_many, [Use(STATION, 1)])
    clock.set(clock.now + timedelta(days=2))
    assert house.do(usage.list_uses_by_day, STATION, 2) == [(date(2026, 3, 11), 0), (date(2026, 3, 12), 0)]


@pytest.mark.parametrize("days", [0, -1, usage.MOST_DAYS + 1])
def test_uses_of_no_span_are_refused(house: House, days: int) -> None:
    with pytest.raises(RuleViolation, match="accepted: a whole number from 1 to"):
        house.do(usage.list_uses_by_day, STATION, days)
