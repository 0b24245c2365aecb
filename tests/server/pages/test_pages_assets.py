"""The list of assets: filters in its address, sorting, columns, views, export, and the same done with many."""

import base64
import csv
import io
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.datastructures import QueryParams

from factories import make_asset
from pywats.domains.asset.enums import AssetState
from pywats_server.errors import TooExpensive
from pywats_server.pages import asset_lists
from pywats_server.pages.asset_lists import COLUMNS, USUAL, ListAddress, read_address
from pywats_server.services import listing, many
from pywats_server.services.drafts import TypeDraft
from pywats_server.services.filters import Filters
from pywats_server.services.listing import Mark, Order
from pywats_server.services.session import Permission, Role, use_case
from pywats_server.services.types import save_type
from pywats_server.store import listing as stored
from server.pages.conftest import Browser, Page, Site

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def _serials(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.all(".assets tbody th a")]


def _columns(page: Page) -> list[str]:
    return [head.get_text(strip=True).rstrip("▲▼").strip() for head in page.all(".assets thead th:not(.select)")]


def _ids(page: Page, *serials: str) -> list[str]:
    rows = {row.select_one("th a").get_text(strip=True): row for row in page.all(".assets tbody tr")}  # type: ignore[union-attr]
    return [str(rows[serial].select_one("input[name=id]")["value"]) for serial in serials]  # type: ignore[index]


class Api:
    """Makes what is in the list."""

    def __init__(self, site: Site) -> None:
        self._client = site.client
        self._headers = site.api()

    def put(self, path: str, **options: Any) -> Any:
        return self._client.put(path, headers=self._headers, **options)

    def asset(self, serial: str, **fields: Any) -> dict[str, Any]:
        return make_asset(self, serialNumber=serial, **fields)  # type: ignore[arg-type]


@pytest.fixture
def api(site: Site) -> Api:
    return Api(site)


@pytest.fixture
def factory(site: Site, api: Api) -> Site:
    """Four assets that differ."""
    api.asset("A-1", assetName="Gauge", location="Hall 1", state=1, tags=[{"key": "Line", "value": "7"}])
    api.asset("A-2", assetName="Scope", location="Hall 2", state=5)
    api.asset("B-1", assetName="Probe", location="Hall 1", state=4)
    api.asset("B-2", assetName=None, location=None, state=1)
    return site


# The address.


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=osc+3",
        "type=a&type=b&state=in-operation&state=scrapped&alarm=warning&alarm=alarm",
        "location=Hall+1%2C+line+2&tag=Line%3D7&due=30",
        "never=1&count=1&out=1",
        "filter=runningCount+gt+5+and+location+eq+%27x%27&sort=-due",
        "sort=name&columns=serial%2Cname",
    ],
)
def test_an_address_is_read_and_written_alike(query: str) -> None:
    assert read_address(QueryParams(query)).query() == query


@pytest.mark.parametrize(
    "query",
    [
        *("state=nonsense&alarm=7", "due=8", "never=yes", "sort=secret", "columns=nothing", "view=x", "after=!!!"),
        *("after=W10", "after=bnVsbA", "before=WzEsMiwzXQ", "q=%00%1F", "type=", "location=+", "filter=+"),
    ],
)
def test_an_address_that_means_nothing_is_that_of_all_assets(query: str) -> None:
    assert read_address(QueryParams(query)).query() == ""


@pytest.mark.parametrize("value", ["A-1", None, 5, "ä ' \" \\"])
def test_a_place_in_the_list_is_read_as_it_was_written(value: Any) -> None:
    order = Order("dueDate", descending=True)
    address = ListAddress(order=order).at(order, Mark(value, 7), backwards=True)
    assert address is not None
    read = read_address(QueryParams(urlsplit(address).query))
    assert (read.start, read.backwards) == ((order, Mark(value, 7)), True)


@pytest.mark.parametrize(
    "place",
    ['["due",5,1]', '["due","x","1"]', '["due","x",-1]', '["due","x",1e300]', '["due",[],1]', '["due","\\u0000",1]'],
)
def test_a_forged_place_is_the_first_page(factory: Site, place: str) -> None:
    after = base64.urlsafe_b64encode(place.encode()).decode()
    page = factory.sign_in(Role.VIEWER).get(f"/assets?sort=due&after={after}")
    assert page.status == 200
    assert len(_serials(page)) == 4


