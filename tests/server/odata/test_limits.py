"""What is just within the limits runs, on SQLite even inside a larger statement."""

import pytest
from sqlalchemy import func, select

from pywats_server.odata import compile_filter, parse_filter
from pywats_server.odata.parser import CHOICE_LIMIT, CONDITION_LIMIT, DEPTH_LIMIT, NESTING_LIMIT
from server.odata.devices import DEVICE, Devices, device

_CALLS = 9
_TAG = "t/value lt t/key"


def _nested(levels: int, inside: str, left: bool = False, beside: str = "notable") -> str:
    for level in range(levels):
        word = "or" if level % 2 else "and"
        others = beside.replace("WORD", word)
        inside = f"({inside} {word} {others})" if left else f"({others} {word} {inside})"
    return inside


def _pairs(levels: int, word: str = "and") -> str:
    if levels == 0:
        return "inUse gt 1"
    other = "or" if word == "and" else "and"
    return f"({_pairs(levels - 1, other)} {word} {_pairs(levels - 1, other)})"


def _calls(opening: str, closing: str, levels: int = _CALLS) -> str:
    return f"{opening * levels}assetName{closing * levels} eq 'x'"


ALLOWED = {
    "and to the right": _nested(DEPTH_LIMIT - 2, "inUse gt 1"),
    "and to the left": _nested(DEPTH_LIMIT - 2, "inUse gt 1", left=True),
    "pairs": _pairs(7),
    "nested pairs": _nested(DEPTH_LIMIT - 9, _pairs(7)),
    "not and": "not " * 20 + _nested(20, "inUse gt 1"),
    "parentheses": "(" * NESTING_LIMIT + "notable" + ")" * NESTING_LIMIT,
    "lower": _calls("tolower(", ")"),
    "trim": _calls("trim(", ")"),
    "concat to the left": _calls("concat(", ",'a')"),
    "concat to the right": _calls("concat('a',", ")"),
    "substring": _calls("substring(", ",1,2)"),
    "start of substring": f"{'substring(assetName,indexof(assetName,' * 4}assetName{'))' * 4} eq 'x'",
    "indexof": f"{'substring(assetName,indexof(assetName,' * 4}assetName{'))' * 4} in ('x','y')",
    "endswith": f"endswith('x',{'concat(assetName,' * 8}assetName{')' * 8})",
    "any": f"tags/any(t: {_nested(36, _TAG, beside=_TAG)})",
    "any within and": _nested(28, f"tags/any(t: {_nested(6, _TAG, beside=_TAG)})"),
    "calls within and": _nested(20, _calls("tolower(", ")", 5)),
    "rows within rows": _nested(15, "inUse gt 1", beside=" WORD ".join(["notable"] * 30)),
    "or": " or ".join(f"inUse eq {number}" for number in range(CONDITION_LIMIT)),
    "null-aware or": " or ".join(f"not (ceiling gt {number})" for number in range(CONDITION_LIMIT)),
    "in": f"inUse in ({','.join(str(number) for number in range(CHOICE_LIMIT))})",
    "length": f"assetName eq '{'x' * 16_000}'",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in ALLOWED.items()])
def test_filter_within_the_limits_runs_inside_a_larger_statement(devices: Devices, text: str) -> None:
    found = select(device.c.id).where(device.c.serial == "a", compile_filter(parse_filter(text), DEVICE))
    around = select(func.count()).select_from(device).where(device.c.state == 1, device.c.id.in_(found))
    assert devices.run(around) == [0]


def test_filter_that_comes_again_shares_its_tree_and_its_statement() -> None:
    text = "startswith(assetName,'a') and (ceiling lt 5 or not contains(tolower(allocation),trim('b'))) or tags/any()"
    assert parse_filter(text) is parse_filter(text)
    first, second = (compile_filter(parse_filter(text), DEVICE)._generate_cache_key() for _ in range(2))
    assert first is not None
    assert first == second


def test_filter_with_another_value_is_another_statement_value_only() -> None:
    first, second = (
        compile_filter(parse_filter(f"startswith(assetName,'{start}')"), DEVICE)._generate_cache_key()
        for start in ("a", "b")
    )
    assert first is not None
    assert second is not None
    assert first.key == second.key
