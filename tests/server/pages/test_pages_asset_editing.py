"""Adding an asset and editing one: who may, what is kept where something was wrong, and when somebody was quicker."""

from typing import Any

import pytest

from pywats_server.services import assets, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


class Desk:
    """A site with a station and a scope, and a manager at it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.type_id: str = site.write(types.save_type, TypeDraft(type_name="Scope"))["typeId"]
        self.other_type_id: str = site.write(types.save_type, TypeDraft(type_name="Probe"))["typeId"]
        self.save(serial_number="ST-1")
        self.address = f"/assets/{self.save(serial_number='SC-1', asset_name='Scope', tags=[('rack', '7')])}"
        self.manager: Browser = site.sign_in(Role.MANAGER)

    def save(self, **given: Any) -> str:
        """Save an asset, as the API would, and return its id."""
        found: str = self.site.write(assets.save_asset, AssetDraft(type_id=self.type_id, **given)).asset.asset_id
        return found

    def stored(self, serial: str) -> dict[str, Any]:
        """Return an asset as the API tells it."""
        found: dict[str, Any] = self.site.client.get(f"/api/Asset/{serial}", headers=self.site.api()).json()
        return found

    def edit(self, **changes: Any) -> Page:
        """Change fields of the scope's form and send it."""
        form = self.manager.get(f"{self.address}/edit")
        return self.manager.send(form, "form.edit", tags_of(form) | changes)

    def add(self, **fields: Any) -> Page:
        """Fill in the form for a new asset and send it."""
        form = self.manager.get("/assets/new")
        return self.manager.send(form, "form.edit", {"typeId": self.type_id, **fields})


def tags_of(form: Page) -> dict[str, list[str]]:
    """Return what the rows of tags in a form hold."""
    names = ("tag.key", "tag.value")
    return {name: [str(field["value"]) for field in form.all(f"input[name='{name}']")] for name in names}


@pytest.fixture
def desk(site: Site) -> Desk:
    """A site with a station and a scope."""
    return Desk(site)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_assets_are_added_and_edited_by_managers_alone(desk: Desk, role: Role) -> None:
    browser = desk.site.sign_in(role)
    for address in ("/assets/new", f"{desk.address}/edit"):
        assert browser.get(address).status == 403
        assert browser.post(address, {"serialNumber": "SC-1", "state": "in-storage"}).status == 403
        assert desk.manager.post_as_stranger(address, {"serialNumber": "SC-1", "state": "in-storage"}).status == 403
    assert desk.stored("SC-1")["state"] == 0


def test_new_asset_has_what_was_entered(desk: Desk) -> None:
    page = desk.add(
        serialNumber="SC-2",
        assetName="Second scope",
        partNumber="PN-7",
        revision="B",
        location="Hall 2",
        parentSerialNumber="ST-1",
        state="in-storage",
        description="two\r\nlines",
        comment="bought used",
        lastCalibrationDate="2026-03-01",
        nextCalibrationDate="2027-03-01",
        lastMaintenanceDate="2026-03-10",
        runningCount="5",
        totalCount="500",
        **{"tag.key": ["rack", "", "owner"], "tag.value": ["7", "lost", ""]},
    )
    assert page.notice == "The asset was added."
    stored = desk.stored("SC-2")
    assert page.address == f"/assets/{stored['assetId']}"
    expected = {
        "assetName": "Second scope",
        "partNumber": "PN-7",
        "revision": "B",
        "location": "Hall 2",
        "parentSerialNumber": "ST-1",
        "state": 5,
        "description": "two\nlines",
        "lastCalibrationDate": "2026-03-01T00:00:00",
        "nextCalibrationDate": "2027-03-01T00:00:00",
        "lastMaintenanceDate": "2026-03-10T12:00:00",
        "runningCount": 5,
        "totalCount": 500,
    }
    assert {name: stored[name] for name in expected} == expected
    assert [(tag["key"], tag["value"]) for tag in stored["tags"]] == [("rack", "7"), ("owner", "")]


def test_new_asset_begins_with_what_the_address_tells(desk: Desk) -> None:
    page = desk.manager.get(f"/assets/new?type={desk.other_type_id}&parent=ST-1&serial=PR-1")
    fields = page.fields("form.edit")
    assert (fields["typeId"], fields["parentSerialNumber"], fields["serialNumber"]) == (
        desk.other_type_id,
        "ST-1",
        "PR-1",
    )