# The list.


def test_the_list_is_for_those_who_are_signed_in(site: Site) -> None:
    assert "/sign-in" in site.stranger().get("/assets").address


def test_an_empty_list_says_what_to_do(site: Site) -> None:
    page = site.sign_in(Role.MANAGER).get("/assets")
    assert "There are no assets yet." in page.text
    assert page.one(".empty a[href='/import']")
    assert not site.sign_in(Role.VIEWER).get("/assets").all(".empty a")


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("", ["A-1", "A-2", "B-1", "B-2"]),
        ("sort=-serial", ["B-2", "B-1", "A-2", "A-1"]),
        ("sort=name", ["A-1", "B-1", "A-2", "B-2"]),
        ("q=gAuGe", ["A-1"]),
        ("q=hall+b-", ["B-1"]),
        ("location=Hall+1", ["A-1", "B-1"]),
        ("state=in-operation&state=in-calibration", ["A-1", "B-1", "B-2"]),
        ("out=1", ["B-1"]),
        ("tag=Line", ["A-1"]),
        ("tag=Line%3D8", []),
        ("filter=startswith(serialNumber,'B')", ["B-1", "B-2"]),
        ("location=Hall+1&filter=state+eq+4+or+state+eq+5", ["B-1"]),
    ],
)
def test_the_address_says_what_is_listed_and_how(factory: Site, query: str, serials: list[str]) -> None:
    page = factory.sign_in(Role.VIEWER).get(f"/assets?{query}")
    assert _serials(page) == serials
    assert f"{len(serials)} asset" in page.one(".how-many").get_text() or not serials


