"""The outbox, on the real server behind a line that a test cuts: nothing is lost, and nothing is counted twice."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from contract.client.conftest import Connect, Live, Make
from contract.client.faces import Face
from contract.client.line import Line, line_to
from pywats import AssetCounts, ConnectionError, OutboxError, Queued
from pywats.domains.asset.service import AssetService
from pywats_server.services.session import Role


@pytest.fixture
def line(live: Live) -> Iterator[Line]:
    """A line to the server."""
    with line_to(live.url) as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the outbox is kept."""
    return tmp_path / "outbox.db"


@pytest.fixture
def station(connect: Connect, line: Line, path: Path) -> Face:
    """A client on the line, with an outbox."""
    return connect(base_url=line.url, outbox=path)


def total(assets: AssetService, serial_number: str = "DMM-001") -> int | None:
    """The total count."""
    asset = assets.get_asset(serial_number=serial_number)
    assert asset is not None
    return asset.total_count


def delivered(station: Face) -> bool:
    """Whether nothing waits after a delivery."""
    station.outbox.flush()
    return station.outbox.pending() == []


def test_outbox_changes_nothing_while_the_server_is_there(station: Face, make: Make) -> None:
    make()
    assert station.asset.increment_count(serial_number="DMM-001") is True
    assert station.asset.record_calibration(serial_number="DMM-001") is True
    counted = station.asset.increment_counts([("DMM-001", 2)])
    assert isinstance(counted, list)
    assert isinstance(counted[0], AssetCounts)
    assert station.outbox.pending() == []


Report = Callable[[AssetService, str], object]

