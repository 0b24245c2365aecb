"""Asset types on pages: the list, the form with words for special numbers, the preview, read-only types, deleting."""

from typing import Any

import pytest

from pywats_server.services import assets, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
FORM = "form#type"


def make_type(site: Site, name: str = "Fixture", **demands: Any) -> str:
    stored: dict[str, str] = site.write(types.save_type, TypeDraft(type_name=name, **demands))
    return stored["typeId"]


def add_assets(site: Site, type_id: str, *counts: int) -> None:
    for count in counts:
        draft = AssetDraft(serial_number=f"S-{count}", type_id=type_id, running_count=count, total_count=count)
        site.write(assets.save_asset, draft)


def stored(site: Site, type_id: str) -> dict[str, Any]:
    found: dict[str, Any] = site.read(types.open_type, type_id)[0]
    return found


def rows(page: Page) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.all("#found tbody tr")]


def test_list_tells_demands_in_words(site: Site) -> None:
    first = make_type(site, "Chamber", calibration_interval_days=365, maintenance_interval_days=-1)
    make_type(site, "Standard", calibration_interval_days=-2, maintenance_interval_days=0.5, is_readonly=True)
    make_type(
        site,
        "Card",
        running_count_limit=20_000,
        total_count_limit=-1,
        warning_threshold_percent=80,
        alarm_threshold_percent=95.5,
    )
    add_assets(site, first, 1, 2)
    page = site.sign_in(Role.VIEWER).get("/types")
    assert rows(page) == [
        ["Card", "0", "–", "–", "20,000 uses", "–", "from 80%", "from 95.5%"],
        ["Chamber", "2", "Every 365 days", "Unlimited", "–", "–", "–", "at the limit"],
        ["Standard Read-only", "0", "External", "Every 0.5 days", "–", "–", "–", "at the limit"],
    ]
    assert page.one("td a")["href"] == f"/assets?type={first}"
    assert page.all('a[href="/types/new"]') == []


def test_list_is_searched_and_paged_by_name(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pywats_server.pages.routes.types._PAGE", 2)
    for name in ("c", "a", "B's", "d & e"):
        make_type(site, name)
    browser = site.sign_in(Role.VIEWER)
    page = browser.get("/types")
    assert [row[0] for row in rows(page)] == ["B's", "a"]
    page = browser.get(str(page.one('a[rel="next"]')["href"]))
    assert [row[0] for row in rows(page)] == ["c", "d & e"]
    assert page.all('a[rel="next"]') == []
    part = browser.part("/types?q=b%27S")
    assert [row[0] for row in rows(part)] == ["B's"]
    assert part.all("html") == []
    assert "No type has this in its name." in browser.get("/types?q=zz").text


def test_list_without_types_says_what_a_type_is(site: Site) -> None:
    assert "There is no type yet." in site.sign_in(Role.VIEWER).get("/types").text


def test_create_takes_words_for_numbers(site: Site) -> None:
    browser = site.sign_in(Role.MANAGER)
    page = browser.get("/types/new")
    filled = {
        "typeName": "Chamber",
        "calibrationIntervalChoice": "days",
        "calibrationInterval": "365,5",
        "maintenanceIntervalChoice": "external",
        "runningCountLimitChoice": "uses",
        "runningCountLimit": "100",
        "totalCountLimitChoice": "uses",
        "totalCountLimit": "50",
        "warningThresholdChoice": "percent",
        "warningThreshold": "80",
        "alarmThreshold": "90",
    }
    created = browser.send(page, FORM, filled)
    assert created.notice == (
        "The type Chamber was saved. The limit of uses in all was raised to that of uses since a reset."
    )
    document = stored(site, created.address.removeprefix("/types/"))
    assert {name: document[name] for name in ("calibrationInterval", "maintenanceInterval", "alarmThreshold")} == {
        "calibrationInterval": 365.5,
        "maintenanceInterval": -2,
        "alarmThreshold": None,
    }
    fields = created.fields(FORM)
    assert (fields["calibrationIntervalChoice"], fields["calibrationInterval"]) == ("days", "365.5")
    assert (fields["maintenanceIntervalChoice"], fields["maintenanceInterval"]) == ("external", "")
    assert (fields["totalCountLimitChoice"], fields["totalCountLimit"]) == ("uses", "100")
    assert not any("-1" in value or "-2" in value for value in fields.values() if len(value) < 9)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"typeName": " "}, "typeName", "typeName"),
        ({"calibrationIntervalChoice": "days", "calibrationInterval": ""}, "calibrationInterval", "above 0"),
        ({"calibrationIntervalChoice": "days", "calibrationInterval": "0"}, "calibrationInterval", "above 0"),
        ({"calibrationIntervalChoice": "days", "calibrationInterval": "-1"}, "calibrationInterval", "above 0"),
        ({"maintenanceIntervalChoice": "days", "maintenanceInterval": "inf"}, "maintenanceInterval", "above 0"),
        ({"runningCountLimitChoice": "uses", "runningCountLimit": "1.5"}, "runningCountLimit", "whole number"),
        ({"totalCountLimitChoice": "uses", "totalCountLimit": "0"}, "totalCountLimit", "whole number"),
        ({"warningThresholdChoice": "percent", "warningThreshold": "nan"}, "warningThreshold", "0 to 100"),
        ({"alarmThresholdChoice": "percent", "alarmThreshold": "101"}, "alarmThreshold", "0 to 100"),
    ],
)
def test_bad_input_stays_in_the_form_with_its_message(
    site: Site, changes: dict[str, str], field: str, message: str
) -> None:
    browser = site.sign_in(Role.MANAGER)
    type_id = make_type(site)
    for address in ("/types/new", f"/types/{type_id}"):
        page = browser.send(browser.get(address), FORM, {"typeName": "Kept", **changes})
        assert page.status == 422
        assert message in page.one(f"#{field}-fault").get_text()
        control = page.one(f'[name="{field}"]')
        assert (control["aria-invalid"], control["aria-describedby"]) == ("true", f"{field}-fault")
        assert {name: page.fields(FORM)[name] for name in changes} == {
            name: value.strip() for name, value in changes.items()
        }
    assert stored(site, type_id)["typeName"] == "Fixture"


