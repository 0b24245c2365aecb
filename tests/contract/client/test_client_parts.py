"""What belongs to an asset: children, tags, files and log."""

import os
from typing import Any

import pytest

from contract.client.conftest import MAX_BODY, Live, Make
from pywats import (
    AssetLogType,
    AssetState,
    ConflictError,
    NotFoundError,
    Setting,
    ValidationError,
)
from pywats.domains.asset.service import AssetService

# Tree


@pytest.fixture
def tree(make: Make) -> dict[str, str]:
    """A station with two fixtures, one of which has a probe; ids by serial number."""
    station = make("STATION").asset_id
    made = [
        make("STATION-2"),
        fixture := make("FIXTURE-A", parent_asset_id=station),
        make("FIXTURE-B", parent_serial_number="STATION"),
        make("PROBE", parent_asset_id=fixture.asset_id),
    ]
    return {"STATION": station or "", **{asset.serial_number: asset.asset_id or "" for asset in made}}


def below(assets: AssetService, serial: str, level: int | None = None) -> set[str]:
    """Serial numbers of what is mounted in an asset."""
    return {child.serial_number for child in assets.get_child_assets(parent_serial=serial, level=level)}


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (1, {"FIXTURE-A", "FIXTURE-B"}),
        (2, {"FIXTURE-A", "FIXTURE-B", "PROBE"}),
        (0, {"FIXTURE-A", "FIXTURE-B", "PROBE"}),
        (None, {"FIXTURE-A", "FIXTURE-B", "PROBE"}),
    ],
)
def test_children_come_down_to_a_level(
    assets: AssetService, tree: dict[str, str], level: int | None, found: set[str]
) -> None:
    assert below(assets, "STATION", level) == found
    assert {child.serial_number for child in assets.get_child_assets(tree["STATION"], level=level)} == found


def test_status_of_a_tree_tells_whose_it_is(assets: AssetService, tree: dict[str, str]) -> None:
    found = assets.get_tree_status(serial_number="STATION")
    names = {asset_id: serial for serial, asset_id in tree.items()}
    assert [(status.serial_number, names.get(status.parent_asset_id or "")) for status in found] == [
        ("STATION", None),
        ("FIXTURE-A", "STATION"),
        ("FIXTURE-B", "STATION"),
        ("PROBE", "FIXTURE-A"),
    ]
    assert [status.asset_id for status in assets.get_tree_status(tree["STATION"], level=1)] == [
        tree[serial] for serial in ("STATION", "FIXTURE-A", "FIXTURE-B")
    ]


def test_children_carry_their_parent_and_tags(assets: AssetService, tree: dict[str, str]) -> None:
    assets.set_asset_tags([Setting(key="Side", value="top")], serial_number="PROBE")
    (probe,) = assets.get_child_assets(tree["FIXTURE-A"])
    assert (probe.parent_asset_id, probe.parent_serial_number) == (tree["FIXTURE-A"], "FIXTURE-A")
    assert probe.tags == [Setting(key="Side", value="top")]


def test_added_child_is_no_longer_elsewhere(assets: AssetService, tree: dict[str, str]) -> None:
    assert assets.add_child_asset(tree["STATION-2"], tree["FIXTURE-A"]) is True
    assert (below(assets, "STATION"), below(assets, "STATION-2")) == ({"FIXTURE-B"}, {"FIXTURE-A", "PROBE"})


def test_parent_of_many_is_set_and_removed_at_once(assets: AssetService, tree: dict[str, str]) -> None:
    assert assets.set_parent([tree["FIXTURE-B"], tree["PROBE"]], tree["STATION-2"]) is True
    assert below(assets, "STATION-2") == {"FIXTURE-B", "PROBE"}
    assert assets.set_parent((tree[serial] for serial in ("FIXTURE-B", "PROBE")), None) is True
    assert below(assets, "STATION-2") == set()


