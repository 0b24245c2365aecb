from pathlib import Path

from pywats_server.exchange.instructions import Instructions, instructions
from pywats_server.exchange.outcomes import Change, Outcome, Result, Summary
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Finding, Line, Plan
from pywats_server.exchange.report import report


def summary(plan: Plan, is_stored: bool = True, changes: tuple[Change, ...] = ()) -> Summary:
    results = tuple(
        Result(
            line,
            Outcome.REFUSED if line.refusals else Outcome.UPDATED if changes else Outcome.CREATED,
            () if line.refusals else changes,
            line.refusals,
            line.warnings,
        )
        for line in plan.lines
    )
    return Summary(plan, results, {"POWER METER": {Property.CALIBRATION_INTERVAL: 365.0}, "OVEN": {}}, (), is_stored)


def test_report_tells_columns_notes_types_rows_and_counts(samples: Path) -> None:
    text = report(summary(plan_file(samples / "calibration_lab.csv", Instructions())))

    for line in [
        "calibration_lab.csv: 13 rows\n",
        "  calibration_date → lastCalibrationDate\n",
        "  tags: manufacturer, model, defect_status, supervisor\n",
        "  - 'calibration_period' is in years",
        "  POWER METER (calibrationInterval 365 days)\n  OVEN\n",
        "Warnings\n  row 4 (903/LAB STANDARD RESISTOR): model '0.001 ?' may have lost",
        "Refused\n  row 5 (904/LAB STANDARD RESISTOR): serial_number '-' stands for no serial number\n",
        "  row 11 (910/LAB LASER CUTTER): serial_number: no serial number\n",
        "  8 created, 0 updated, 0 unchanged, 5 refused\n",
        '--column "id=serialNumber"',
    ]:
        assert line in text
    assert "Nothing was stored" not in text


def test_report_of_a_trial_says_that_nothing_was_stored(samples: Path) -> None:
    text = report(summary(plan_file(samples / "day_first.csv", Instructions()), is_stored=False))

    assert text.endswith("  4 created, 0 updated, 0 unchanged, 0 refused\n  Nothing was stored.\n")


def test_report_tells_changes_old_and_new(samples: Path) -> None:
    plan = plan_file(samples / "day_first.csv", instructions({"Model": "ignore", "Location": "tag:place"}, {}))

    text = report(summary(plan, changes=(Change("location", None, "Lab 1"), Change("tag:place", "x" * 200, None))))

    assert "  row 2 (Acme): location nothing → 'Lab 1'\n" in text
    assert f"tag:place '{'x' * 68}… → nothing\n" in text
    assert "  Location → tag:place\n" in text
    assert "  ignored: Model\n" in text


def test_report_shows_no_characters_that_steer_a_terminal(samples: Path) -> None:
    plan = plan_file(samples / "day_first.csv", Instructions())
    line = Line(2, "a\x1b[2Jb", None, (Finding("c\x07", "d\x1b", "is odd"),))

    text = report(Summary(plan, (Result(line, Outcome.REFUSED, refusals=line.refusals),), {}, (), True))

    assert "\x1b" not in text
    assert "\x07" not in text