def test_create_never_changes_a_type_of_the_same_name(site: Site) -> None:
    type_id = make_type(site, "Fixture", running_count_limit=5)
    browser = site.sign_in(Role.MANAGER)
    page = browser.send(browser.get("/types/new"), FORM, {"typeName": "Fixture"})
    assert (page.status, page.fields(FORM)["typeName"]) == (422, "Fixture")
    assert "belongs to another asset type" in page.one("#typeName-fault").get_text()
    assert stored(site, type_id)["runningCountLimit"] == 5


def test_saving_changes_the_type_and_its_page_tells_so(site: Site) -> None:
    type_id = make_type(site, "Fixture", calibration_interval_days=-1, icon="probe")
    browser = site.sign_in(Role.MANAGER)
    changes = {"calibrationIntervalChoice": "days", "calibrationInterval": "30", "typeName": "Chamber"}
    page = browser.send(browser.get(f"/types/{type_id}"), FORM, changes)
    assert (page.address, page.notice) == (f"/types/{type_id}", "The type Chamber was saved.")
    assert (stored(site, type_id)["calibrationInterval"], stored(site, type_id)["icon"]) == (30, "probe")
    told = [entry.get_text(" ", strip=True) for entry in page.all(".entry .what")]
    assert told == [
        "Calibration interval changed from Unlimited to 30",
        "Type changed from Fixture to Chamber",
        "Created",
    ]
    assert "manager" in page.one(".entries li:first-child .meta").get_text()


def send_preview(browser: Browser, page: Page, changes: dict[str, str], **kwargs: Any) -> Page:
    return browser.post(f"{page.address}/preview", page.fields(FORM) | changes, **kwargs)


def test_preview_tells_what_saving_would_do_and_saves_nothing(site: Site) -> None:
    type_id = make_type(site, running_count_limit=100)
    add_assets(site, type_id, 10, 60, 95, 100)
    browser = site.sign_in(Role.MANAGER)
    page = browser.get(f"/types/{type_id}")
    assert "Change something to see" in page.one("#preview").get_text()
    changes = {"runningCountLimit": "95", "warningThresholdChoice": "percent", "warningThreshold": "50"}
    whole = send_preview(browser, page, changes)
    part = send_preview(browser, page, changes, headers={"HX-Request": "true"})
    for answer in (whole, part):
        numbers = [[cell.get_text(strip=True) for cell in row.select("td")] for row in answer.all("tbody tr")]
        assert numbers == [["1", "2", "+1"], ["0", "1", "+1"], ["3", "1", "-2"]]
        assert [link.get_text() for link in answer.all(".changing a")] == ["S-95", "S-60"]
    assert whole.fields(FORM)["runningCountLimit"] == "95"
    assert part.all("form") == []
    assert stored(site, type_id)["runningCountLimit"] == 100


def test_preview_of_bad_input_says_what_is_wrong(site: Site) -> None:
    type_id = make_type(site)
    add_assets(site, type_id, 1)
    browser = site.sign_in(Role.MANAGER)
    page = browser.get(f"/types/{type_id}")
    changes = {"runningCountLimitChoice": "uses", "runningCountLimit": "x"}
    part = send_preview(browser, page, changes, headers={"HX-Request": "true"})
    assert "Give a whole number of uses" in part.one(".refusal").get_text()
    whole = send_preview(browser, page, changes)
    assert (whole.status, whole.fields(FORM)["runningCountLimit"]) == (422, "x")
    assert "Give a whole number of uses" in whole.one("#runningCountLimit-fault").get_text()