@pytest.mark.parametrize("below_itself", ["STATION", "PROBE"])
def test_asset_cannot_be_mounted_in_itself(assets: AssetService, tree: dict[str, str], below_itself: str) -> None:
    with pytest.raises(ValidationError) as refused:
        assets.add_child_asset(tree[below_itself], tree["STATION"])
    assert (refused.value.status_code, refused.value.operation) == (422, "asset.set_parent")
    assert below(assets, "STATION") == {"FIXTURE-A", "FIXTURE-B", "PROBE"}


# Tags

AWKWARD_TAGS = [
    Setting(key="Accuracy class", value="0.5 %"),
    Setting(key="1st <&> \"key\" 'x'", value='a "b" <c> & d'),
    Setting(key="Größe", value="示波器 \U0001f600"),
    Setting(key="empty", value=""),
    Setting(key="a:b/c_x0020_", value="O'Neill"),
]


def test_tags_come_back_as_they_were_set(assets: AssetService, make: Make) -> None:
    made = make()
    assert assets.set_asset_tags(AWKWARD_TAGS, made.asset_id) is True
    assert assets.get_asset_tags(serial_number="DMM-001") == AWKWARD_TAGS
    asset = assets.get_asset(made.asset_id)
    assert asset is not None
    assert asset.tags == AWKWARD_TAGS
    assert assets.get_assets()[0].tags == AWKWARD_TAGS


def test_tags_that_are_set_replace_the_others(assets: AssetService, make: Make) -> None:
    make(tags=AWKWARD_TAGS)
    assets.set_asset_tags([Setting(key="only", value="this")], serial_number="DMM-001")
    assert assets.get_asset_tags(serial_number="DMM-001") == [Setting(key="only", value="this")]
    assets.set_asset_tags([], serial_number="DMM-001")
    assert assets.get_asset_tags(serial_number="DMM-001") == []


def test_tags_are_changed_by_updating_the_asset(assets: AssetService, make: Make) -> None:
    made = make(tags=[Setting(key="K", value="1"), Setting(key="L", value="2")])
    made.tags = [Setting(key="K", value="3")]
    assert assets.update_asset(made).tags == [Setting(key="K", value="3")]


@pytest.mark.parametrize("condition", ["xmlData eq '//Side'", "tags/any(t: t/key eq 'Side' and t/value eq 'top')"])
def test_assets_are_found_by_tag(assets: AssetService, make: Make, condition: str) -> None:
    make("A", tags=[Setting(key="Side", value="top")])
    make("B", tags=[Setting(key="Other", value="top")])
    assert [asset.serial_number for asset in assets.get_assets(condition)] == ["A"]


# Files

FILES = {
    "certificate.pdf": bytes(range(256)) * 3,
    "empty": b"",
    "with blanks.txt": b"\r\n",
    "Prüfprotokoll 2026 – Ä.pdf": b"x",
    "校准.pdf": b"y",
    "100% & more+#1?.txt": b"z",
    "quo\"te's;.txt": b"q",
    ".hidden": b"h",
    "x" * 255: b"long",
    "like JSON.json": b'{"message": "no error"}',
}


@pytest.mark.parametrize("name", FILES)
def test_file_comes_back_as_it_was(assets: AssetService, make: Make, name: str) -> None:
    made = make()
    assert assets.upload_file(made.asset_id, name, FILES[name]) is True
    assert assets.list_files(made.asset_id) == [name]
    assert assets.download_file(made.asset_id, name) == FILES[name]
    assert assets.delete_files(made.asset_id, [name]) is True
    assert assets.list_files(made.asset_id) == []
    assert assets.download_file(made.asset_id, name) is None


def test_large_file_comes_back_as_it_was(assets: AssetService, make: Make) -> None:
    made, content = make(), os.urandom(5 * 1024 * 1024)
    assets.upload_file(made.asset_id, "photo.raw", content)
    assert assets.download_file(made.asset_id, "photo.raw") == content


def test_file_over_the_limit_is_refused(assets: AssetService, make: Make) -> None:
    made = make()
    with pytest.raises(ValidationError, match="larger than") as refused:
        assets.upload_file(made.asset_id, "photo.raw", bytes(MAX_BODY + 1))
    assert (refused.value.status_code, refused.value.operation) == (413, "asset.upload_file")
    assert assets.list_files(made.asset_id) == []