def test_filters_stand_in_the_form_and_can_be_removed_one_by_one(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/assets?location=Hall+1&state=in-operation&q=a-&sort=name")
    sent = page.fields("#filters")
    assert (sent["location"], sent["state"], sent["q"], sent["sort"]) == ("Hall 1", "in-operation", "a-", "name")
    left = {chip.get_text(" ", strip=True).partition(" ✕")[0]: str(chip["href"]) for chip in page.all(".filtered a")}
    assert left["State In operation"] == "/assets?q=a-&location=Hall+1&sort=name"
    assert left["Remove all"] == "/assets"


def test_columns_are_those_that_were_chosen(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    assert _columns(browser.get("/assets")) == [COLUMNS[name].label for name in USUAL]
    page = browser.get("/assets?columns=tags&columns=name")
    assert _columns(page) == ["Serial number", "Name", "Tags"]
    assert "Line: 7" in page.one(".assets tbody tr:first-child").get_text(" ", strip=True)


def test_every_column_has_a_value_for_every_asset(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).get(f"/assets?columns={','.join(COLUMNS)}")
    assert _columns(page) == [column.label for column in COLUMNS.values()]


def test_heads_lead_to_the_other_order(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).get("/assets?q=hall&sort=name")
    head = page.one(".assets th[aria-sort]")
    assert head["aria-sort"] == "ascending"
    assert str(head.select_one("a")["href"]) == "/assets?q=hall&sort=-name"  # type: ignore[index]


def test_pages_lead_on_and_back(factory: Site, api: Api) -> None:
    for number in range(60):
        api.asset(f"C-{number:02}")
    browser = factory.sign_in(Role.VIEWER)
    first = browser.get("/assets")
    assert first.one(".how-many").get_text(strip=True) == "64 assets"
    second = browser.get(str(first.one("[rel=next]")["href"]))
    assert len(_serials(first)) + len(_serials(second)) == 64
    assert not second.all("[rel=next]")
    back = browser.get(str(second.one("[rel=prev]")["href"]))
    assert _serials(back) == _serials(first)


def test_many_assets_come_in_the_orders_that_are_quick(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MANY", 2)
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/assets?sort=location")
    assert _serials(page) == ["A-1", "A-2", "B-1", "B-2"]
    assert "They are sorted by serial number" in page.text
    links = {link.get_text(strip=True).rstrip(" ▲▼") for link in page.all(".assets thead a")}
    assert links == {"Serial number", "Next due"}
    monkeypatch.setattr(stored, "MANY", 1)
    page = browser.get("/assets?q=hall&sort=due")
    assert _serials(page) == ["A-1", "A-2", "B-1"]
    assert "in the order in which they were registered" in page.text


def test_a_part_is_only_what_was_found(factory: Site) -> None:
    part = factory.sign_in(Role.VIEWER).part("/assets?q=gauge&location=&type=")
    assert _serials(part) == ["A-1"]
    assert not part.all("header")
    assert part.response.headers["HX-Replace-Url"] == "/assets?q=gauge"


def test_texts_of_people_are_never_markup(site: Site, api: Api) -> None:
    api.asset(EVIL, assetName=EVIL, location=EVIL, partNumber=EVIL, tags=[{"key": EVIL, "value": EVIL}])
    browser = site.sign_in(Role.VIEWER)
    page = browser.get("/assets", params={"columns": ",".join(COLUMNS), "q": EVIL, "location": EVIL, "tag": EVIL})
    for each in (page, browser.get("/assets", params={"filter": EVIL}), browser.get("/assets?columns=tags,name,part")):
        assert "<img" not in each.response.text.replace('<img src="/static', "")
        assert "<script>alert" not in each.response.text


@pytest.mark.parametrize(
    ("filter", "before", "marked"),
    [("stat eq 1", "", "s"), ("state eq 1 and", "state eq 1 and", "␣"), ("state = 1", "state ", "=")],
)
def test_an_odata_filter_that_cannot_be_read_is_marked_where(
    factory: Site, filter: str, before: str, marked: str
) -> None:
    browser = factory.sign_in(Role.VIEWER)
    for ask, status in ((browser.get, 422), (browser.part, 200)):
        page = ask("/assets", params={"filter": filter})
        assert page.status == status
        marker = page.one("#filter-fault .marker")
        assert marker.get_text().startswith(before)
        assert page.one("#filter-fault mark").get_text() == marked
        assert page.one("#filter-fault .fault").get_text(strip=True)
    assert browser.get("/assets", params={"filter": filter}).one("#filter").get_text() == filter


def test_a_count_that_takes_long_comes_after_the_page(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = factory.sign_in(Role.VIEWER)
    assert browser.part("/asset-count?location=Hall+1").text == "2 assets"
    monkeypatch.setattr(stored, "MANY", 1)
    monkeypatch.setattr(listing, "MANY", 1)
    assert browser.part("/asset-count?location=Hall+1").text == "more than 1 assets"


def test_a_count_that_takes_too_long_is_not_missed(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def too_long(*_: Any) -> int:
        raise TooExpensive("This takes too long.")

    monkeypatch.setattr(stored, "count_up_to_many", too_long)
    assert factory.sign_in(Role.VIEWER).part("/asset-count?q=hall").text == "many assets"


# Export.


def _table(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.response.content.decode("utf-8-sig"))))


def test_what_is_filtered_is_exported(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    table = _table(browser.get("/assets.csv?q=hall&state=in-operation"))
    assert [row["serialNumber"] for row in table] == ["A-1"]
    excel = browser.get("/assets.xlsx?location=Hall+1")
    assert excel.response.content[:2] == b"PK"
    assert "attachment" in excel.response.headers["Content-Disposition"]


def test_what_is_selected_is_exported(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/assets")
    table = _table(browser.post("/assets.csv", {"id": _ids(page, "B-2", "A-1"), "list": ""}))
    assert [row["serialNumber"] for row in table] == ["A-1", "B-2"]
    table = _table(browser.post("/assets.csv", {"id": _ids(page, "B-2"), "all": "1", "list": "location=Hall+1"}))
    assert [row["serialNumber"] for row in table] == ["A-1", "B-1"]


@pytest.mark.parametrize("ids", [[], ["nothing"], ["' or true or '"]])
def test_a_selection_that_is_none_is_told(factory: Site, ids: list[str]) -> None:
    page = factory.sign_in(Role.VIEWER).post("/assets.csv", {"id": ids})
    assert page.status == 400 or _table(page) == []


# The same with many.


def _ask(browser: Browser, do: str, *serials: str) -> Page:
    page = browser.get("/assets")
    return browser.post("/selection", {"do": do, "id": _ids(page, *serials), "list": ""})


@pytest.mark.parametrize(
    ("do", "fields", "column", "told"),
    [
        ("state", {"state": "in-storage"}, "state", "In storage"),
        ("location", {"location": "Hall 9"}, "location", "Hall 9"),
        ("location", {"location": ""}, "location", ""),
        ("calibrate", {"dateTime": "2026-03-09", "comment": "all at once"}, "calibrated", "9 Mar 2026"),
        ("maintain", {"dateTime": "2026-03-10"}, "maintained", "10 Mar 2026"),
        ("reset-count", {}, "running", "0"),
    ],
)
def test_many_assets_are_changed_at_once(
    factory: Site, do: str, fields: dict[str, str], column: str, told: str
) -> None:
    browser = factory.sign_in(Role.MANAGER)
    form = _ask(browser, do, "A-1", "B-2")
    assert "This is about 2 assets." in form.text
    page = browser.send(form, "main form", fields)
    assert page.notice == "Done for 2 assets."
    rows = browser.get(f"/assets?columns={column}").all(".assets tbody tr")
    assert [rows[number].select("td")[-1].get_text(" ", strip=True) for number in (0, 3)] == [told, told]


def test_many_assets_become_of_another_type(factory: Site) -> None:
    other = factory.write(save_type, TypeDraft(type_name="Special"))
    browser = factory.sign_in(Role.MANAGER)
    page = browser.send(_ask(browser, "type", "A-1"), "main form", {"typeId": other["typeId"]})
    assert page.notice == "Done for one asset."
    assert _serials(browser.get(f"/assets?type={other['typeId']}")) == ["A-1"]


def test_all_that_match_are_changed_and_no_others(factory: Site) -> None:
    browser = factory.sign_in(Role.OPERATOR)
    form = browser.post("/selection", {"do": "state", "all": "1", "list": "location=Hall+1"})
    assert "This is about 2 assets." in form.text
    page = browser.send(form, "main form", {"state": "scrapped"})
    assert page.address == "/assets?location=Hall+1"
    assert _serials(browser.get("/assets?state=scrapped")) == ["A-1", "B-1"]


def _calibrations(factory: Site) -> int:
    return len(factory.client.get("/api/Asset/Log?$filter=type eq 4", headers=factory.api()).json())


@pytest.fixture
def in_two_groups(factory: Site, monkeypatch: pytest.MonkeyPatch) -> tuple[Browser, Page]:
    """Somebody who is asked for the day of two calibrations, each of which is a transaction of its own."""
    monkeypatch.setattr(many, "GROUP", 1)
    browser = factory.sign_in(Role.OPERATOR)
    return browser, _ask(browser, "calibrate", "A-1", "B-2")


def test_many_assets_are_changed_once_however_often_the_form_is_sent(
    factory: Site, in_two_groups: tuple[Browser, Page]
) -> None:
    browser, form = in_two_groups
    before = _calibrations(factory)
    browser.send(form, "main form", {"dateTime": "2026-03-09"})
    page = browser.send(form, "main form", {"dateTime": "2026-03-09"})
    assert "You sent this form before" in (page.notice or "")
    assert _calibrations(factory) == before + 2


def test_a_form_that_was_cut_off_is_finished_by_sending_it_again(
    factory: Site, in_two_groups: tuple[Browser, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, form = in_two_groups
    before, record, done = _calibrations(factory), many.record, count()

    @use_case(Permission.RECORD_WORK)
    async def once_only(*args: Any, **kwargs: Any) -> Any:
        if next(done):
            raise OSError
        return await record(*args, **kwargs)

    with monkeypatch.context() as cut:
        cut.setattr(many, "record", once_only)
        assert browser.send(form, "main form", {"dateTime": "2026-03-09"}).status == 500
    page = browser.send(form, "main form", {"dateTime": "2026-03-09"})
    assert "Done for 1 asset." in page.text
    assert "1 asset was dealt with when you sent this form before." in page.text
    assert _calibrations(factory) == before + 2


def test_nothing_is_told_as_done_where_nothing_matches_any_more(factory: Site) -> None:
    browser = factory.sign_in(Role.OPERATOR)
    form = browser.post("/selection", {"do": "state", "all": "1", "list": "state=in-operation"})
    browser.send(form, "main form", {"state": "scrapped"})
    assert browser.send(form, "main form", {"state": "scrapped"}).notice == "No asset was selected."


def test_more_than_can_be_changed_at_once_are_refused(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MANY", 1)
    monkeypatch.setattr(listing, "MANY", 1)
    browser = factory.sign_in(Role.OPERATOR)
    page = browser.post("/selection/state", {"all": "1", "list": "location=Hall+1", "state": "scrapped"})
    assert page.status == 422
    assert "More than 1 assets match" in page.text
    assert _serials(browser.get("/assets?state=scrapped")) == []


def test_what_is_refused_for_one_asset_is_told_and_keeps_no_other(factory: Site) -> None:
    browser = factory.sign_in(Role.MANAGER)
    form = _ask(browser, "state", "A-1", "A-2")
    gone = form.fields("main form")["ids"].split()[1]
    factory.client.delete("/api/Asset", params={"id": gone}, headers=factory.api())
    page = browser.send(form, "main form", {"state": "scrapped"})
    assert page.status == 200
    assert "Done for 1 asset." in page.text
    assert "Refused for 1 asset, which stays as it was." in page.text
    assert gone in page.one("table tbody tr").get_text()
    assert _serials(browser.get("/assets?state=scrapped")) == ["A-1"]


@pytest.mark.parametrize(
    ("do", "fields", "fault"),
    [
        ("state", {"state": "nonsense"}, "#state-fault"),
        ("state", {"state": "scrapped", "comment": "x" * 5000}, ".refusal"),
        ("calibrate", {"dateTime": "never", "comment": "kept"}, "#dateTime-fault"),
        ("calibrate", {"dateTime": "2999-01-01", "comment": "kept"}, "#dateTime-fault"),
        ("location", {"location": "x" * 300, "comment": "kept"}, "#location-fault"),
        ("type", {"typeId": "", "comment": "kept"}, "#typeId-fault"),
    ],
)
def test_bad_input_is_kept_with_its_message(factory: Site, do: str, fields: dict[str, str], fault: str) -> None:
    browser = factory.sign_in(Role.MANAGER)
    page = browser.send(_ask(browser, do, "A-1"), "main form", fields)
    if fault == ".refusal":
        assert "Refused for 1 asset" in page.text
        return
    assert page.status == 422
    assert page.one(fault).get_text(strip=True)
    assert page.fields("main form")["comment"] == fields.get("comment", "")
    assert page.fields("main form")["ids"]


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.VIEWER, set()),
        (Role.OPERATOR, {"calibrate", "maintain", "reset-count", "state"}),
        (Role.MANAGER, {"calibrate", "maintain", "reset-count", "state", "location", "type"}),
    ],
)
def test_roles_are_offered_what_they_may_and_refused_the_rest(factory: Site, role: Role, actions: set[str]) -> None:
    browser = factory.sign_in(role)
    page = browser.get("/assets")
    offered = {str(button["value"]) for button in page.all(".selected button[name=do]")} - {"labels"}
    assert offered == actions
    fields = {"state": "scrapped", "location": "x", "typeId": "x"}
    for name in ("calibrate", "reset-count", "state", "location"):
        sent = {"do": name, "id": _ids(page, "A-1"), "list": "", **fields}
        for address in ("/selection", f"/selection/{name}"):
            assert (browser.post(address, sent).status == 403) is (name not in actions)


@pytest.mark.parametrize("address", ["/selection", "/selection/state", "/assets.csv", "/views", "/views/1/delete"])
def test_forms_of_strangers_are_refused(factory: Site, address: str) -> None:
    browser = factory.sign_in(Role.ADMINISTRATOR)
    assert browser.post_as_stranger(address, {"do": "state", "state": "scrapped", "name": "x"}).status == 403
    assert _serials(browser.get("/assets?state=scrapped")) == []


def test_what_cannot_be_done_with_many_is_not_there(factory: Site) -> None:
    browser = factory.sign_in(Role.ADMINISTRATOR)
    page = browser.get("/assets")
    assert browser.post("/selection", {"do": "explode", "id": _ids(page, "A-1")}).status == 404
    assert browser.post("/selection", {"do": "state"}).notice == "No asset was selected."


def test_labels_are_printed_for_the_selection(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/assets")
    selected = browser.client.post(
        "/selection",
        data={"csrf": browser.csrf, "do": "labels", "id": _ids(page, "A-1"), "list": ""},
        follow_redirects=False,
    )
    assert (selected.status_code, selected.headers["Location"]) == (307, "/labels")
    all_of_them = browser.post("/selection", {"do": "labels", "all": "1", "list": "location=Hall+1"})
    assert len(all_of_them.fields("main form")["ids"].split()) == 2


# Views.


def test_a_view_is_saved_opened_and_deleted(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/assets?location=Hall+1&sort=-serial&columns=name")
    saved = browser.send(page, ".tools form[action='/views']", {"name": "Hall 1"})
    assert saved.notice == "The view Hall 1 was saved."
    opened = browser.get(str(browser.get("/assets").all(".views a")[1]["href"]))
    assert opened.one("h1").get_text() == "Hall 1"
    assert _serials(opened) == ["B-1", "A-1"]
    assert _columns(opened) == ["Serial number", "Name"]
    deleted = browser.send(opened, "form[action$='/delete']")
    assert deleted.notice == "The view Hall 1 was deleted."
    assert not deleted.all(".views a")


def test_a_view_stays_open_from_page_to_page(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset_lists, "PAGE_SIZE", 2)
    browser = factory.sign_in(Role.VIEWER)
    opened = browser.send(browser.get("/assets?sort=-serial"), ".tools form[action='/views']", {"name": "From the end"})
    second = browser.get(str(opened.one("[rel=next]")["href"]))
    assert second.one("h1").get_text() == "From the end"
    assert _serials(second) == ["A-2", "A-1"]


def test_a_view_is_its_owners_until_it_is_shared(factory: Site) -> None:
    manager, viewer = factory.sign_in(Role.MANAGER), factory.sign_in(Role.VIEWER)
    manager.post("/views", {"name": "Mine", "list": "q=gauge"})
    assert viewer.get("/views/1").status == 404
    manager.post("/views", {"name": "Mine", "list": "q=gauge", "shared": "1"})
    assert _serials(viewer.get("/views/1")) == ["A-1"]
    assert not viewer.get("/views/1").all("form[action$='/delete']")
    assert viewer.post("/views/1/delete").status == 403
    assert factory.sign_in(Role.ADMINISTRATOR).post("/views/1/delete").notice == "The view Mine was deleted."


def test_sharing_a_view_takes_the_right_to_edit(factory: Site) -> None:
    viewer = factory.sign_in(Role.VIEWER)
    assert not viewer.get("/assets").all("#view-shared")
    assert viewer.post("/views", {"name": "x", "shared": "1"}).status == 422


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_view_without_a_good_name_is_kept_in_the_form(factory: Site, name: str) -> None:
    page = factory.sign_in(Role.VIEWER).post("/views", {"name": name, "list": "q=gauge"})
    assert page.status == 422
    assert page.one("#name-fault").get_text(strip=True)
    assert page.fields("#view")["list"] == "q=gauge"


def test_the_query_of_a_view_is_nothing_but_a_list(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    browser.post("/views", {"name": EVIL, "list": f"q=gauge&evil={EVIL}"})
    page = browser.get("/views/1")
    assert parse_qs(urlsplit(page.address).query) == {"q": ["gauge"], "view": ["1"]}
    assert "<script>alert" not in page.response.text


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "-1"])
def test_a_view_that_is_not_there_is_told(factory: Site, key: str) -> None:
    assert factory.sign_in(Role.VIEWER).get(f"/views/{key}").status == 404


def test_states_of_filters_are_those_of_the_field() -> None:
    assert read_address(QueryParams("state=in-transit")).filters == Filters(states=(AssetState.IN_TRANSIT,))