def test_preview_of_very_many_assets_says_that_it_is_an_estimate(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pywats_server.services.type_preview.LOOKED_AT", 2)
    type_id = make_type(site, running_count_limit=100)
    add_assets(site, type_id, 10, 20, 30)
    browser = site.sign_in(Role.MANAGER)
    preview = send_preview(browser, browser.get(f"/types/{type_id}"), {})
    assert "An estimate: of 3 assets, 50,000 picked by chance were looked at." in preview.text


@pytest.mark.parametrize(("assets_of_type", "told"), [(10, None), (20_000, "3 seconds"), (1_000_000, "2 minutes")])
def test_page_says_when_saving_will_take_long(
    site: Site, assets_of_type: int, told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def many(*_: object) -> int:
        return assets_of_type

    type_id = make_type(site)
    monkeypatch.setattr("pywats_server.store.types.count_assets", many)
    cautions = [found.get_text() for found in site.sign_in(Role.MANAGER).get(f"/types/{type_id}").all("form .caution")]
    assert len(cautions) == (told is not None)
    assert all(told in caution for caution in cautions if told)


def test_read_only_type_is_shown_and_can_be_copied(site: Site) -> None:
    type_id = make_type(site, "Standard", calibration_interval_days=-2, is_readonly=True)
    browser = site.sign_in(Role.ADMINISTRATOR)
    page = browser.get(f"/types/{type_id}")
    assert page.all(FORM) == page.all('form[action$="/delete"]') == []
    assert "This type is read-only" in page.text
    assert "External" in page.one("dl.facts").get_text()
    fields = browser.get(str(page.one('a[href^="/types/new"]')["href"])).fields(FORM)
    assert (fields["typeName"], fields["calibrationIntervalChoice"]) == ("", "external")
    refused = browser.post(f"/types/{type_id}", {**fields, "typeName": "Standard"})
    assert refused.status == 422
    assert "is read-only" in refused.one(".refusal").get_text()


def test_delete_tells_why_not(site: Site) -> None:
    type_id = make_type(site)
    add_assets(site, type_id, 1)
    browser = site.sign_in(Role.ADMINISTRATOR)
    refused = browser.send(browser.get(f"/types/{type_id}"), 'form[action$="/delete"]')
    assert refused.status == 409
    assert "cannot be deleted: 1 assets use it" in refused.one(".refusal").get_text()
    unused = make_type(site, "Unused")
    deleted = browser.send(browser.get(f"/types/{unused}"), 'form[action$="/delete"]')
    assert (deleted.address, deleted.notice) == ("/types", "The type was deleted.")
    assert browser.get(f"/types/{unused}").status == 404
    assert browser.post(f"/types/{unused}/delete").notice == "The type was deleted already."


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_edit_types_sees_them_without_a_form(site: Site, role: Role) -> None:
    type_id = make_type(site, calibration_interval_days=30)
    add_assets(site, type_id, 1)
    browser = site.sign_in(role)
    page = browser.get(f"/types/{type_id}")
    assert page.all("main form") == page.all('main a[href^="/types/new"]') == page.all("#preview") == []
    assert "Every 30 days" in page.one("dl.facts").get_text()
    assert browser.get("/types/new").status == 403
    for address in ("/types/new", f"/types/{type_id}", f"/types/{type_id}/preview", f"/types/{type_id}/delete"):
        assert browser.post(address, {"typeName": "X"}).status == 403
    assert stored(site, type_id)["typeName"] == "Fixture"


def test_manager_may_not_delete(site: Site) -> None:
    type_id = make_type(site)
    browser = site.sign_in(Role.MANAGER)
    assert browser.get(f"/types/{type_id}").all('form[action$="/delete"]') == []
    assert browser.post(f"/types/{type_id}/delete").status == 403


def test_forms_of_strangers_are_refused(site: Site) -> None:
    type_id = make_type(site)
    browser = site.sign_in()
    for address in ("/types/new", f"/types/{type_id}", f"/types/{type_id}/preview", f"/types/{type_id}/delete"):
        assert browser.post_as_stranger(address, {"typeName": "X"}).status == 403
    assert stored(site, type_id)["typeName"] == "Fixture"


def test_names_are_shown_as_text(site: Site) -> None:
    type_id = make_type(site, NASTY, running_count_limit=100)
    site.write(assets.save_asset, AssetDraft(serial_number=NASTY, asset_name=NASTY, type_id=type_id, running_count=50))
    browser = site.sign_in()
    page = browser.get(f"/types/{type_id}")
    preview = send_preview(browser, page, {"runningCountLimit": "50"})
    refused = browser.send(page, 'form[action$="/delete"]')
    for shown in (browser.get("/types"), page, preview, refused, browser.get(f"/types?q={NASTY}")):
        assert NASTY in shown.text or NASTY in str(shown.fields("form[role=search]"))
        assert shown.all("img[onerror]") == shown.all("main script") == []


def test_missing_type_is_not_found(site: Site) -> None:
    browser = site.sign_in()
    for address in ("/types/5d9f2c0e-0000-4000-8000-000000000000", "/types/x", "/types/new?from=x"):
        assert browser.get(address).status == 404
    assert browser.post("/types/x", {"typeName": "X"}).status == 404
