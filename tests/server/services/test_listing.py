"""Pages of the list of assets: the same assets in the same order, whichever way they are found."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from databases import Databases
from factories import Taken
from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.testing import ManualClock
from pywats_server.errors import InvalidQuery
from pywats_server.odata.query import Query
from pywats_server.services import listing
from pywats_server.services.assets import save_asset
from pywats_server.services.backend import Backend
from pywats_server.services.counts import count_uses
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.filters import Due, Filters, odata_filter
from pywats_server.services.identify import AssetRef
from pywats_server.services.listing import AMONG_MANY, REGISTERED, Mark, Order, Page
from pywats_server.services.reading import list_assets
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.services.types import save_type
from pywats_server.store import listing as stored
from pywats_server.store.opening import open_database

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ASSETS, SIZE = 60, 7
TYPES = {
    "Meter": TypeDraft(type_name="Meter", calibration_interval_days=30, maintenance_interval_days=20),
    "Cable": TypeDraft(type_name="Cable", running_count_limit=100, warning_threshold_percent=50),
    "Rack": TypeDraft(type_name="Rack"),
}


class Factory:
    """A server with assets that differ in all that they can be filtered and sorted by."""

    def __init__(self, address: str, run: Callable[[Any], Any]) -> None:
        self.backend = Backend(open_database(address, scan_seconds=5), ManualClock(NOW))
        self.run = run
        self.types: dict[str, str] = {}
        self.registered: list[str] = []

    def do(self, use_case: Any, *args: Any, **given: Any) -> Any:
        return self.run(self.backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **given))

    def tell(self, use_case: Any, *args: Any, **given: Any) -> Any:
        return self.run(self.backend.scan(LOCAL_ADMINISTRATOR, use_case, *args, **given))

    def fill(self) -> None:
        chance = Random(1)
        for name, draft in TYPES.items():
            self.types[name] = self.do(save_type, draft)["typeId"]
        for number in chance.sample(range(ASSETS), ASSETS):
            name = chance.choice(list(TYPES))
            calibrated = NOW - timedelta(days=chance.randint(0, 40)) if chance.random() < 0.7 else None
            draft = AssetDraft(
                serial_number=f"{chance.choice('ab')}N-{number:03}",
                type_id=self.types[name],
                asset_name=chance.choice(["Gauge", "gauge 100%", "Prüfstand", None]),
                location=chance.choice(["Hall 1", "Hall 2", None]),
                state=chance.choice([AssetState.IN_OPERATION, AssetState.IN_CALIBRATION, AssetState.SCRAPPED]),
                tags=[("Line", str(number % 3))] if number % 2 else [],
                last_calibration_at=calibrated,
            )
            self.do(save_asset, draft)
            self.registered.append(draft.serial_number)
            self.do(count_uses, AssetRef(serial_number=draft.serial_number), increment_by=chance.randint(0, 120))

    def meant(self, filters: Filters) -> set[str]:
        """Return the serial numbers that the list of the API has."""
        taken = Taken()
        asked = Query(filter=odata_filter(filters, NOW), search=filters.search or None, select="serialNumber")
        self.tell(list_assets, asked, taken)
        return {asset["serialNumber"] for asset in taken.documents}

    def pages(self, filters: Filters, order: Order, start: Mark | None = None, *, backwards: bool = False) -> Page:
        place = None if start is None else (order, start)
        page: Page = self.tell(listing.list_page, filters, order, SIZE, place, backwards=backwards)
        return page

    def walk(self, filters: Filters, order: Order) -> Iterator[Page]:
        """Go from the first page to the last."""
        page = self.pages(filters, order)
        yield page
        while page.after is not None:
            page = self.pages(filters, page.order, page.after)
            yield page

    def walk_back(self, filters: Filters, order: Order, last: Page) -> Iterator[Page]:
        """Go from a page to the first one."""
        page = last
        while page.before is not None:
            page = self.pages(filters, page.order, page.before, backwards=True)
            yield page


@pytest.fixture(scope="module")
def factory(databases: Databases) -> Iterator[Factory]:
    """A factory that no test changes."""
    with asyncio.Runner() as runner:
        made = Factory(databases.fresh(), runner.run)
        made.fill()
        yield made
        runner.run(made.backend.database.close())


@pytest.fixture(params=["few", "many"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether what is found counts as many: never, or always."""
    is_many: bool = request.param == "many"
    if is_many:
        monkeypatch.setattr(stored, "MANY", -1)
        monkeypatch.setattr(stored, "_BATCHES", (2, 1000))
    return is_many


def _serials(pages: list[Page]) -> list[str]:
    return [asset["serialNumber"] for page in pages for asset in page.assets]


