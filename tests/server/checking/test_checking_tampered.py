"""What a check tells of a database that somebody changed behind the server's back, and what a repair makes of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from databases import contents, run
from pywats_server.commands.line import app
from pywats_server.store.opening import is_postgres

FIX_1 = "(SELECT key FROM asset WHERE serial_number = 'FIX-1')"
FIX_2 = "(SELECT key FROM asset WHERE serial_number = 'FIX-2')"
STATION = "(SELECT key FROM asset WHERE serial_number = 'STATION-1')"


def check(address: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["db", "check", "--database", address, *options])


def tamper(address: str, statement: str) -> None:
    """Change the database as somebody would who has its file, or is its superuser."""
    before = contents(address)
    if is_postgres(address):
        run(address, "SET session_replication_role = replica", statement.replace("x'00'", r"'\x00'"))
    else:
        run(address, statement)
    assert contents(address) != before, f"this changes nothing: {statement}"


def last_log_entry(address: str) -> dict[str, Any]:
    """Return what the newest entry says."""
    names = ("property", "old_value", "value", "principal", "comment")
    [[row]] = run(address, f"SELECT {', '.join(names)} FROM log_entry ORDER BY log_id DESC LIMIT 1")
    return dict(zip(names, row, strict=True))


def test_check_finds_a_database_that_was_lived_in_in_order(lived: str) -> None:
    result = check(lived)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "All is in order." in result.stdout


MENDED = {
    "no counter": (
        f"DELETE FROM asset_counter WHERE asset_key = {FIX_1}",
        "counts: asset 'FIX-1': no counter",
    ),
    "total count": (
        f"UPDATE asset_counter SET total_count = total_count + 5 WHERE asset_key = {FIX_1}",
        "usage: asset 'FIX-1': total count 105; should be 0 carried over + 100 used by day",
    ),
    "carried count": (
        f"UPDATE asset_counter SET carried_count = 7 WHERE asset_key = {FIX_2}",
        "usage: asset 'FIX-2': total count 1; should be 7 carried over + 3 used by day",
    ),
    "use of a day": (
        f"DELETE FROM usage_daily WHERE asset_key = {FIX_1}",
        "usage: asset 'FIX-1': total count 100",
    ),
    "level of counts": (
        f"UPDATE asset SET count_level = 2 WHERE key = {FIX_1}",
        "levels: asset 'FIX-1': level of counts 2; should be 0",
    ),
    "count that reaches a level": (
        f"UPDATE asset_counter SET running_count = 85 WHERE asset_key = {FIX_1}",
        "levels: asset 'FIX-1': level of counts 0; should be 1",
    ),
    "moment of the warning": (
        f"UPDATE asset SET warning_at = NULL WHERE key = {FIX_1}",
        "levels: asset 'FIX-1': warning from None; should be 2026-",
    ),
    "moment of the alarm": (
        f"UPDATE asset SET alarm_at = '2099-01-01T00:00:00' WHERE key = {FIX_1}",
        "levels: asset 'FIX-1': alarm from 2099-01-01T00:00:00; should be 2026-",
    ),
    "interval of the type": (
        "UPDATE asset_type SET calibration_interval_days = 10",
        "dates: asset 'FIX-1': next calibration 2026-",
    ),
    "next date": (
        f"UPDATE asset SET next_calibration_at = '2099-01-01T00:00:00' WHERE key = {FIX_1}",
        "dates: asset 'FIX-1': next calibration 2099-01-01T00:00:00; should be 2026-",
    ),
    "due date of calibration": (
        f"UPDATE asset SET calibration_due_at = NULL WHERE key = {FIX_1}",
        "dates: asset 'FIX-1': calibration due None; should be 2026-",
    ),
    "earlier due date": (
        f"UPDATE asset SET due_at = '2099-01-01T00:00:00' WHERE key = {FIX_1}",
        "dates: asset 'FIX-1': due 2099-01-01T00:00:00; should be 2026-",
    ),
    "limit of the type": (
        "UPDATE asset_type SET running_count_limit = 3",
        "levels: asset 'FIX-2': level of counts 0; should be 2",
    ),
}

TOLD = {
    "negative running count": (
        f"UPDATE asset_counter SET running_count = -1 WHERE asset_key = {FIX_1}",
        "counts: asset 'FIX-1': running count -1; should be 0 to",
    ),
    "negative use": (
        f"UPDATE usage_daily SET uses = -90 WHERE asset_key = {FIX_1} AND uses > 50",
        "usage: asset 'FIX-1': -90 uses on 2026-03-",
    ),
    "missing parent": (
        f"UPDATE asset SET parent_key = 999 WHERE key = {FIX_1}",
        "references: asset 2: parent_key 999; should be the key of a row of asset",
    ),
    "missing type": ("DELETE FROM asset_type", "type_key 1; should be the key of a row of asset_type"),
    "missing asset": (f"DELETE FROM asset WHERE key = {FIX_2}", "references: asset_counter 3: asset_key 3"),
    "tag of nothing": ("UPDATE asset_tag SET asset_key = 999 WHERE asset_key = 1", "references: asset_tag 999, line"),
    "circle": (
        f"UPDATE asset SET parent_key = {FIX_1} WHERE key = {STATION}",
        "tree: asset 'STATION-1': 'STATION-1' below 'FIX-1' below 'STATION-1'",
    ),
    "own parent": (f"UPDATE asset SET parent_key = key WHERE key = {FIX_2}", "tree: asset 'FIX-2': 'FIX-2' below"),
    "changed log entry": (
        f"UPDATE log_entry SET comment = 'certificate 18' WHERE asset_key = {FIX_1} AND comment IS NOT NULL",
        "log: asset 'FIX-1': entry 6 does not fit",
    ),
    "entry of another asset": (
        f"UPDATE log_entry SET asset_key = {FIX_2} WHERE asset_key = {FIX_1} AND log_id > 10",
        "log: asset 'FIX-2': entry",
    ),
    "log entry left out": (
        f"DELETE FROM log_entry WHERE log_id = (SELECT min(log_id) FROM log_entry WHERE asset_key = {FIX_1})",
        "log: asset 'FIX-1': entry",
    ),
    "last log entry cut off": (
        f"DELETE FROM log_entry WHERE log_id = (SELECT max(log_id) FROM log_entry WHERE asset_key = {FIX_1})",
        "log: asset 'FIX-1': a log that ends with the hash",
    ),
    "whole log cut off": (f"DELETE FROM log_entry WHERE asset_key = {FIX_1}", "log: asset 'FIX-1': no log"),
    "id that the log knows otherwise": (
        f"UPDATE asset SET asset_id = 'f0000000-0000-0000-0000-000000000000' WHERE key = {FIX_1}",
        "log: asset 'FIX-1': entry",
    ),
    "changed change": (
        "UPDATE change_entry SET value = 'administrator' WHERE subject = 'bench'",
        "changes: changes of types, tokens and users: entry 2 does not fit",
    ),
    "content of a file": (
        "UPDATE asset_file SET content = x'00'",
        "files: asset 'FIX-1': file 'certificate.pdf' with 1 bytes; should be 1000 bytes",
    ),
    "digest of a deleted asset's file": (
        "UPDATE archived_file SET sha256 = 'x'",
        "files: deleted asset 'OLD-1': file 'certificate.pdf' with the SHA-256",
    ),
    "content of a list": (
        "UPDATE list_import_file SET content = x'00'",
        "files: import 1: file 'waiting.csv' with 1 bytes; should be",
    ),
    "row of an import": (
        "DELETE FROM list_import_row WHERE position = 1",
        "forms: import 2: 1 rows; should be 2 rows",
    ),
    "stage of an import": (
        "UPDATE list_import SET stage = 'done' WHERE key = 1",
        "forms: import 1: stage 'done'; should be one of uploaded",
    ),
    "row of no import": (
        "UPDATE list_import_row SET import_key = 9 WHERE position = 1",
        "references: list_import_row 9, 1: import_key 9",
    ),
    "archived serial number": (
        "UPDATE archived_asset SET serial_number = 'OLD-2'",
        "archive: deleted asset 'OLD-2': a document with serialNumber 'OLD-1'; should be 'OLD-2'",
    ),
    "archived document": ("UPDATE archived_asset SET document = '['", "a document with assetId None"),
    "archived log": (
        "UPDATE archived_log_entry SET comment = 'x'",
        "archive: deleted asset 'OLD-1': entry",
    ),
    "end of an archived log": (
        "DELETE FROM archived_log_entry WHERE property = 'deleted'",
        "archive: deleted asset 'OLD-1': a log that does not end with its deletion",
    ),
    "id": (
        f"UPDATE asset SET asset_id = upper(asset_id) WHERE key = {FIX_1}",
        "should be a UUID in lower case",
    ),
    "serial number": (f"UPDATE asset SET serial_number = '  ' WHERE key = {FIX_2}", "should be a serial number"),
    "moment": (f"UPDATE asset SET first_seen_at = '2026-03-10 12:00' WHERE key = {FIX_1}", "moment '2026-03-10 12:00'"),
    "no moment at all": (f"UPDATE asset SET last_calibration_at = 'soon' WHERE key = {FIX_1}", "moment 'soon'"),
    "state": (f"UPDATE asset SET state = 77 WHERE key = {FIX_1}", "77 is not a valid AssetState"),
    "demands": (
        "UPDATE asset_type SET warning_threshold_percent = 200",
        "forms: asset type 'Fixture': warningThreshold",
    ),
    "demands that contradict": (
        "UPDATE asset_type SET total_count_limit = 50",
        "forms: asset type 'Fixture': Demands(running_count_limit=100, total_count_limit=50",
    ),
    "token": ("UPDATE access_token SET secret_sha256 = 'secret'", "forms: token 'bench': a hash that no secret has"),
    "password": ("UPDATE user_account SET password_hash = 'x'", "forms: user 'Anna': a hash that no password has"),
    "role": ("UPDATE user_account SET role = 'chief'", "forms: user 'Anna': role 'chief'; should be one of viewer"),
    "name": ("UPDATE user_account SET name = 'Berta'", "forms: user 'Berta': the key 'anna'; should be 'berta'"),
}


@pytest.mark.parametrize(("statement", "told"), [*MENDED.values(), *TOLD.values()], ids=[*MENDED, *TOLD])
def test_check_tells_what_was_tampered_with_and_changes_nothing(lived: str, statement: str, told: str) -> None:
    tamper(lived, statement)
    before = contents(lived)
    result = check(lived)
    assert result.exit_code == 1
    assert told in result.stdout
    assert contents(lived) == before


@pytest.mark.parametrize(("statement", "told"), MENDED.values(), ids=MENDED)
def test_repair_mends_what_follows_from_other_facts(lived: str, statement: str, told: str) -> None:
    tamper(lived, statement)
    result = check(lived, "--repair")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Mended " in result.stdout
    assert check(lived).exit_code == 0


@pytest.mark.parametrize(("statement", "told"), TOLD.values(), ids=TOLD)
def test_repair_still_tells_what_it_cannot_mend(lived: str, statement: str, told: str) -> None:
    tamper(lived, statement)
    result = check(lived, "--repair")
    assert result.exit_code == 1
    assert told in result.stdout


@pytest.mark.parametrize(
    ("statement", "property", "old", "new"),
    [
        (f"DELETE FROM asset_counter WHERE asset_key = {FIX_1}", "counter", None, "from use by day"),
        (f"UPDATE asset_counter SET carried_count = 7 WHERE asset_key = {FIX_1}", "carriedCount", "7", "0"),
    ],
    ids=["counter", "carried count"],
)
def test_repair_tells_in_the_log_what_it_made(
    lived: str, statement: str, property: str, old: str | None, new: str
) -> None:
    tamper(lived, statement)
    assert check(lived, "--repair").exit_code == 0
    assert last_log_entry(lived) == {
        "property": property,
        "old_value": old,
        "value": new,
        "principal": "local administrator",
        "comment": "Mended by a check of the database.",
    }


def test_repair_of_a_next_date_is_told_in_the_log(lived: str) -> None:
    tamper(lived, f"UPDATE asset SET next_calibration_at = '2099-01-01T00:00:00' WHERE key = {FIX_1}")
    assert check(lived, "--repair").exit_code == 0
    last = last_log_entry(lived)
    assert (last["property"], last["old_value"]) == ("nextCalibrationDate", "2099-01-01T00:00:00")


def test_check_as_json_tells_the_same_as_data(lived: str) -> None:
    tamper(lived, f"UPDATE asset_counter SET carried_count = 7 WHERE asset_key = {FIX_2}")
    found: dict[str, Any] = json.loads(check(lived, "--json").stdout)
    assert (found["isInOrder"], found["faults"], found["mendableAssets"]) == (False, 1, 1)
    assert found["findings"] == [
        {
            "invariant": "usage",
            "subject": "asset 'FIX-2'",
            "stands": "total count 1",
            "should": "7 carried over + 3 used by day",
            "mendable": True,
        }
    ]
    assert found["rows"]["asset"] == 4


def test_check_that_cannot_reach_the_database_says_so_and_hides_the_password(kind: str, tmp_path: Path) -> None:
    missing = {"sqlite": f"sqlite:///{tmp_path}/none.sqlite", "postgresql": "postgresql://me:secret@127.0.0.1:9/none"}
    result = check(missing[kind])
    assert result.exit_code == 2
    assert "none" in result.stderr
    assert "secret" not in result.output
    assert list(tmp_path.iterdir()) == []
