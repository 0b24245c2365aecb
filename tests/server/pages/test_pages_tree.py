"""The tree on pages: what is open, searching, and moving assets by a form."""

from typing import Any

import pytest
from bs4 import Tag

from pywats.domains.asset.enums import AssetState
from pywats_server.services import assets, branches, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.reading import get_asset
from pywats_server.services.session import Role
from server.pages.conftest import Page, Site

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


class Stock:
    """Assets of one type in a tree, and their ids by serial number."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._type = site.write(types.save_type, TypeDraft(type_name="Fixture", running_count_limit=100))["typeId"]
        self.ids: dict[str, str] = {}

    def add(self, serial: str, parent: str | None = None, count: int = 0, **given: Any) -> None:
        draft = AssetDraft(
            serial_number=serial,
            type_id=self._type,
            parent_serial_number=parent,
            running_count=count,
            total_count=count,
            state=AssetState.OK,
            **given,
        )
        self.ids[serial] = self.site.write(assets.save_asset, draft).asset.asset_id

    def parent(self, serial: str) -> Any:
        return self.site.read(get_asset, serial).document["parentSerialNumber"]

    def address(self, serial: str, behind: str = "") -> str:
        return f"/tree/{self.ids[serial]}{behind}"


@pytest.fixture
def stock(site: Site) -> Stock:
    """A station with a fixture that has two probes, one of them in alarm; a station with nothing wrong; a loose one."""
    made = Stock(site)
    for serial, parent, count in (
        ("ST-1", None, 0),
        ("F-1", "ST-1", 0),
        ("P-1", "F-1", 100),
        ("P-2", "F-1", 0),
        ("ST-2", None, 0),
        ("F-2", "ST-2", 0),
        ("L-1", None, 0),
    ):
        made.add(serial, parent, count, asset_name=f"{serial} by name")
    return made


def outline(lists: Tag) -> dict[str, Any]:
    """What a reader sees of the tree, and what is open in it."""
    found = {}
    for item in lists.select(":scope > li"):
        name = item.select_one(":scope > .line b") or item.select_one(":scope > .line .who, :scope > a") or item
        inner = item.select_one(":scope > ul")
        found[name.get_text(strip=True)] = None if inner is None else outline(inner)
    return found


def tree(page: Page) -> dict[str, Any]:
    return outline(page.one("#tree"))


LOOSE = "Assets that stand alone"


def test_tree_begins_with_stations_and_the_worst_below_them(site: Site, stock: Stock) -> None:
    page = site.sign_in(Role.VIEWER).get("/tree")
    assert tree(page) == {"ST-1": None, "ST-2": None, LOOSE: None}
    told = [item.get_text(" ", strip=True) for item in page.all("#tree > .node .how")]
    assert told[:2] == ["Alarm 1 of 3 below in alarm", "OK 1 below"]
    assert [badge["class"] for badge in page.all("#tree .badge")] == [["badge", "alarm"], ["badge", "ok"]]


def test_links_open_and_close_branches_without_a_script(site: Site, stock: Stock) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = browser.get(str(browser.get("/tree").all("#tree a.toggle")[0]["href"]))
    assert tree(page) == {"ST-1": {"F-1": None}, "ST-2": None, LOOSE: None}
    page = browser.get(str(page.one("#tree ul a.toggle")["href"]))
    assert tree(page) == {"ST-1": {"F-1": {"P-1": None, "P-2": None}}, "ST-2": None, LOOSE: None}
    assert page.all("#tree a.toggle")[1].get_text(strip=True) == "Close F-1"
    page = browser.get(str(page.all("#tree a.toggle")[1]["href"]))
    assert tree(page)["ST-1"] == {"F-1": None}
    page = browser.get(str(page.all("#tree a.toggle")[0]["href"]))
    assert (page.address, tree(page)) == ("/tree", {"ST-1": None, "ST-2": None, LOOSE: None})
    page = browser.get(str(page.one("#node-loose a.toggle")["href"]))
    assert tree(page)[LOOSE] == {"L-1": None}


def test_address_tells_what_is_open(site: Site, stock: Stock) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = browser.get(f"/tree?open={stock.ids['ST-2']}&open=loose&open=nonsense")
    assert tree(page) == {"ST-1": None, "ST-2": {"F-2": None}, LOOSE: {"L-1": None}}
    part = browser.part(stock.address("P-2", f"?open={stock.ids['ST-2']}"))
    assert tree(part) == {"ST-1": {"F-1": {"P-1": None, "P-2": None}}, "ST-2": {"F-2": None}, LOOSE: None}
    assert (part.one("#tree")["data-shown"], part.all("html")) == (stock.ids["P-2"], [])


def test_branches_are_paged(site: Site, stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches, "PAGE", 2)
    for number in range(1, 5):
        stock.add(f"Q-{number} & Co", "ST-2")
    browser = site.sign_in(Role.VIEWER)
    page = browser.get(stock.address("ST-2"))
    assert tree(page)["ST-2"] == {"F-2": None, "Q-1 & Co": None, "Show more": None}
    part = browser.part(str(page.one("li[data-next]")["data-next"]))
    assert [item.get_text(strip=True) for item in part.all("li.node b")] == ["Q-2 & Co", "Q-3 & Co"]
    page = browser.get(str(page.one("li[data-next] a")["href"]))
    assert tree(page)["ST-2"] == {"Show from the first": None, "Q-2 & Co": None, "Q-3 & Co": None, "Show more": None}
    page = browser.get(str(page.one("li[data-next] a")["href"]))
    assert tree(page)["ST-2"] == {"Show from the first": None, "Q-4 & Co": None}
    assert tree(browser.get(str(page.one("li[data-anew] a")["href"])))["ST-2"]["F-2"] is None
    page = browser.get("/tree?from=ST-2")
    assert "ST-2" in tree(page)


@pytest.mark.parametrize("sought", ["P-2", "P-2 by name", "p-2 BY"])
def test_search_jumps_to_the_asset_that_is_meant(site: Site, stock: Stock, sought: str) -> None:
    page = site.sign_in(Role.VIEWER).get("/tree", params={"q": sought})
    assert page.address == stock.address("P-2")
    assert tree(page)["ST-1"] == {"F-1": {"P-1": None, "P-2": None}}


def test_search_asks_which_one_where_several_may_be_meant(site: Site, stock: Stock) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = browser.get("/tree", params={"q": "P-"})
    assert [link["href"] for link in page.all(".found a")] == [stock.address("P-1"), stock.address("P-2")]
    assert "Nothing found" in browser.get("/tree", params={"q": NASTY}).text


def test_form_moves_an_asset_and_the_tree_shows_where_it_is(site: Site, stock: Stock) -> None:
    browser = site.sign_in(Role.MANAGER)
    page = browser.get(stock.address("ST-1"))
    move = next(link for link in page.all("a.move") if "F-1" in link.get_text())
    form = browser.get(str(move["href"]))
    assert form.one("main p > a[href^='/tree/']:not([href$='" + stock.ids["F-1"] + "'])").get_text() == "ST-1"
    page = browser.send(form, "form#move", {"parentSerialNumber": "ST-2"})
    assert (page.address, page.notice) == (stock.address("F-1"), "F-1 is mounted in ST-2 now.")
    assert tree(page) == {"ST-2": {"F-1": {"P-1": None, "P-2": None}, "F-2": None}, LOOSE: None}
    page = browser.send(browser.get(stock.address("F-1", "/move")), "form#move", {"out": "1"})
    assert (page.notice, stock.parent("F-1")) == ("F-1 is mounted in nothing now.", None)
    page = browser.get(stock.address("F-1", "/move"))
    assert "It is mounted in nothing." in page.text
    assert page.all("button[name=out]") == []


@pytest.mark.parametrize(
    ("moved", "parent", "told"),
    [
        ("ST-1", "P-1", "cannot be the parent of 'ST-1', because it is that asset itself or stands below it"),
        ("ST-1", "ST-1", "cannot be the parent of 'ST-1', because it is that asset itself or stands below it"),
        ("ST-1", NASTY, "there is no such asset"),
        ("ST-1", " ", "Give the serial number"),
    ],
)
def test_move_that_cannot_be_says_why_and_keeps_the_form(
    site: Site, stock: Stock, moved: str, parent: str, told: str
) -> None:
    browser = site.sign_in(Role.MANAGER)
    page = browser.send(browser.get(stock.address(moved, "/move")), "form#move", {"parentSerialNumber": parent})
    assert page.status == 422
    assert told in page.one(".fault, .refusal").get_text()
    assert page.fields("form#move")["parentSerialNumber"] == parent.strip()
    assert page.all("img[onerror]") == page.all("main script") == []
    assert stock.parent("F-1") == "ST-1"


def test_script_moves_and_is_told_the_way_back(site: Site, stock: Stock) -> None:
    browser = site.sign_in(Role.MANAGER)
    ids = {"assetId": stock.ids["F-1"], "parentAssetId": stock.ids["ST-2"]}
    part = browser.post("/tree/move", ids, headers={"HX-Request": "true"})
    assert (part.status, stock.parent("F-1")) == (200, "ST-2")
    assert "F-1 is mounted in ST-2 now." in part.text
    back = browser.send(part, "form[data-moves]")
    assert (back.address, stock.parent("F-1")) == (stock.address("F-1"), "ST-1")
    ids = {"assetId": stock.ids["ST-1"], "parentAssetId": stock.ids["P-1"]}
    refused = browser.post("/tree/move", ids, headers={"HX-Request": "true"})
    assert (refused.status, refused.response.headers["HX-Retarget"]) == (422, "#refusals")
    assert "cannot be the parent" in refused.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_edit_assets_is_offered_no_move(site: Site, stock: Stock, role: Role) -> None:
    browser = site.sign_in(role)
    page = browser.get(stock.address("ST-1"))
    assert page.all("a.move") == page.all("[data-movable]") == page.all('[data-shortcut-key="x"]') == []
    assert browser.get(stock.address("F-1", "/move")).status == 403
    ids = {"assetId": stock.ids["F-1"], "parentAssetId": stock.ids["ST-2"]}
    assert browser.post("/tree/move", ids).status == 403
    assert stock.parent("F-1") == "ST-1"


def test_move_by_a_page_of_strangers_is_refused(site: Site, stock: Stock) -> None:
    ids = {"assetId": stock.ids["F-1"], "parentAssetId": stock.ids["ST-2"]}
    assert site.sign_in().post_as_stranger("/tree/move", ids).status == 403
    assert stock.parent("F-1") == "ST-1"


def test_names_are_shown_as_text(site: Site, stock: Stock) -> None:
    stock.add(NASTY, "ST-2", asset_name=NASTY)
    stock.add("X", NASTY)
    browser = site.sign_in()
    ids = {"assetId": stock.ids["X"], "parentAssetId": stock.ids["F-1"]}
    shown = [
        browser.get(stock.address("X")),
        browser.get(stock.address(NASTY, "/move")),
        browser.part(f"/tree/branch?of={stock.ids['ST-2']}"),
        browser.get("/tree", params={"q": "<script>"}),
        browser.post("/tree/move", {**ids, "assetId": stock.ids[NASTY]}, headers={"HX-Request": "true"}),
    ]
    for page in shown:
        assert NASTY in page.text
        assert page.all("img[onerror]") == page.all("main script") == page.all("li script") == []


def test_missing_asset_is_not_found(site: Site) -> None:
    browser = site.sign_in()
    missing = "5d9f2c0e-0000-4000-8000-000000000000"
    for address in (f"/tree/{missing}", "/tree/x", f"/tree/{missing}/move", f"/tree/branch?of={missing}"):
        assert browser.get(address).status == 404
    assert browser.post("/tree/move", {"assetId": missing, "out": "1"}).status == 404


def test_empty_tree_has_nothing_but_what_stands_alone(site: Site) -> None:
    page = site.sign_in(Role.VIEWER).get("/tree/loose")
    assert tree(page) == {LOOSE: {"There is none.": None}}
