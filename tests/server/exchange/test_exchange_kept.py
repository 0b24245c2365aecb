"""What is kept of rows between two visits comes back as it was."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pywats_server.errors import Sentence
from pywats_server.exchange import said
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.instructions import Target
from pywats_server.exchange.kept import (
    pack_line,
    pack_result,
    pack_trace,
    read_line,
    read_result,
    read_trace,
)
from pywats_server.exchange.outcomes import Change, Outcome, Result, Trace
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Finding, Plan
from pywats_server.exchange.values import Unit
from pywats_server.exchange.wishes import Wishes

LIST = (
    "Serial,Name,State,Last calibration,Next calibration,Cycle (months),Uses,Use limit,Parent,Owner\n"
    "A,Meter,In storage,2026-01-05,Initial,12,17,1000,B,QA\n"
    "B,Oven,5,2026-01-05 12:30,,-,,,,\n"
    "?,Bell,lost,31.02.2026,,x,y,,A,\n"
)


def through_json(data: object) -> Any:
    return json.loads(json.dumps(data))


def test_rows_of_a_list_come_back(plan_text: Callable[..., Plan]) -> None:
    plan = plan_text(LIST)

    back = [read_line(through_json(pack_line(line))) for line in plan.lines]

    assert tuple(back) == plan.lines
    assert [line.record is None for line in back] == [False, False, True]


def test_results_and_traces_come_back(plan_text: Callable[..., Plan]) -> None:
    line = plan_text(LIST).lines[0]
    trace = Trace("id", "hash", 3, 5, {"tags": [["a", "b"]], "calibration": [None, "2026-01-05T00:00:00", True]})
    result = Result(line, Outcome.UPDATED, (Change("location", None, "Lab 1"),), warnings=(Finding("a", "b", "c"),))

    assert read_result(line, "updated", through_json(pack_result(result))) == result
    assert read_trace(through_json(pack_trace(trace))) == trace


@pytest.mark.parametrize(
    "text",
    [
        "a plain text",
        said.Told(Sentence("is longer than %(days)s days", days=3)),
        said.Told(Sentence("%(what)s at 100%%", what=Sentence("is %(how)r", how="odd"))),
    ],
)
def test_what_is_told_comes_back_for_other_languages(text: str) -> None:
    back = said.read(through_json(said.pack(text)))

    assert back == text
    assert said.sentence_of(back).said("» {}".format) == said.sentence_of(text).said("» {}".format)


def test_wishes_come_back() -> None:
    wishes = Wishes(
        columns={
            "a": Target(Property.SERIAL_NUMBER),
            "b": Target(Property.TAG, key="tag: x"),
            "c": Target(Property.CALIBRATION_INTERVAL),
            "d": Target(Property.MAINTENANCE_INTERVAL, unit=Unit.WEEKS),
            "e": Target(Property.IGNORE),
        },
        defaults={Property.TYPE_NAME: "Thing"},
        date_order=DateOrder.DMY,
        sheet="Sheet 2",
        encoding="utf-16",
        clear_blank=True,
    )

    assert Wishes.kept(through_json(wishes.to_keep())) == wishes
    assert Wishes.kept({}) == Wishes()
