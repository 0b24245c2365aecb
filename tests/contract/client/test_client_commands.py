"""The command line `pywats` on a real server: what it prints, what it asks, and how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract.client.conftest import TYPE_ID, Live
from pywats import Asset, AssetState, AssetType, pyWATS
from pywats.commands import watch
from pywats.commands.line import app
from pywats.domains.asset.service import AssetService
from pywats_server.services.session import Role

# Databases make no difference up here.
pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)

Command = Callable[..., Result]


@pytest.fixture
def environment(live: Live) -> dict[str, str]:
    """What a shell knows of the server."""
    token = live.tokens[Role.ADMINISTRATOR]
    return {"PYWATS_BASE_URL": live.url, "PYWATS_TOKEN": token, "COLUMNS": "200"}


@pytest.fixture
def command(environment: dict[str, str]) -> Command:
    """Runs the command line with these arguments."""

    def run(*arguments: str, typed: str | None = None, **variables: str) -> Result:
        return CliRunner(env=environment | variables).invoke(app, arguments, input=typed, prog_name="pywats")

    return run


@pytest.fixture
def told(command: Command) -> Callable[..., Any]:
    """Runs the command line with these arguments and `--json`, and returns what it told."""

    def run(*arguments: str) -> Any:
        result = command(*arguments, "--json")
        assert result.exit_code in (0, 1, 2), result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def service(environment: dict[str, str]) -> Iterator[AssetService]:
    """The same server, without the command line."""
    with pyWATS(environment["PYWATS_BASE_URL"], environment["PYWATS_TOKEN"]) as api:
        yield api.asset


@pytest.fixture
def multimeter(service: AssetService) -> Asset:
    """`DMM-001`, whose type wants a calibration each year and bears 10 uses."""
    kind = service.create_asset_type(
        "Digital Multimeter", running_count_limit=10, warning_threshold=80, calibration_interval=365
    )
    assert kind.type_id
    made = service.create_asset("DMM-001", kind.type_id, "Multimeter", location="Lab A", state=AssetState.OK)
    service.record_calibration(serial_number="DMM-001")
    return made


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_list_shows_assets_in_columns(command: Command, multimeter: Asset) -> None:
    heading, row = lines(command("asset", "list"))
    assert heading.split()[:3] == ["SERIAL", "NUMBER", "NAME"]
    assert row.split()[:6] == ["DMM-001", "Multimeter", "Digital", "Multimeter", "Lab", "A"]
    assert row.index("Lab A") == heading.index("LOCATION")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["DMM-001", "O'Neill"]),
        (("--type", "Plain"), ["O'Neill"]),
        (("--location", "Lab A"), ["DMM-001"]),
        (("--containing", "O'N"), ["O'Neill"]),
        (("--state", "in-storage"), ["O'Neill"]),
        (("--alarm", "alarm"), []),
        (("--filter", "totalCount gt 5 or serialNumber eq 'DMM-001'", "--location", "Lab A"), ["DMM-001"]),
        (("--orderby", "serialNumber desc"), ["O'Neill", "DMM-001"]),
        (("--top", "1"), ["DMM-001"]),
    ],
    ids=str,
)
def test_list_holds_what_fits_all_options(
    told: Callable[..., Any], service: AssetService, multimeter: Asset, options: tuple[str, ...], found: list[str]
) -> None:
    service.create_asset("O'Neill", TYPE_ID, state=AssetState.IN_STORAGE)
    answered = [asset["serialNumber"] for asset in told("asset", "list", *options)]
    assert answered == found


def test_list_that_was_cut_says_so(command: Command, multimeter: Asset) -> None:
    assert "--top asks for more" in command("asset", "list", "--top", "1").stderr


def test_list_of_an_unknown_type_tells_which_there_are(command: Command, multimeter: Asset) -> None:
    result = command("asset", "list", "--type", "Multimeter")
    assert result.exit_code == 3
    assert "'Multimeter' is no asset type; there are 'Digital Multimeter', 'Plain'" in result.stderr


def test_show_tells_what_is_known_and_leaves_out_what_is_not(command: Command, multimeter: Asset) -> None:
    shown = dict(line.split("  ", 1) for line in lines(command("asset", "show", "DMM-001")))
    facts = {name: text.strip() for name, text in shown.items()}
    assert facts["type"] == "Digital Multimeter"
    assert facts["status"] == "ok"
    assert facts["state"] == "in operation"
    assert "revision" not in facts


def test_show_as_json_is_the_asset_with_its_status(told: Callable[..., Any], multimeter: Asset) -> None:
    shown = told("asset", "show", "DMM-001")
    assert shown["assetId"] == multimeter.asset_id
    assert shown["status"]["alarmState"] == 0


def test_asset_that_is_not_there_ends_with_what_to_do(command: Command, live: Live) -> None:
    result = command("asset", "show", "DMM-1")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Error: There is no asset 'DMM-1'; `pywats asset list --containing` finds some.\n"


def test_created_asset_is_as_told(command: Command, service: AssetService, multimeter: Asset) -> None:
    options = ("--type", "Plain", "--name", "Probe", "--location", "Lab B", "--parent", "DMM-001", "--revision", "C")
    assert lines(command("asset", "create", "PROBE-1", *options, "--state", "in-storage")) == ["Created PROBE-1."]
    made = service.get_asset_by_serial("PROBE-1")
    assert made is not None
    assert (made.asset_name, made.location, made.revision) == ("Probe", "Lab B", "C")
    assert (made.state, made.parent_asset_id) == (AssetState.IN_STORAGE, multimeter.asset_id)


def test_asset_that_exists_is_not_created_again(command: Command, multimeter: Asset) -> None:
    result = command("asset", "create", "DMM-001", "--type", "Plain")
    assert result.exit_code == 3
    assert "There is an asset with the serial number 'DMM-001' already" in result.stderr


def test_state_is_set(command: Command, service: AssetService, multimeter: Asset) -> None:
    assert lines(command("asset", "set-state", "DMM-001", "in-calibration")) == ["DMM-001 is now in calibration."]
    assert service.get_asset_state(serial_number="DMM-001") == AssetState.IN_CALIBRATION


@pytest.mark.parametrize(("typed", "state", "code"), [("y\n", 6, 0), ("n\n", 1, 3), ("", 1, 3)])
def test_scrapping_asks_first(
    command: Command, service: AssetService, multimeter: Asset, typed: str, state: int, code: int
) -> None:
    result = command("asset", "set-state", "DMM-001", "scrapped", typed=typed)
    assert (result.exit_code, service.get_asset_state(serial_number="DMM-001")) == (code, state)
    assert "Scrap DMM-001?" in result.stderr


def test_uses_of_one_asset_are_counted(command: Command, service: AssetService, multimeter: Asset) -> None:
    assert lines(command("asset", "count", "DMM-001")) == ["Counted 1 for DMM-001."]
    assert lines(command("asset", "count", "DMM-001", "--amount", "3")) == ["Counted 3 for DMM-001."]
    counted = service.get_asset_by_serial("DMM-001")
    assert counted is not None
    assert counted.total_count == 4


def test_uses_of_several_assets_are_counted_all_or_none(
    command: Command, service: AssetService, multimeter: Asset
) -> None:
    assert command("asset", "count", "DMM-001", "nothing").exit_code == 3
    service.create_asset("DMM-002", TYPE_ID)
    assert lines(command("asset", "count", "DMM-001", "DMM-002")) == ["Counted 1 for DMM-001, DMM-002."]
    assert [asset.total_count for asset in service.get_assets()] == [1, 1]


def test_calibration_is_recorded(command: Command, service: AssetService, multimeter: Asset) -> None:
    done = lines(command("asset", "calibrate", "DMM-001", "--date", "2026-01-15", "--comment", "By ourselves"))
    assert done == ["DMM-001 was calibrated."]
    found = service.get_asset_by_serial("DMM-001")
    assert found is not None
    assert found.last_calibration_date is not None
    assert found.last_calibration_date.isoformat() == "2026-01-15T00:00:00"


@pytest.mark.parametrize(("word", "work"), [("calibrate", "calibration"), ("maintain", "maintenance")])
def test_work_of_others_brings_its_due_date(
    command: Command, service: AssetService, multimeter: Asset, word: str, work: str
) -> None:
    assert command("asset", word, "DMM-001", "--date", "2026-01-15", "--due", "2026-07-15 12:30").exit_code == 0
    found = service.get_asset_by_serial("DMM-001")
    assert getattr(found, f"next_{work}_date").isoformat() == "2026-07-15T12:30:00"


def test_reset_asks_and_tells(command: Command, service: AssetService, multimeter: Asset) -> None:
    service.increment_count(serial_number="DMM-001", amount=7)
    assert command("asset", "reset", "DMM-001", typed="n\n").exit_code == 3
    assert lines(command("asset", "reset", "DMM-001", "--yes")) == ["DMM-001 counts from 0 again."]
    found = service.get_asset_by_serial("DMM-001")
    assert found is not None
    assert (found.running_count, found.total_count) == (0, 7)


@pytest.mark.parametrize(
    "change",
    [
        ("set-state", "DMM-001", "in-transit"),
        ("calibrate", "DMM-001"),
        ("maintain", "DMM-001", "--comment", "Cleaned"),
        ("reset", "DMM-001", "--yes"),
    ],
    ids=str,
)
def test_change_as_json_says_that_it_was_done(
    told: Callable[..., Any], multimeter: Asset, change: tuple[str, ...]
) -> None:
    assert told("asset", *change) == {"serialNumber": "DMM-001", "queued": False}


def test_what_commands_show_is_json_on_demand(told: Callable[..., Any], multimeter: Asset, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("New probes", "utf-8")
    assert told("asset", "create", "DMM-002", "--type", "Plain")["serialNumber"] == "DMM-002"
    assert told("asset", "count", "DMM-001", "DMM-002") == [
        {"serialNumber": "DMM-001", "queued": False},
        {"serialNumber": "DMM-002", "queued": False},
    ]
    assert {entry["serialNumber"] for entry in told("asset", "log", "DMM-001")} == {"DMM-001"}
    assert [part["serialNumber"] for part in told("asset", "tree", "DMM-001")] == ["DMM-001"]
    assert told("asset", "files", "DMM-001", "--add", str(tmp_path / "notes.txt")) == ["notes.txt"]
    assert told("type", "create", "Fixture", "--total-count-limit", "5")["totalCountLimit"] == 5
    assert told("config", "show")["token"] == {"value": "***", "from": "variable PYWATS_TOKEN"}


def test_log_shows_newest_first(command: Command, multimeter: Asset) -> None:
    heading, newest, *_ = lines(command("asset", "log", "DMM-001", "--message", "Found behind the rack"))
    assert heading.split() == ["DATE", "WHAT", "BY", "CHANGE", "COMMENT"]
    assert "message" in newest
    assert "Found behind the rack" in newest


def test_tree_shows_parts_below_what_they_are_mounted_in(
    command: Command, service: AssetService, multimeter: Asset
) -> None:
    service.create_asset("PROBE-1", TYPE_ID, parent_serial_number="DMM-001")
    service.create_asset("TIP-1", TYPE_ID, parent_serial_number="PROBE-1")
    service.create_asset("PROBE-2", TYPE_ID, parent_serial_number="DMM-001")
    shown = [line[: line.index(" ok")].rstrip() for line in lines(command("asset", "tree", "DMM-001"))[1:]]
    assert sorted(shown) == sorted(["DMM-001", "  PROBE-1", "    TIP-1", "  PROBE-2"])
    assert shown[shown.index("    TIP-1") - 1] == "  PROBE-1"


def test_files_are_added_fetched_and_deleted(
    command: Command, multimeter: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("certificate.pdf").write_bytes(b"%PDF")
    assert lines(command("asset", "files", "DMM-001", "--add", "certificate.pdf")) == ["FILE", "certificate.pdf"]
    there = command("asset", "files", "DMM-001", "--get", "certificate.pdf")
    assert (there.exit_code, there.stderr) == (3, "Error: certificate.pdf: File exists\n")
    Path("certificate.pdf").unlink()
    assert command("asset", "files", "DMM-001", "--get", "certificate.pdf").exit_code == 0
    assert Path("certificate.pdf").read_bytes() == b"%PDF"
    assert lines(command("asset", "files", "DMM-001", "--delete", "certificate.pdf", "--yes")) == ["FILE"]
    assert "has no file 'certificate.pdf'" in command("asset", "files", "DMM-001", "--get", "certificate.pdf").stderr


def test_types_are_made_and_listed(command: Command, told: Callable[..., Any], live: Live) -> None:
    options = ("--calibration-interval", "365", "--running-count-limit", "1000", "--warning-threshold", "80")
    _, row = lines(command("type", "create", "Fixture", *options))
    assert row.split() == ["Fixture", "365", "1000", "80"]
    assert [each["typeName"] for each in told("type", "list")] == ["Fixture", "Plain"]


def test_type_that_exists_is_changed_only_when_told(command: Command, service: AssetService, multimeter: Asset) -> None:
    again = ("type", "create", "Digital Multimeter", "--calibration-interval", "180")
    result = command(*again)
    assert (result.exit_code, "--update changes it" in result.stderr) == (3, True)
    assert command(*again, "--update").exit_code == 0
    kind = next(each for each in service.get_asset_types() if isinstance(each, AssetType) and each.type_name != "Plain")
    assert (kind.calibration_interval, kind.running_count_limit) == (180, 10)


@pytest.mark.parametrize(("uses", "code", "word"), [(1, 0, "ok"), (8, 1, "warning"), (10, 2, "alarm")])
def test_status_ends_with_the_code_of_the_worst(
    command: Command, service: AssetService, multimeter: Asset, uses: int, code: int, word: str
) -> None:
    service.create_asset("DMM-002", TYPE_ID)
    service.increment_count(serial_number="DMM-001", amount=uses)
    result = command("status", "DMM-001", "DMM-002")
    _, first, second = result.stdout.splitlines()
    assert result.exit_code == code
    assert first.split()[:2] == ["DMM-001", word]
    assert second.split()[:2] == ["DMM-002", "ok"]


def test_status_of_what_is_not_there_is_no_alarm(command: Command, service: AssetService, multimeter: Asset) -> None:
    service.increment_count(serial_number="DMM-001", amount=10)
    result = command("status", "DMM-001", "DMM-1")
    assert result.exit_code == 3
    assert "There is no such asset." in result.stdout


def test_status_of_children_counts(command: Command, service: AssetService, multimeter: Asset) -> None:
    service.create_asset("STATION-1", TYPE_ID)
    station, part = service.get_asset_by_serial("STATION-1"), service.get_asset_by_serial("DMM-001")
    assert station
    assert part
    service.add_child_asset(str(station.asset_id), str(part.asset_id))
    service.increment_count(serial_number="DMM-001", amount=10)
    assert command("status", "STATION-1").exit_code == 0
    assert command("status", "STATION-1", "--children").exit_code == 2
    assert command("status", "nothing", "--children").exit_code == 3


def test_status_speaks_the_language_that_is_asked_for(told: Callable[..., Any], multimeter: Asset) -> None:
    german, english = (told("status", "DMM-001", "--language", code)[0]["message"] for code in ("de", "en"))
    assert german != english


def test_watch_once_shows_what_needs_attention(
    command: Command, told: Callable[..., Any], service: AssetService, multimeter: Asset
) -> None:
    assert command("watch", "--once").exit_code == 0
    service.increment_count(serial_number="DMM-001", amount=8)
    result = command("watch", "--once")
    assert result.exit_code == 1
    assert "1 need attention" in result.stdout
    assert [asset["serialNumber"] for asset in told("watch", "--once")] == ["DMM-001"]
    assert told("watch", "--once", "--location", "Lab B") == []


def test_watch_goes_on_until_it_is_stopped(
    command: Command, service: AssetService, multimeter: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    def use_or_stop(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt
        service.increment_count(serial_number="DMM-001", amount=10)

    monkeypatch.setattr(watch, "pause", use_or_stop)
    result = command("watch", "--interval", "7")
    assert (result.exit_code, waited) == (0, [7, 7])
    assert "0 need attention" in result.stdout
    assert "1 need attention" in result.stdout


def test_watch_goes_on_while_the_server_is_away(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "pause", stop)
    monkeypatch.setattr("pywats.http.sync.time.sleep", lambda seconds: None)
    result = command("--base-url", "http://127.0.0.1:9", "watch")
    assert result.exit_code == 0
    assert "Cannot connect to http://127.0.0.1:9" in result.stderr


def test_server_that_is_away_ends_with_what_to_do(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pywats.http.sync.time.sleep", lambda seconds: None)
    result = command("--base-url", "http://127.0.0.1:9", "status", "DMM-001")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "`pywats config show`" in result.stderr


def test_token_that_nobody_knows_ends_with_what_to_do(command: Command, live: Live) -> None:
    result = command("asset", "list", PYWATS_TOKEN="bm9ib2R5OnNlY3JldA==")
    assert result.exit_code == 3
    assert "tells which token was used" in result.stderr
    assert "bm9ib2R5OnNlY3JldA==" not in result.output


def test_role_that_is_too_low_ends_with_what_to_do(command: Command, live: Live, multimeter: Asset) -> None:
    result = command("asset", "count", "DMM-001", PYWATS_TOKEN=live.tokens[Role.VIEWER])
    assert result.exit_code == 3
    assert "a token with a higher role" in result.stderr


def test_mistake_of_the_program_itself_is_not_hidden(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "type_names", lambda api: {}["a mistake"])
    assert isinstance(command("watch", "--once").exception, KeyError)
    assert isinstance(command("watch").exception, KeyError)


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=str)
def test_alarms_are_red_on_a_terminal(
    environment: dict[str, str], service: AssetService, multimeter: Asset, variables: dict[str, str], coloured: bool
) -> None:
    service.increment_count(serial_number="DMM-001", amount=10)
    shown = CliRunner(env=environment | variables).invoke(app, ["status", "DMM-001"], color=True).stdout
    assert ("\x1b[31m" in shown) is coloured


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("status",), "Missing argument 'SERIAL_NUMBER...'"),
        (("asset", "list", "--nonsense"), "No such option '--nonsense'"),
        (("asset", "set-state", "DMM-001", "broken"), "'broken' is not one of 'unknown', 'in-operation'"),
        (("asset", "list", "--filter", "location is 'x'"), "in place of is (position 10)"),
        (("asset", "calibrate", "DMM-001", "--date", "2026-02-02", "--due", "2026-01-01"), "later than from_date"),
    ],
    ids=str,
)
def test_wrong_arguments_end_with_what_is_wrong(
    command: Command, multimeter: Asset, arguments: tuple[str, ...], told: str
) -> None:
    result = command(*arguments)
    assert result.exit_code == 3
    assert told in result.stderr


def test_config_shows_where_everything_comes_from(command: Command, environment: dict[str, str]) -> None:
    shown = command("--base-url", "http://a", "config", "show").stdout
    rows = {line.split()[0]: line for line in shown.splitlines()}
    assert rows["base_url"].split() == ["base_url", "http://a", "argument"]
    assert rows["token"].split() == ["token", "***", "variable", "PYWATS_TOKEN"]
    assert rows["timeout"].split() == ["timeout", "30"]
    assert environment["PYWATS_TOKEN"] not in shown


def test_config_check_asks_the_server(command: Command, live: Live) -> None:
    assert "knows the token" in command("config", "check").stdout
    assert command("config", "check", PYWATS_TOKEN="bm9ib2R5OnNlY3JldA==").exit_code == 3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_is_printed_for_each_shell(command: Command, shell: str) -> None:
    assert "_PYWATS_COMPLETE" in command("completion", shell).stdout


def test_commands_are_completed(environment: dict[str, str]) -> None:
    completing = {"_PYWATS_COMPLETE": "bash_complete", "COMP_WORDS": "pywats asset c", "COMP_CWORD": "2"}
    done = process("", environment=environment | completing)
    assert done.stdout.split() == ["plain,calibrate", "plain,count", "plain,create"]


def process(*arguments: str, environment: dict[str, str], encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "pywats", *arguments],
        env={**os.environ, **environment, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        timeout=60,
    )


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "10 kΩ 电阻"), ("cp1252", "10 k\\u03a9 \\u7535\\u963b")])
def test_letters_that_the_console_does_not_have_end_no_command(
    environment: dict[str, str], service: AssetService, encoding: str, shown: str
) -> None:
    service.create_asset("R-001", TYPE_ID, "10 kΩ 电阻")
    listed = process("asset", "list", environment=environment, encoding=encoding)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert shown in listed.stdout
    as_json = process("asset", "show", "R-001", "--json", environment=environment, encoding=encoding)
    assert json.loads(as_json.stdout)["assetName"] == "10 kΩ 电阻"
    absent = process("asset", "show", "Ω", environment=environment, encoding=encoding)
    assert (absent.returncode, "Traceback" in absent.stderr) == (3, False)


def test_output_for_a_program_has_no_colours(environment: dict[str, str], multimeter: Asset) -> None:
    assert "\x1b" not in process("asset", "list", environment=environment).stdout


def test_command_and_module_are_the_same(environment: dict[str, str], service: AssetService, multimeter: Asset) -> None:
    service.increment_count(serial_number="DMM-001", amount=10)
    script = Path(sys.executable).with_name("pywats")
    done = subprocess.run([script, "status", "DMM-001"], env={**os.environ, **environment}, capture_output=True)
    assert done.returncode == process("status", "DMM-001", environment=environment).returncode == 2
