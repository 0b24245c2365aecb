"""The tree as it is opened, on every kind of database."""

from typing import Any

import pytest
from sqlalchemy import literal, select

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.errors import NotFound
from pywats_server.services import assets, branches, types
from pywats_server.services.branches import LOOSE, Branch, Tree, list_branch, open_tree
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.store import branches as stored_branches
from pywats_server.store.statement import Statement
from server.services.conftest import House

OK, WARNING, ALARM = AssetAlarmState


class Stock:
    """Assets of one type, in a tree."""

    def __init__(self, house: House) -> None:
        self.house = house
        draft = TypeDraft(type_name="Fixture", running_count_limit=100, warning_threshold_percent=50)
        self._type = house.do(types.save_type, draft)["typeId"]
        self.ids: dict[str, str] = {}

    def add(self, serial: str, parent: str | None = None, count: int = 0) -> None:
        draft = AssetDraft(
            serial_number=serial,
            type_id=self._type,
            parent_serial_number=parent,
            running_count=count,
            total_count=count,
        )
        self.ids[serial] = self.house.do(assets.save_asset, draft).asset.asset_id

    def open(self, *opened: str, shown: str | None = None) -> Tree:
        ids = [self.ids.get(serial, serial) for serial in opened]
        tree: Tree = self.house.do(open_tree, ids, None if shown is None else AssetRef(None, shown))
        return tree


@pytest.fixture
def stock(house: House) -> Stock:
    """Two stations: a probe of ST-2 is in alarm, a fixture of it in warning. Two assets stand alone."""
    made = Stock(house)
    for serial, parent, count in (
        ("ST-2", None, 0),
        ("ST-1", None, 60),
        ("F-1", "ST-1", 0),
        ("F-2", "ST-2", 70),
        ("P-1", "F-2", 100),
        ("P-2", "F-2", 0),
        ("L-2", None, 100),
        ("L-1", None, 0),
    ):
        made.add(serial, parent, count)
    return made


def outline(branch: Branch | None) -> Any:
    """What is open, as serial numbers."""
    if branch is None:
        return None
    return {node.asset.serial_number: outline(node.branch) for node in branch.nodes}


def test_top_has_stations_by_serial_number_and_nothing_open(stock: Stock) -> None:
    tree = stock.open()
    assert (outline(tree.stations), tree.loose) == ({"ST-1": None, "ST-2": None}, None)
    assert (tree.stations.start, tree.stations.next) == ("", None)


def test_nodes_tell_the_worst_of_themselves_and_of_everything_below(stock: Stock) -> None:
    first, second = stock.open().stations.nodes
    assert (first.asset.alarm_state, first.bubbled, first.below) == (WARNING, WARNING, branches.Below(1, 0, 0))
    assert (second.asset.alarm_state, second.bubbled, second.below) == (OK, ALARM, branches.Below(3, 1, 1))
    (fixture,) = stock.house.do(list_branch, stock.ids["ST-2"]).nodes
    assert (fixture.asset.alarm_state, fixture.bubbled, fixture.below) == (WARNING, ALARM, branches.Below(2, 1, 0))
    assert [node.bubbled for node in stock.house.do(list_branch, stock.ids["F-2"]).nodes] == [ALARM, OK]


def test_what_is_open_is_told_where_it_can_be_seen(stock: Stock) -> None:
    assert outline(stock.open("ST-2", "F-2").stations) == {
        "ST-1": None,
        "ST-2": {"F-2": {"P-1": None, "P-2": None}},
    }
    assert outline(stock.open("F-2", "no such asset").stations) == {"ST-1": None, "ST-2": None}
    assert outline(stock.open(LOOSE).loose) == {"L-1": None, "L-2": None}


def test_shown_asset_has_its_way_and_its_own_branch_open(stock: Stock) -> None:
    assert outline(stock.open(shown="P-2").stations)["ST-2"] == {"F-2": {"P-1": None, "P-2": None}}
    assert outline(stock.open("ST-2", shown="ST-1").stations) == {"ST-1": {"F-1": None}, "ST-2": {"F-2": None}}
    tree = stock.open(shown="L-2")
    assert (outline(tree.stations), outline(tree.loose)) == ({"ST-1": None, "ST-2": None}, {"L-1": None, "L-2": None})


def test_what_stands_alone_is_found_among_many_as_among_few(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    few = stock.house.do(list_branch, LOOSE)
    monkeypatch.setattr(stored_branches, "_MANY", Statement(select(literal(1))))
    assert stock.house.do(list_branch, LOOSE) == few
    assert list(outline(few)) == ["L-1", "L-2"]


def test_pages_of_a_branch_meet_every_asset_once(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches, "PAGE", 3)
    for number in range(8):
        stock.add(f"F-1{number}", "ST-1")
    met: list[list[str]] = []
    start: str | None = ""
    while start is not None:
        branch = stock.house.do(list_branch, stock.ids["ST-1"], start)
        assert branch.start == start
        met.append([node.asset.serial_number for node in branch.nodes])
        start = branch.next
    assert met == [["F-1", "F-10", "F-11"], ["F-12", "F-13", "F-14"], ["F-15", "F-16", "F-17"]]


def test_shown_asset_is_on_the_page_however_far_behind(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches, "PAGE", 3)
    for number in range(8):
        stock.add(f"F-1{number}", "ST-1")
        stock.add(f"L-1{number}")
    branch = stock.open(shown="F-15").stations.nodes[0].branch
    assert branch is not None
    assert (branch.start, list(outline(branch))) == ("F-15", ["F-15", "F-16", "F-17"])
    branch = stock.open(shown="F-11").stations.nodes[0].branch
    assert branch is not None
    assert (branch.start, branch.next, list(outline(branch))) == ("", "F-12", ["F-1", "F-10", "F-11"])
    assert list(outline(stock.open(shown="L-14").loose)) == ["L-14", "L-15", "L-16"]


def test_more_below_than_is_counted_is_told_as_such(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not stock.open().stations.is_partly_counted
    monkeypatch.setattr(branches, "COUNTED", 2)
    stations = stock.open().stations
    assert stations.is_partly_counted
    assert sum(node.below.assets for node in stations.nodes) == 2


@pytest.mark.parametrize("opened", [(), ("ST-1", "ST-2", "F-2")])
def test_a_branch_takes_two_statements(stock: Stock, opened: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def counting(connection: Any, find: Any, *args: Any, **given: Any) -> Any:
        asked.append(find)
        return await find(connection, *args, **given)

    for name in ("stations", "mounted", "below"):
        real = getattr(stored_branches, name)
        monkeypatch.setattr(
            stored_branches,
            name,
            lambda connection, *args, real=real, **given: counting(connection, real, *args, **given),
        )
    stock.open(*opened)
    assert len(asked) == 2 * (1 + len(opened))


def test_branch_of_an_asset_that_does_not_exist_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.do(list_branch, "5d9f2c0e-0000-4000-8000-000000000000")
    with pytest.raises(NotFound):
        house.do(open_tree, (), AssetRef(None, "S-1"))
