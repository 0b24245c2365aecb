"""`pywats-server import` and `export` as somebody types them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pywats_server.commands import exchange
from pywats_server.commands.line import app
from pywats_server.settings import Settings

Call = Callable[..., Result]


@pytest.fixture
def call(settings: Settings) -> Call:
    """Return a function that runs a command on the test's database."""
    return lambda *words: CliRunner().invoke(app, [*map(str, words), "--data", str(settings.data)])


def test_import_command_reports_and_says_by_its_exit_code_that_rows_were_refused(call: Call, samples: Path) -> None:
    result = call("import", samples / "calibration_lab.csv")

    assert result.exit_code == exchange.SOME_REFUSED
    assert "8 created, 0 updated, 0 unchanged, 5 refused" in result.stdout
    assert "row 11 (910/LAB LASER CUTTER): serial_number: no serial number" in result.stdout


def test_import_command_all_rows_taken_ends_with_0(call: Call, samples: Path) -> None:
    result = call("import", samples / "day_first.csv")

    assert (result.exit_code, result.stdout.endswith("4 created, 0 updated, 0 unchanged, 0 refused\n")) == (0, True)


def test_import_command_dry_run_stores_nothing(call: Call, samples: Path) -> None:
    trial = call("import", samples / "day_first.csv", "--dry-run")

    assert "row 2 (Acme M1): serialNumber D1001, lastCalibrationDate 2010-11-01" in trial.stdout
    assert "Nothing was stored." in trial.stdout
    assert "4 created" in call("import", samples / "day_first.csv").stdout


def test_import_command_dry_run_without_a_database_leaves_none(samples: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    result = CliRunner().invoke(app, ["import", str(samples / "day_first.csv"), "--dry-run", "--data", str(new)])

    assert "4 created" in result.stdout
    assert not new.exists()


def test_import_command_dry_run_on_a_database_of_another_program_is_refused(samples: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE other (id INTEGER)")
    words = ["import", str(samples / "day_first.csv"), "--dry-run", "--database"]
    for address, told in ((f"sqlite:///{path}", "another program"), ("sqlite:///", "cannot be used")):
        result = CliRunner().invoke(app, [*words, address])
        assert (result.exit_code, told in result.stderr) == (1, True)


def test_import_command_dry_run_tells_states_by_name(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Serial,Status\nA,5\n")

    assert "state In storage" in call("import", path, "--dry-run").stdout


def test_import_command_takes_what_columns_are_and_defaults(call: Call, samples: Path) -> None:
    words = ("--column", "id=serialNumber", "--column", "defect_status=ignore", "--default", "location=Store")

    result = call("import", samples / "calibration_lab.csv", *words, "--dry-run")

    assert result.exit_code == 0
    assert "13 created" in result.stdout
    assert "ignored: defect_status" in result.stdout
    assert "location Store (assumed)" in result.stdout


def test_import_command_line_wins_over_the_mapping_file(call: Call, samples: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('date_order = "dmy"\n[columns]\nLocation = "tag:place"\nSerial = "serialNumber"\n')

    words = ("--mapping", mapping, "--date-order", "mdy", "--column", "Location=location", "--dry-run")
    result = call("import", samples / "order_unknown.csv", *words)

    assert "lastCalibrationDate 2010-01-11, location Lab 1" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing.csv",), "cannot be read"),
        (("{samples}/not_a_register.xml",), "XML"),
        (("{samples}/day_first.csv", "--column", "Nope=location"), "no column 'Nope'"),
        (("{samples}/day_first.csv", "--column", "Serial=nothing"), "is no property"),
        (("{samples}/day_first.csv", "--mapping", "missing.toml"), "cannot be read"),
        (("{samples}/day_first.csv", "--default", "state=shelf"), "is no state"),
    ],
)
def test_import_command_mistake_is_told_without_a_trace(
    call: Call, samples: Path, words: tuple[str, ...], message: str
) -> None:
    result = call("import", *(word.format(samples=samples) for word in words))

    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_import_command_column_without_a_property_is_a_wrong_call(call: Call, samples: Path) -> None:
    assert call("import", samples / "day_first.csv", "--column", "Serial").exit_code == 2


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_export_command_writes_what_import_takes_back(call: Call, samples: Path, tmp_path: Path, ending: str) -> None:
    call("import", samples / "day_first.csv")
    path = tmp_path / f"list{ending}"

    exported = call("export", path)

    assert (exported.exit_code, exported.stdout) == (0, f"Wrote 4 assets to {path}.\n")
    assert "0 created, 0 updated, 4 unchanged, 0 refused" in call("import", path).stdout


def test_export_command_replaces_a_file_only_when_forced(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("mine")

    assert call("export", path).exit_code == 1
    assert path.read_text() == "mine"
    assert call("export", path, "--force").exit_code == 0
    assert path.read_text("utf-8-sig").startswith("serialNumber,")


@pytest.mark.parametrize(("words", "message"), [(("list.txt",), ".csv or .xlsx"), (("list.csv", "--filter", "x"), "x")])
def test_export_command_mistake_is_told_and_writes_nothing(
    call: Call, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    path = tmp_path / words[0]

    result = call("export", path, *words[1:])

    assert (result.exit_code, path.exists()) == (1, False)
    assert message in result.stderr