@pytest.mark.parametrize("name", ["a/b.pdf", "../b.pdf", "a\\b.pdf", "..", ""])
def test_file_name_with_a_folder_is_refused(assets: AssetService, make: Make, name: str) -> None:
    made = make()
    with pytest.raises(ValueError, match="filename"):
        assets.upload_file(made.asset_id, name, b"x")
    assert assets.list_files(made.asset_id) == []


def test_file_is_never_overwritten(assets: AssetService, make: Make) -> None:
    made = make()
    for _ in range(2):
        assert assets.upload_file(made.asset_id, "certificate.pdf", b"first") is True
    with pytest.raises(ConflictError, match=r"certificate\.pdf") as refused:
        assets.upload_file(made.asset_id, "certificate.pdf", b"second")
    assert (refused.value.status_code, refused.value.operation) == (409, "asset.upload_file")
    assert assets.download_file(made.asset_id, "certificate.pdf") == b"first"


def test_files_are_detached_all_or_none(assets: AssetService, make: Make) -> None:
    made = make()
    assets.upload_file(made.asset_id, "a", b"1")
    with pytest.raises(NotFoundError, match="'b'") as refused:
        assets.delete_files(made.asset_id, ["a", "b"])
    assert (refused.value.status_code, refused.value.operation) == (404, "asset.delete_files")
    assert assets.list_files(made.asset_id) == ["a"]


# Log


def test_log_tells_what_happened_newest_first(assets: AssetService, make: Make, live: Live) -> None:
    made = make()
    happenings: list[tuple[Any, AssetLogType]] = [
        (lambda: assets.add_log_message(made.asset_id, "moved"), AssetLogType.MESSAGE),
        (lambda: assets.update_asset(made.model_copy(update={"location": "Lab B"})), AssetLogType.UPDATE),
        (lambda: assets.reset_running_count(made.asset_id), AssetLogType.RESET_COUNT),
        (lambda: assets.record_calibration(made.asset_id), AssetLogType.CALIBRATION),
        (lambda: assets.record_maintenance(made.asset_id), AssetLogType.MAINTENANCE),
        (lambda: assets.set_asset_state(AssetState.IN_STORAGE, made.asset_id), AssetLogType.STATE_CHANGE),
    ]
    for happen, _ in happenings:
        live.clock.advance(minutes=1)
        happen()
    told = [entry.log_type for entry in assets.get_asset_log()]
    assert told == [*(log_type for _, log_type in reversed(happenings)), AssetLogType.REGISTER]


def test_log_of_one_asset_is_found_as_the_specification_shows(assets: AssetService, make: Make) -> None:
    made = make()
    make("OTHER")
    for n in range(12):
        assets.add_log_message(asset_id=made.asset_id, message=f"message {n}")
    log = assets.get_asset_log(filter_str=f"assetId eq '{made.asset_id}'", orderby="date desc", top=10)
    assert len(log) == 10
    assert {(entry.asset_id, entry.serial_number) for entry in log} == {(made.asset_id, "DMM-001")}
    rest = assets.get_asset_log(filter_str=f"assetId eq '{made.asset_id}'", orderby="logId", top=10, skip=10)
    assert [entry.comment for entry in rest] == ["message 9", "message 10", "message 11"]


@pytest.mark.parametrize("name", ["asset_id", "serial_number"])
def test_message_tells_the_user_beside_the_token(assets: AssetService, make: Make, name: str) -> None:
    made = make()
    text = "Equipment relocated\nto Lab B – 示"
    assert assets.add_log_message(message=text, user="Jürgen", **{name: getattr(made, name)}) is True
    entry = assets.get_asset_log(top=1)[0]
    assert (entry.comment, entry.user, entry.principal) == (text, "Jürgen", "the administrator")


def test_change_is_told_with_the_old_and_the_new_value(assets: AssetService, make: Make) -> None:
    made = make(location="Lab A")
    made.location = None
    assets.update_asset(made)
    entry = assets.get_asset_log(top=1)[0]
    assert (entry.log_type, entry.property, entry.old_value, entry.value) == (
        AssetLogType.UPDATE,
        "location",
        "Lab A",
        None,
    )