REPORTS: dict[str, Report] = {
    "count": lambda assets, _: assets.increment_count(serial_number="DMM-001", amount=3),
    "counts": lambda assets, _: assets.increment_counts([("DMM-001", 3)]),
    "message": lambda assets, _: assets.add_log_message(serial_number="DMM-001", message="Moved to Lab B, ærlig"),
    "message-of-a-user": lambda assets, asset_id: assets.add_log_message(asset_id, "Moved", user="operator"),
    "calibration": lambda assets, _: assets.record_calibration(serial_number="DMM-001", comment="as found: good"),
    "maintenance": lambda assets, _: assets.record_maintenance(serial_number="DMM-001"),
    "external-calibration": lambda assets, _: assets.record_calibration_external(
        serial_number="DMM-001", to_date=datetime(2031, 1, 1)
    ),
    "external-maintenance": lambda assets, _: assets.record_maintenance_external(
        serial_number="DMM-001", from_date=datetime(2026, 1, 1), to_date=datetime(2031, 1, 1)
    ),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_report_is_kept_while_the_server_is_away_and_delivered_when_it_is_back(
    station: Face, line: Line, make: Make, assets: AssetService, report: Report
) -> None:
    asset_id = str(make().asset_id)
    before = len(assets.get_asset_log()), total(assets)
    line.cut()
    outcome = report(station.asset, asset_id)
    assert isinstance(outcome, Queued)
    assert outcome
    assert [entry.key for entry in station.outbox.pending()] == [outcome.key]
    assert (len(assets.get_asset_log()), total(assets)) == before
    line.mend()
    assert delivered(station)
    assert (len(assets.get_asset_log()), total(assets)) != before


def test_without_an_outbox_a_server_that_is_away_is_an_error(connect: Connect, line: Line) -> None:
    api = connect(base_url=line.url, retry_enabled=False)
    line.cut()
    with pytest.raises(ConnectionError):
        api.asset.increment_count(serial_number="DMM-001")
    with pytest.raises(ValueError, match="has no outbox"):
        _ = api.outbox


def test_what_somebody_waits_for_is_not_kept(station: Face, line: Line, path: Path) -> None:
    line.cut()
    with pytest.raises(ConnectionError):
        station.asset.get_assets()
    assert station.outbox.pending() == []


def test_reports_arrive_in_the_order_in_which_they_were_made(
    station: Face, line: Line, make: Make, assets: AssetService
) -> None:
    make()
    line.cut()
    for number in range(5):
        station.asset.add_log_message(serial_number="DMM-001", message=f"note {number}")
    line.mend()
    # The server is back, but others were here before.
    station.asset.add_log_message(serial_number="DMM-001", message="note 5")
    assert delivered(station)
    said = [entry.comment for entry in assets.get_asset_log(filter_str="type eq 0", orderby="logId")]
    assert said == [f"note {number}" for number in range(6)]


def test_calibration_is_of_the_moment_when_it_was_made(
    station: Face, line: Line, make: Make, assets: AssetService
) -> None:
    make()
    line.cut()
    before = datetime.now()
    station.asset.record_calibration(serial_number="DMM-001")
    after = datetime.now()
    line.mend()
    assert delivered(station)
    asset = assets.get_asset(serial_number="DMM-001")
    assert asset is not None
    assert asset.last_calibration_date is not None
    assert before <= asset.last_calibration_date <= after


def test_use_whose_answer_was_lost_is_counted_once(station: Face, line: Line, make: Make, assets: AssetService) -> None:
    make()
    line.loses_answers = True
    assert isinstance(station.asset.increment_count(serial_number="DMM-001"), Queued)
    assert total(assets) == 1
    line.loses_answers = False
    assert delivered(station)
    assert total(assets) == 1
    assert len(line.seen) >= 2


def test_server_without_keys_is_not_told_twice(station: Face, line: Line, make: Make, assets: AssetService) -> None:
    make()
    line.hides_keys = line.loses_answers = True
    lost = station.asset.increment_count(serial_number="DMM-001")
    line.loses_answers = False
    # It waits behind the other one, unless that has been looked into already.
    assert station.asset.increment_count(serial_number="DMM-001", amount=10)
    assert isinstance(lost, Queued)
    assert delivered(station)
    assert total(assets) == 11
    [entry] = station.outbox.uncertain()
    assert entry.key == lost.key
    assert "may have carried it out" in (entry.error or "")


def test_uncertain_call_is_made_again_or_discarded_as_a_person_decides(
    station: Face, line: Line, make: Make, assets: AssetService
) -> None:
    make()
    line.hides_keys = line.loses_answers = True
    lost = station.asset.increment_count(serial_number="DMM-001")
    assert isinstance(lost, Queued)
    line.loses_answers = False
    assert delivered(station)
    again = station.outbox.retry(lost.key)
    assert isinstance(again, Queued)
    assert again.key != lost.key
    assert delivered(station)
    assert (total(assets), station.outbox.uncertain()) == (2, [])


def test_refused_call_is_kept_with_the_server_s_words_and_others_go_on(
    station: Face, line: Line, make: Make, assets: AssetService
) -> None:
    make()
    line.cut()
    wrong = station.asset.increment_count(serial_number="DMM-002")
    station.asset.increment_count(serial_number="DMM-001")
    line.mend()
    assert delivered(station)
    assert total(assets) == 1
    [entry] = station.outbox.refused()
    assert isinstance(wrong, Queued)
    assert entry.key == wrong.key
    assert "DMM-002" in (entry.error or "")
    make("DMM-002")
    assert station.outbox.retry(entry.key)
    assert delivered(station)
    assert (total(assets, "DMM-002"), station.outbox.refused()) == (1, [])


def test_discarded_call_is_never_made(station: Face, line: Line, make: Make, assets: AssetService) -> None:
    make()
    line.cut()
    queued = station.asset.increment_count(serial_number="DMM-001")
    assert isinstance(queued, Queued)
    assert station.outbox.discard(queued.key) is True
    assert station.outbox.discard(queued.key) is False
    assert station.outbox.retry(queued.key) is None
    line.mend()
    assert delivered(station)
    assert total(assets) == 0


@pytest.mark.parametrize("status", [502, 503, 504])
def test_gateway_before_a_server_that_is_away_is_no_answer(
    station: Face, line: Line, make: Make, assets: AssetService, status: int
) -> None:
    make()
    line.answers_itself = status
    for _ in range(3):
        assert isinstance(station.asset.increment_count(serial_number="DMM-001"), Queued)
    assert station.outbox.flush().waiting == 3
    line.answers_itself = None
    assert delivered(station)
    assert total(assets) == 3


@pytest.mark.parametrize("status", [401, 404, 301])
def test_nothing_is_refused_while_the_address_leads_elsewhere_or_the_token_is_wrong(
    station: Face, line: Line, make: Make, assets: AssetService, status: int
) -> None:
    make()
    line.cut()
    station.asset.increment_count(serial_number="DMM-001")
    line.answers_itself = status
    line.mend()
    told = station.outbox.flush()
    assert told.waiting == 1
    assert told.error
    line.answers_itself = None
    assert delivered(station)
    assert total(assets) == 1


def test_flush_tells_how_far_it_is(connect: Connect, line: Line, path: Path, make: Make) -> None:
    make()
    line.cut()
    station = connect(base_url=line.url, outbox=path)
    for _ in range(3):
        station.asset.increment_count(serial_number="DMM-001")
    told = station.outbox.flush(timeout=5)
    assert (told.delivered, told.waiting) == (0, 3)
    assert "Cannot connect" in (told.error or "")


def test_next_client_delivers_what_the_last_one_left(
    connect: Connect, line: Line, path: Path, make: Make, assets: AssetService
) -> None:
    make()
    line.cut()
    connect(base_url=line.url, outbox=path).asset.increment_count(serial_number="DMM-001")
    line.mend()
    other = connect(Role.OPERATOR, base_url=line.url, outbox=path)
    assert delivered(other)
    assert total(assets) == 1


def test_file_with_calls_to_another_server_is_refused(connect: Connect, line: Line, path: Path, live: Live) -> None:
    line.cut()
    connect(base_url=line.url, outbox=path).asset.increment_count(serial_number="DMM-001")
    with pytest.raises(OutboxError, match=f"holds calls to {line.url}, and this client talks to {live.url}"):
        connect(base_url=live.url, outbox=path)


def test_export_writes_a_line_for_each_call_and_overwrites_nothing(station: Face, line: Line, tmp_path: Path) -> None:
    line.cut()
    station.asset.increment_count(serial_number="DMM-001")
    station.asset.add_log_message(serial_number="DMM-001", message="ærlig")
    target = tmp_path / "export.jsonl"
    assert station.outbox.export(target) == 2
    count, message = map(json.loads, target.read_text("utf-8").splitlines())
    assert (count["state"], count["method"], count["url"].partition("?")[0]) == ("waiting", "PUT", "/api/Asset/Count")
    assert json.loads(message["body"]) == {"content": "ærlig"}
    with pytest.raises(FileExistsError):
        station.outbox.export(target)


def test_token_is_in_no_file_and_no_log(
    station: Face, line: Line, live: Live, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        line.cut()
        station.asset.add_log_message(serial_number="DMM-001", message="note")
        station.outbox.flush()
        station.outbox.export(tmp_path / "export.jsonl")
    token = live.tokens[Role.ADMINISTRATOR]
    assert [file.name for file in tmp_path.iterdir() if token.encode() in file.read_bytes()] == []
    assert token not in caplog.text
    assert token not in repr(station.outbox.pending())