def test_new_asset_like_another_has_all_but_its_serial_number(desk: Desk) -> None:
    page = desk.manager.get(f"/assets/new?like={desk.address.rpartition('/')[2]}")
    fields = page.fields("form.edit")
    assert (fields["serialNumber"], fields["assetName"], fields["typeId"]) == ("", "Scope", desk.type_id)
    assert page.all("input[name='tag.key']")[0]["value"] == "rack"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"serialNumber": "SC-1"}, "serialNumber"),
        ({"serialNumber": ""}, "serialNumber"),
        ({"serialNumber": "x" * 101}, "serialNumber"),
        ({"typeId": ""}, "typeId"),
        ({"typeId": "6a0a2b1e-93a6-4cb2-b3d4-3f8b6a3c2f11"}, "typeId"),
        ({"parentSerialNumber": "NOBODY"}, "parentSerialNumber"),
        ({"location": "x" * 201}, "location"),
        ({"description": "x" * 4001}, "description"),
        ({"state": "gone"}, "state"),
        ({"tag.key": ["a", "a"], "tag.value": ["1", "2"]}, "tags.key"),
        ({"tag.key": "a", "tag.value": "x" * 1001}, "tags.value"),
        ({"runningCount": "many"}, "runningCount"),
        ({"totalCount": "-1"}, "totalCount"),
        ({"lastCalibrationDate": "2026-03-11"}, "lastCalibrationDate"),
        ({"nextMaintenanceDate": "soon"}, "nextMaintenanceDate"),
        ({"comment": "x" * 4001}, "comment"),
    ],
)
def test_new_asset_that_cannot_be_keeps_what_was_entered(desk: Desk, changes: dict[str, Any], field: str) -> None:
    entered = {"serialNumber": "SC-2", "assetName": EVIL, "revision": "C"} | changes
    page = desk.add(**entered)
    assert page.status == 422
    assert len(page.all(f"[id='{field}-fault']")) == 1
    kept = page.fields("form.edit")
    assert (kept["assetName"], kept["revision"]) == (EVIL, "C")
    assert not page.all("script:not([src]), img[onerror]")
    assert "message" in desk.stored("SC-2")


def test_editing_changes_what_was_changed_and_nothing_else(desk: Desk) -> None:
    before = desk.stored("SC-1")
    page = desk.edit(assetName="Best scope", comment="It is")
    assert (page.notice, page.address) == ("Saved.", desk.address)
    after = desk.stored("SC-1")
    assert {name for name in after if after[name] != before[name]} == {"assetName"}
    assert "It is" in desk.manager.get(f"{desk.address}/history").one(".entries > li:first-child").get_text()


@pytest.mark.parametrize("name", [" SC 2 ", "two  blanks"])
def test_form_that_is_saved_as_it_stands_changes_nothing(desk: Desk, name: str) -> None:
    given = {"asset_name": f" {name}", "location": f"{name} ", "description": f"{name}\nline\n"}
    desk.address = f"/assets/{desk.save(serial_number=name, parent_serial_number='ST-1', tags=[('a', 'b')], **given)}"
    before = desk.stored(name)
    assert desk.edit().notice == "Saved."
    assert desk.stored(name) == before


def test_edit_keeps_what_was_entered_when_somebody_was_quicker(desk: Desk) -> None:
    form = desk.manager.get(f"{desk.address}/edit")
    desk.save(serial_number="SC-1", asset_name="Theirs", location="Hall 9")
    page = desk.manager.send(form, "form.edit", {"assetName": "Ours", "revision": "R"})
    assert page.status == 422
    assert "Somebody changed this asset in the meantime" in page.text
    assert "Stands there now: Theirs" in page.text
    assert "Stands there now: Hall 9" in page.text
    kept = page.fields("form.edit")
    assert (kept["assetName"], kept["revision"], kept["location"]) == ("Ours", "R", "")
    assert desk.stored("SC-1")["assetName"] == "Theirs"
    assert desk.manager.send(page, "form.edit", {"location": "Hall 9"}).notice == "Saved."
    assert desk.stored("SC-1")["assetName"] == "Ours"


def test_serial_number_of_another_asset_is_refused(desk: Desk) -> None:
    page = desk.edit(serialNumber="ST-1")
    assert page.status == 422
    assert "belongs to another asset" in page.one("#serialNumber-fault").get_text()


def test_asset_is_not_mounted_below_itself(desk: Desk) -> None:
    page = desk.edit(parentSerialNumber="SC-1")
    assert page.status == 422
    assert "cannot be the parent" in page.one(".refusal").get_text()


def test_serial_numbers_are_completed_from_those_that_there_are(desk: Desk) -> None:
    desk.save(serial_number=EVIL)
    page = desk.manager.part("/assets/known/serial-numbers?parentSerialNumber=st-")
    assert [(option["value"], option.get_text()) for option in page.all("option")] == [("ST-1", "Scope")]
    everything = desk.manager.part("/assets/known/serial-numbers?parentSerialNumber=")
    assert [option["value"] for option in everything.all("option")] == [EVIL, "SC-1", "ST-1"]


def test_locations_are_completed_from_those_that_there_are(desk: Desk) -> None:
    for number, location in enumerate(["Hall 1", "Hall 2", "Store", EVIL]):
        desk.save(serial_number=f"SC-1{number}", location=location)
    page = desk.manager.part("/assets/known/locations?location=hall")
    assert [option["value"] for option in page.all("option")] == ["Hall 1", "Hall 2"]
    assert [
        option["value"] for option in desk.manager.part("/assets/known/locations?location=script").all("option")
    ] == [EVIL]
