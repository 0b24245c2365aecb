"""One change of many assets: each as its own use case changes it, and what is refused keeps no other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import pytest

from factories import Taken
from pywats.domains.asset.enums import AssetState
from pywats_server.errors import InvalidInput, NotAllowed, NotFound, TotalCountReached
from pywats_server.odata.query import Query
from pywats_server.services import many, once
from pywats_server.services.assets import save_asset
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.many import Change, ChangeGroup, Outcome, Outcomes, change_each
from pywats_server.services.reading import list_assets, list_log
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role, user_principal
from pywats_server.services.types import save_type
from pywats_server.services.work import CALIBRATION, MAINTENANCE
from server.services.conftest import House

DONE_AT = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture
def ids(house: House) -> list[str]:
    """Three assets; the second has reached the end of its life."""
    worn = house.do(save_type, TypeDraft(type_name="Probe", total_count_limit=10, calibration_interval_days=10))
    made = []
    for serial, total in (("A", 3), ("B", 10), ("C", 0)):
        draft = AssetDraft(serial_number=serial, type_id=worn["typeId"], running_count=total, total_count=total)
        made.append(house.do(save_asset, draft).asset.asset_id)
    return made


def _change(house: House, ids: list[str], change: Change, role: Role = Role.ADMINISTRATOR) -> list[Outcome]:
    kari = user_principal("kari", role)
    outcomes: Outcomes = house.run(change_each(partial(house.backend.write, kari), kari, ids, change))
    assert outcomes.before == 0
    return outcomes.each


def _listed(house: House, *names: str) -> list[tuple[object, ...]]:
    taken = Taken()
    query = Query(orderby="serialNumber", select=",".join(names))
    house.run(house.backend.scan(LOCAL_ADMINISTRATOR, list_assets, query, taken))
    return [tuple(asset[name] for name in names) for asset in taken.documents]


def _logged(house: House) -> list[tuple[object, ...]]:
    taken = Taken()
    house.run(house.backend.scan(LOCAL_ADMINISTRATOR, list_log, Query(filter="type ne 1"), taken))
    return [(entry["serialNumber"], entry["user"], entry["comment"]) for entry in taken.documents]


@pytest.mark.parametrize(
    ("change", "names", "expected"),
    [
        (many.setting_state(AssetState.SCRAPPED), ("state",), (6,)),
        (many.moving("Hall 1"), ("location",), ("Hall 1",)),
        (many.moving(None), ("location",), (None,)),
        (
            many.recording(CALIBRATION, DONE_AT, "all"),
            ("lastCalibrationDate", "nextCalibrationDate"),
            ("2026-03-09T08:00:00", "2026-03-19T08:00:00"),
        ),
        (many.recording(MAINTENANCE, DONE_AT, None), ("lastMaintenanceDate",), ("2026-03-09T08:00:00",)),
    ],
    ids=["state", "location", "nowhere", "calibration", "maintenance"],
)
def test_each_asset_is_changed(
    house: House, ids: list[str], change: Change, names: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    outcomes = _change(house, ids, change)
    assert [(outcome.serial_number, outcome.error) for outcome in outcomes] == [("A", None), ("B", None), ("C", None)]
    assert _listed(house, *names) == [expected] * 3


def test_assets_become_of_another_type(house: House, ids: list[str]) -> None:
    other = house.do(save_type, TypeDraft(type_name="Rack"))
    _change(house, ids[:2], many.changing_type(other["typeId"]))
    assert _listed(house, "typeName") == [("Rack",), ("Rack",), ("Probe",)]


@pytest.mark.parametrize("group", [1, 2, 50])
def test_what_is_refused_keeps_no_other_and_leaves_no_trace(
    house: House, ids: list[str], group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "GROUP", group)
    outcomes = _change(house, ["nothing", *ids], many.resetting("new tips"))
    assert [(outcome.serial_number, type(outcome.error)) for outcome in outcomes] == [
        (None, NotFound),
        ("A", type(None)),
        ("B", TotalCountReached),
        ("C", type(None)),
    ]
    assert _listed(house, "serialNumber", "runningCount") == [("A", 0), ("B", 10), ("C", 0)]
    assert sorted(_logged(house)) == [("A", "user:kari", "new tips"), ("C", "user:kari", "new tips")]


def test_bad_input_is_refused_for_each(house: House, ids: list[str]) -> None:
    outcomes = _change(house, ids, many.moving("x" * 500))
    assert {type(outcome.error) for outcome in outcomes} == {InvalidInput}


def test_what_ended_early_is_finished_and_nothing_is_done_twice(
    house: House, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "GROUP", 1)
    kari = user_principal("kari", Role.ADMINISTRATOR)
    change = many.recording(CALIBRATION, DONE_AT, "all")

    async def write(function: ChangeGroup, group: Sequence[str], change: Change) -> list[Outcome]:
        request = once.Request(f"form {group}", "")
        return await house.backend.write_once(kari, request, function, group, change)

    house.run(change_each(write, kari, ids[:1], change))
    outcomes = house.run(change_each(write, kari, ids, change))
    assert [outcome.serial_number for outcome in outcomes.each] == ["B", "C"]
    assert outcomes.before == 1
    with pytest.raises(once.AlreadyDone):
        house.run(change_each(write, kari, ids, change))
    assert sorted(_logged(house)) == [(serial, "user:kari", "all") for serial in "ABC"]


@pytest.mark.parametrize(
    ("change", "role"),
    [
        (many.setting_state(AssetState.SCRAPPED), Role.VIEWER),
        (many.resetting(None), Role.VIEWER),
        (many.recording(CALIBRATION, DONE_AT, None), Role.VIEWER),
        (many.moving("Hall 1"), Role.OPERATOR),
        (many.changing_type("x"), Role.OPERATOR),
    ],
)
def test_who_may_not_change_one_asset_may_not_change_many(
    house: House, ids: list[str], change: Change, role: Role
) -> None:
    with pytest.raises(NotAllowed):
        _change(house, ids, change, role)
    assert _logged(house) == []