FILTERS: dict[str, Callable[[Factory], Filters]] = {
    "all": lambda _: Filters(),
    "type": lambda factory: Filters(types=(factory.types["Meter"],)),
    "types": lambda factory: Filters(types=(factory.types["Meter"], factory.types["Rack"])),
    "state": lambda _: Filters(states=(AssetState.IN_CALIBRATION,)),
    "alarm": lambda _: Filters(alarms=(AssetAlarmState.ALARM,)),
    "warning": lambda _: Filters(alarms=(AssetAlarmState.WARNING,)),
    "not ok": lambda _: Filters(alarms=(AssetAlarmState.WARNING, AssetAlarmState.ALARM)),
    "ok": lambda _: Filters(alarms=(AssetAlarmState.OK,)),
    "location": lambda _: Filters(location="Hall 1"),
    "nowhere": lambda _: Filters(location=""),
    "tag": lambda _: Filters(tag="Line"),
    "tag and value": lambda _: Filters(tag="Line=1"),
    "value of any tag": lambda _: Filters(odata="tags/any(t: t/value eq '1')"),
    "one of two tags": lambda _: Filters(odata="tags/any(t: t/key eq 'Line' or t/key eq 'Rack')"),
    "overdue": lambda _: Filters(due=Due.OVERDUE),
    "due soon": lambda _: Filters(due=Due.WITHIN_7_DAYS),
    "never": lambda _: Filters(never_calibrated=True),
    "near limit": lambda _: Filters(near_count_limit=True),
    "out": lambda _: Filters(out_for_calibration=True),
    "word": lambda _: Filters(search="GAUGE"),
    "words": lambda _: Filters(search="100% gau"),
    "other letters": lambda _: Filters(search="PRÜFSTAND"),
    "serial": lambda _: Filters(search="An-03"),
    "start of serial": lambda _: Filters(search="B"),
    "words and more": lambda _: Filters(search="gauge", alarms=(AssetAlarmState.OK,), location="Hall 2"),
    "much": lambda factory: Filters(types=(factory.types["Meter"],), location="Hall 2", due=Due.WITHIN_90_DAYS),
    "start in odata": lambda _: Filters(odata="startswith(serialNumber,'aN-0')", location="Hall 1"),
    "other start": lambda _: Filters(odata="startswith(assetName,'G') and startswith(location,'Hall')"),
    "odata": lambda _: Filters(odata="runningCount gt 50 or location eq 'Hall 2'"),
    "odata and more": lambda _: Filters(odata="state ne 3 and (totalCount lt 100 and typeName ne 'Rack')", tag="Line"),
    "nothing": lambda _: Filters(location="Hall 9"),
}
ORDERS = [
    *(Order(by, descending) for by in ("serialNumber", "dueDate", "location") for descending in (False, True)),
    *(Order("alarmState", descending=True), Order(REGISTERED)),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("name", FILTERS)
def test_pages_have_each_asset_once_and_in_order(factory: Factory, many: bool, name: str, order: Order) -> None:
    filters = FILTERS[name](factory)
    pages = list(factory.walk(filters, order))
    found = [asset for page in pages for asset in page.assets]

    assert {asset["serialNumber"] for asset in found} == factory.meant(filters)
    assert found == _in_order(factory, found, pages[0].order)
    assert {page.is_few for page in pages} == {not many}
    assert all(len(page.assets) == SIZE for page in pages[:-1])
    if not many or order in AMONG_MANY:
        assert pages[0].order == order or filters.search


def _in_order(factory: Factory, assets: list[dict[str, Any]], order: Order) -> list[dict[str, Any]]:
    def place(asset: dict[str, Any]) -> tuple[Any, int]:
        number = factory.registered.index(asset["serialNumber"])
        return (number if order.by == REGISTERED else asset[order.by]), number

    told = [asset for asset in assets if order.by == REGISTERED or asset[order.by] is not None]
    silent = [asset for asset in assets if asset not in told]
    by_number = sorted(silent, key=lambda asset: factory.registered.index(asset["serialNumber"]))
    return [
        *sorted(told, key=place, reverse=order.descending),
        *(reversed(by_number) if order.descending else by_number),
    ]


@pytest.mark.parametrize(
    "order", [Order("serialNumber"), Order("dueDate"), Order("location", descending=True)], ids=str
)
@pytest.mark.parametrize("name", ["all", "types", "word", "not ok"])
def test_pages_lead_back_the_way_that_they_came(factory: Factory, many: bool, name: str, order: Order) -> None:
    filters = FILTERS[name](factory)
    pages = list(factory.walk(filters, order))
    order = pages[0].order
    back = list(factory.walk_back(filters, order, pages[-1]))

    assert [_serials([page]) for page in reversed(back)] == [_serials([page]) for page in pages[:-1]]
    assert pages[0].before is None
    assert back[-1].before is None
    assert back[0].after is not None
    assert many is not back[0].is_few


@pytest.mark.parametrize("name", FILTERS)
def test_counts_and_ids_are_those_of_the_pages(
    factory: Factory, name: str, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    filters = FILTERS[name](factory)
    meant = factory.meant(filters)
    if many:
        monkeypatch.setattr(stored, "MANY", 3)
    counted = factory.tell(listing.count_assets, filters)
    ids = factory.tell(listing.list_asset_ids, filters)

    assert counted == (min(len(meant), 4) if many else len(meant))
    assert len(set(ids)) == counted


def test_a_place_in_another_order_is_not_heeded(factory: Factory) -> None:
    first = factory.pages(Filters(), Order("serialNumber"))
    assert first.after is not None
    place = (Order("dueDate"), first.after)
    again = factory.tell(listing.list_page, Filters(), Order("serialNumber"), SIZE, place)
    assert again == first


def test_an_error_in_the_odata_text_tells_the_place_in_it(factory: Factory) -> None:
    with pytest.raises(InvalidQuery) as caught:
        factory.pages(Filters(odata="location eq 'Hall 1' and stat eq 1", location="Hall 2"), Order("serialNumber"))
    assert (caught.value.details["position"], caught.value.details["token"]) == (25, "stat")


@pytest.mark.parametrize(
    "search", ["", "   ", "100%", "_", "a\\", "'", '"', "\x00", "x" * 5000, "a " * 300, "' OR 1=1 --"]
)
def test_whatever_is_searched_for_is_a_text(factory: Factory, many: bool, search: str) -> None:
    filters = Filters(search=search)
    page = factory.pages(filters, Order("serialNumber"))
    assert page.is_few is not many
