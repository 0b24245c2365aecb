"""Changes that people make by hand: why they made them, and certificates that are kept with the work they are about."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from databases import run
from factories import Taken
from pywats.domains.asset.enums import AssetState
from pywats_server.errors import Conflict, InvalidInput, NotAllowed, RuleViolation, TotalCountReached
from pywats_server.odata.query import Query
from pywats_server.services import archive, assets, counts, dossier, files, reading, types, work
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission, Principal, Role
from pywats_server.settings import Settings
from server.services.conftest import House

SCOPE = AssetRef(None, "SCOPE-1")
FROM, TO = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
CERTIFICATE = ("certificate.pdf", b"%PDF-1.7")


@pytest.fixture(autouse=True)
def scope(house: House) -> None:
    """An asset."""
    made = house.do(types.save_type, TypeDraft(type_name="Scope"))
    house.do(assets.save_asset, AssetDraft(serial_number="SCOPE-1", type_id=made["typeId"]))


def told(house: House) -> list[tuple[Any, ...]]:
    """Return what the log of the asset tells, oldest first, but for its registration."""
    taken = Taken()
    house.do(reading.list_log, Query(filter="type ne 1", orderby="logId"), taken)
    return [(entry["property"], entry["value"], entry["comment"]) for entry in taken.documents]


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        pytest.param(
            lambda house: house.do(assets.set_state, SCOPE, AssetState.IN_STORAGE, "Not needed"),
            ("state", "5", "Not needed"),
            id="state",
        ),
        pytest.param(
            lambda house: house.do(counts.set_total_count, SCOPE, 12, "Taken over"),
            ("totalCount", "12", "Taken over"),
            id="total count",
        ),
        pytest.param(
            lambda house: house.do(counts.set_running_count, SCOPE, 12, "Taken over"),
            ("runningCount", "12", "Taken over"),
            id="running count",
        ),
        pytest.param(
            lambda house: house.do(
                assets.save_asset, AssetDraft(serial_number="SCOPE-1", location="Hall 2"), comment="Moved"
            ),
            ("location", "Hall 2", "Moved"),
            id="edit",
        ),
    ],
)
def test_comment_stands_beside_what_was_changed(
    house: House, change: Callable[[House], Any], entry: tuple[Any, ...]
) -> None:
    change(house)
    assert told(house) == [entry]


def test_comment_on_deleting_goes_to_the_archive(house: House) -> None:
    house.do(assets.delete_asset, SCOPE, "Entered twice")
    [tombstone] = house.do(archive.list_archive, SCOPE, 10, 0)
    assert tombstone.log[-1][1].comment == "Entered twice"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((assets.set_state, SCOPE, AssetState.IN_STORAGE, "\x00"), id="state"),
        pytest.param((assets.delete_asset, SCOPE, "\x00"), id="delete"),
        pytest.param((counts.set_total_count, SCOPE, 1, "a" * 4001), id="total count"),
    ],
)
def test_comment_that_cannot_be_kept_is_refused(house: House, change: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidInput, match="comment"):
        house.do(*change)
    assert told(house) == []


def test_count_is_reset_with_the_maintenance(house: House) -> None:
    house.do(counts.set_running_count, SCOPE, 12)
    due = house.do(work.record_and_reset, work.MAINTENANCE, SCOPE, None, "Cleaned")
    assert due is None
    assert [(name, comment) for name, _, comment in told(house)[1:]] == [
        ("maintenance", "Cleaned"),
        ("runningCount", "Cleaned"),
    ]
    assert house.do(dossier.open_dossier, SCOPE).asset.facts.running_count == 0


def test_maintenance_is_not_kept_where_the_count_cannot_be_reset(house: House) -> None:
    house.do(types.save_type, TypeDraft(type_name="Scope", total_count_limit=10))
    house.do(counts.set_total_count, SCOPE, 10)
    with pytest.raises(TotalCountReached):
        house.do(work.record_and_reset, work.MAINTENANCE, SCOPE)
    assert [name for name, *_ in told(house)] == ["totalCount"]


def test_certificate_is_kept_with_the_calibration(house: House) -> None:
    due = house.do(work.record_certified, work.CALIBRATION, SCOPE, FROM, TO, "By the lab", CERTIFICATE)
    assert due == "2027-03-01T00:00:00"
    assert house.do(files.read_file, SCOPE, "certificate.pdf") == b"%PDF-1.7"
    assert [entry[0] for entry in told(house)] == ["file", "calibration"]


def test_certificate_is_not_kept_without_the_calibration(house: House) -> None:
    with pytest.raises(RuleViolation, match="toDate"):
        house.do(work.record_certified, work.CALIBRATION, SCOPE, TO, FROM, None, CERTIFICATE)
    assert house.do(files.list_files, SCOPE) == []
    assert told(house) == []


def test_calibration_is_not_kept_without_the_certificate(house: House) -> None:
    house.do(files.attach_file, SCOPE, "certificate.pdf", b"another")
    with pytest.raises(Conflict, match=r"another file named 'certificate\.pdf'"):
        house.do(work.record_certified, work.CALIBRATION, SCOPE, FROM, TO, None, CERTIFICATE)
    assert [entry[0] for entry in told(house)] == ["file"]


def test_certificate_needs_the_permission_to_attach_files(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every role that records work may attach files, too; this holds where there is another one day."""
    may, lost = Role.may, (Role.OPERATOR, Permission.ATTACH_FILE)
    monkeypatch.setattr(Role, "may", lambda role, asked: (role, asked) != lost and may(role, asked))
    somebody = Principal("somebody", Role.OPERATOR)
    asked = (work.record_certified, work.CALIBRATION, SCOPE, FROM, TO, None, CERTIFICATE)
    with pytest.raises(NotAllowed):
        house.run(house.backend.write(somebody, *asked))


def test_files_are_attached_all_or_none(house: House, settings: Settings) -> None:
    house.do(files.attach_file, SCOPE, "b.txt", b"first")
    with pytest.raises(Conflict, match=r"b\.txt"):
        house.do(files.attach_files, SCOPE, [("a.txt", b"a"), ("b.txt", b"other")])
    assert run(settings.database_url, "SELECT name FROM asset_file") == [[("b.txt",)]]


def test_attaching_no_file_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="accepted: one file or several"):
        house.do(files.attach_files, SCOPE, [])
