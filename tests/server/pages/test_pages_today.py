"""Today: counters that lead to what they count, what is due, what happened, and the year ahead."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import QueryParams

from pywats.domains.asset.enums import AssetState
from pywats_server.odata.query import Query
from pywats_server.pages.asset_lists import read_filters
from pywats_server.services import assets, messages, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.filters import Filters
from pywats_server.services.identify import AssetRef
from pywats_server.services.listing import count_assets
from pywats_server.services.session import Role
from server.pages.conftest import Page, Site

NASTY = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def factory(site: Site) -> Site:
    """A site with a fixture that is overdue, one in calibration that is due soon, and one that is nearly worn out."""
    stored = site.write(
        types.save_type,
        TypeDraft(
            type_name="Fixture",
            running_count_limit=100,
            calibration_interval_days=365,
            maintenance_interval_days=60,
            warning_threshold_percent=80,
        ),
    )
    now, day = site.clock.now, timedelta(days=1)
    for serial, last, state, count in (
        ("LATE-1", now - 400 * day, AssetState.IN_OPERATION, 0),
        ("SOON-1", now - 360 * day, AssetState.IN_CALIBRATION, 0),
        ("WORN-1", now - 10 * day, AssetState.IN_OPERATION, 90),
        ("NEW-1", None, AssetState.IN_OPERATION, 0),
    ):
        draft = AssetDraft(
            serial_number=serial,
            type_id=stored["typeId"],
            last_calibration_at=last,
            last_maintenance_at=now,
            state=state,
            running_count=count,
            location="Hall 1",
        )
        site.write(assets.save_asset, draft)
    return site


def today(site: Site, role: Role = Role.VIEWER) -> Page:
    return site.sign_in(role).get("/")


def counters(page: Page) -> dict[str, str]:
    """Return the number of each counter by where it leads."""
    return {str(link["href"]): link.b.get_text() for link in page.all("a.counter") if link.b}


@pytest.mark.parametrize("role", Role)
def test_today_counts_what_needs_somebody_for_every_role(factory: Site, role: Role) -> None:
    assert counters(today(factory, role)) == {
        "/assets?alarm=alarm": "1",
        "/assets?alarm=warning": "3",
        "/assets?due=overdue": "1",
        "/assets?due=7": "1",
        "/assets?due=30": "1",
        "/assets?due=90": "3",
        "/assets?out=1": "1",
        "/assets?never=1": "1",
        "/assets?count=1": "1",
    }


def listed(site: Site, address: str) -> int:
    """Return how many assets the list at an address has."""
    filters = read_filters(QueryParams(urlsplit(address).query))
    assert filters != Filters()
    count: int = site.read(count_assets, filters)
    return count


def test_each_counter_leads_to_as_many_assets_as_it_tells(factory: Site) -> None:
    for address, number in counters(today(factory)).items():
        assert (address, listed(factory, address)) == (address, int(number))


def test_today_tells_what_is_due_next_soonest_first(factory: Site) -> None:
    due = [" ".join(item.get_text(" ").split()) for item in today(factory).all(".due > li")]
    assert due[0] == "SOON-1 Calibration in 5 days Fixture · Hall 1 15 Mar 2026"
    assert due[1].startswith("WORN-1 Maintenance in 60 days") or due[1].startswith("NEW-1 Maintenance in 60 days")
    assert "LATE-1" not in " ".join(due)


def test_today_tells_what_happened_last(factory: Site) -> None:
    factory.write(messages.post_message, AssetRef(serial_number="WORN-1"), "pins are bent")
    newest = today(factory).all(".entries > li")[0]
    assert "WORN-1 : Message pins are bent" in " ".join(newest.get_text(" ").split())


def test_today_shows_texts_as_texts(factory: Site) -> None:
    (stored,) = factory.read(types.list_types, Query())
    soon = factory.clock.now + timedelta(days=2)
    factory.write(
        assets.save_asset,
        AssetDraft(
            serial_number=NASTY, asset_name=NASTY, location=NASTY, type_id=stored["typeId"], next_calibration_at=soon
        ),
    )
    browser = factory.sign_in(Role.VIEWER)
    for page in (browser.get("/"), browser.get("/today/locations")):
        assert page.all("img[src=x]") == []
        assert NASTY in page.soup.get_text()


def test_today_loads_what_is_slow_after_the_page_and_links_to_it(factory: Site) -> None:
    page = today(factory)
    for part in page.all("[hx-trigger=load]"):
        assert part.a
        assert part["hx-get"] == part.a["href"]
    assert {part["hx-get"] for part in page.all("[hx-trigger=load]")} == {"/today/weeks", "/today/locations"}


@pytest.mark.parametrize("address", ["/today/weeks", "/today/locations"])
def test_part_of_today_is_a_page_of_its_own_without_scripts(factory: Site, address: str) -> None:
    browser = factory.sign_in(Role.VIEWER)
    assert browser.get(address).one("main h1")
    assert browser.part(address).all("html, h1") == []


def test_weeks_are_told_by_a_chart_and_by_a_table_that_lead_to_what_they_count(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).part("/today/weeks")
    rows = {
        row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
        for row in page.all("tbody tr")
        if row.th
    }
    assert rows["9 Mar 2026"] == ["1", "0"]
    assert rows["4 May 2026"] == ["0", "4"]
    assert len(page.all("g.column")) == 52
    assert "Week of 9 Mar 2026: 1 calibration, 0 maintenances" in page.one("g.column:first-of-type title").get_text()
    addresses = [str(link["href"]) for link in page.all("tbody a")]
    assert [str(link["href"]) for link in page.all("svg a")] == addresses
    for address, told in zip(addresses, [link.get_text() for link in page.all("tbody a")], strict=True):
        assert listed(factory, address) == int(told)


def test_locations_tell_their_states_in_words_too(factory: Site) -> None:
    row = factory.sign_in(Role.VIEWER).part("/today/locations").one("tbody tr")
    assert "In operation 3, In calibration 1" in " ".join(row.get_text(" ").split())
    (link,) = row.select("a")
    assert listed(factory, str(link["href"])) == 4


def test_today_without_due_dates_says_so(site: Site) -> None:
    stored = site.write(types.save_type, TypeDraft(type_name="Cable"))
    site.write(assets.save_asset, AssetDraft(serial_number="C-1", type_id=stored["typeId"]))
    browser = site.sign_in(Role.VIEWER)
    assert "Nothing has a due date ahead." in browser.get("/").text
    assert "Nothing is due in the next 52 weeks." in browser.part("/today/weeks").text
    assert "No asset has a location yet." in browser.part("/today/locations").text


@pytest.mark.parametrize(
    ("role", "steps"),
    [(Role.OPERATOR, []), (Role.MANAGER, ["/types/new", "/assets/new", "/import"])],
)
def test_today_without_any_asset_offers_the_first_steps(site: Site, role: Role, steps: list[str]) -> None:
    page = today(site, role)
    assert [link["href"] for link in page.all(".steps a")] == steps
    assert "pywats-server demo" in page.text
    assert ("Ask a manager" in page.text) is not bool(steps)


@pytest.mark.parametrize("address", ["/", "/today/weeks", "/today/locations"])
def test_today_asks_strangers_to_sign_in(site: Site, address: str) -> None:
    assert site.stranger().get(address).address.startswith("/sign-in")
