"""Random filters on random rows find what plain Python finds, and random texts are refused or run."""

import string
from contextlib import suppress

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pywats_server.errors import InvalidQuery
from pywats_server.odata import compile_orderby, parse_filter, parse_select
from server.odata.devices import DEVICE, Devices, Row
from server.odata.filters import filters, rows
from server.odata.oracle import holds

_FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_WORDS = [
    *"(),/:'-.%_=\"\\;",
    *["eq", "ne", "gt", "in", "and", "or", "not", "null", "true", "any", "tags", "t", "tags/any(t:", "t/key"],
    *["contains", "startswith", "tolower", "substring", "indexof", "year", "now()", "date", "concat", "length"],
    *["assetName", "inUse", "ceiling", "ratio", "notable", "state", "seenDate", "typeId", "xmlData", "'//Rack'"],
    *["'x'", "''", "'a''b'", "5", "-5", "1.5", "1e3", "2026-01-01", "2026-01-01T00:00:00 02:00", "guid'x'", "😀"],
    *["9223372036854775807", "9223372036854775808", "0f8fad5b-d9cb-469f-a165-70867728950e", "\0", "\ud800"],
]


@given(rows(), filters)
@_FEW
def test_random_filter_finds_what_the_oracle_finds(devices: Devices, drawn: list[Row], text: str) -> None:
    devices.fill(drawn)
    tree = parse_filter(text)
    assert devices.matching(text) == [row["serialNumber"] for row in drawn if holds(tree, row)]


def _accepted_or_refused(devices: Devices, text: str) -> None:
    refused = None
    try:
        devices.matching(text)
    except InvalidQuery as error:
        refused = error
    if refused:
        assert refused.details["option"] == "$filter"
        assert 0 <= refused.details["position"] <= len(text)
        assert f"{refused.message} {refused.details['token']}".encode()


@given(st.text(max_size=80))
@example("seenDate lt 9999-12-31T23:59:59-00:01")
@_FEW
def test_arbitrary_text_is_refused_or_runs(devices: Devices, text: str) -> None:
    _accepted_or_refused(devices, text)


@given(st.lists(st.sampled_from(_WORDS), max_size=12), st.sampled_from(["", " "]))
@_FEW
def test_words_in_any_order_are_refused_or_run(devices: Devices, words: list[str], between: str) -> None:
    _accepted_or_refused(devices, between.join(words))


@given(filters, st.data())
@_FEW
def test_mutated_filter_is_refused_or_runs(devices: Devices, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    put = data.draw(st.text(alphabet="()',/:" + string.printable[:70], max_size=2) | st.sampled_from(_WORDS))
    _accepted_or_refused(devices, text[:start] + put + text[end:])


@given(st.text(max_size=40) | st.lists(st.sampled_from([*_WORDS, "desc", "asc", ","]), max_size=6).map(" ".join))
@_FEW
def test_arbitrary_order_or_selection_is_refused_or_read(text: str) -> None:
    for read in (compile_orderby, parse_select):
        with suppress(InvalidQuery):
            assert read(text, DEVICE)
