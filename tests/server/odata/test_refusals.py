"""What is no filter: each refusal names the token and where it stands, and size never costs time."""

import pytest

from pywats_server.errors import InvalidQuery
from pywats_server.odata import Entity, compile_filter, compile_orderby, parse_filter, parse_select
from server.odata.devices import DEVICE, PROPERTIES


def _refusal(text: str, entity: Entity = DEVICE) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        compile_filter(parse_filter(text), entity)
    return caught.value


MALFORMED = [
    ("", "", 0, "empty"),
    ("   ", "", 3, "empty"),
    ("assetName eq", "", 12, "end of the filter"),
    ("assetName", "assetName", 0, "not a condition"),
    ("5", "5", 0, "not a condition"),
    ("null", "null", 0, "not a condition"),
    ("assetName and notable", "assetName", 0, "not a condition"),
    ("length(assetName)", "length", 0, "not a condition"),
    ("assetName eq 'x' foo", "foo", 17, "expected and, or"),
    ("assetName eq 'x')", ")", 16, "never opened"),
    ("(assetName eq 'x'", "(", 0, "never closed"),
    ("contains(assetName,'x'", "contains", 0, "never closed"),
    ("assetName eq 'x", "'", 13, "no closing quote"),
    ('assetName eq "x"', '"', 13, "single quotes"),
    ("inUse = 5", "=", 6, "write eq"),
    ("inUse >= 5", ">=", 6, "write ge"),
    ("notable && notable", "&&", 8, "write and"),
    ("inUse eq eq 5", "5", 12, "expected and, or"),
    ("eq 5", "5", 3, "expected and, or"),
    ("()", ")", 1, "expected a property"),
    ("not", "", 3, "end of the filter"),
    ("notable or", "", 10, "end of the filter"),
    ("or notable", "notable", 3, "expected and, or"),
    ("notable, notable", ",", 7, "no place here"),
    ("contains(assetName 'x')", "'x'", 19, "expected and, or"),
    ("contains(,'x')", ",", 9, "expected a property"),
    ("contains(assetName,)", ")", 19, "expected a property"),
    ("inUse in 5", "5", 9, "expected '('"),
    ("inUse in ()", ")", 10, "expected a property"),
    ("inUse in (1 2)", "2", 12, "expected ',' or ')'"),
    ("inUse in (1,", "", 12, "end of the filter"),
    ("inUse in (1, ceiling)", "ceiling", 13, "values only"),
    ("inUse eq --5", "--5", 9, "not understood"),
    ("inUse eq 5x", "5x", 9, "not understood"),
    ("inUse eq 5.", "5.", 9, "not understood"),
    ("inUse eq +5", "+5", 9, "not understood"),
    ("inUse eq 0x10", "0x10", 9, "not understood"),
    ("inUse eq ٣", "٣", 9, "not understood"),
    ("inUse eq -ceiling", "-ceiling", 9, "not understood"),
    ("inUse add 1 eq 2", "add", 6, "expected and, or"),
    ("assetName eq 'a\0b'", "\\x00", 15, "cannot be part"),
    ("assetName eq 'a\ud800b'", "\\ud800", 15, "cannot be part"),
    ("assetName eq 'x'; DROP TABLE device", ";", 16, "not understood"),
    ("assetName/length eq 5", "assetName", 0, "no variable"),
    ("assetName/ eq 5", "5", 14, "expected and, or"),
    ("assetName/5 eq 5", "5", 10, "expected a name"),
]
UNKNOWN = [
    ("assetNane eq 'x'", "assetNane", 0, "Did you mean assetName?"),
    ("notable and serial_number eq 'x'", "serial_number", 12, "Did you mean serialNumber?"),
    ("zzz eq 1", "zzz", 0, "Accepted are allocation, assetId"),
    ("metadata eq 1", "metadata", 0, "no property metadata"),
    ("__class__ eq 1", "__class__", 0, "no property __class__"),
    ("contians(assetName,'x')", "contians", 0, "Did you mean contains?"),
    ("any(assetName,'x')", "any", 0, "no function any"),
    ("not_a_function()", "not_a_function", 0, "no function"),
    ("state eq 'abc'", "'abc'", 9, "Accepted are InOperation, InTransit, Unknown"),
    ("state eq 'InTransitt'", "'InTransitt'", 9, "Did you mean InTransit?"),
]
TYPES = [
    ("serialNumber eq 5", "5", 16, "serialNumber is a text, but 5 is a whole number. Put texts in single quotes"),
    ("5 eq serialNumber", "5", 0, "serialNumber is a text"),
    ("inUse eq '5'", "'5'", 9, "inUse is a whole number, but '5' is a text"),
    ("inUse eq true", "true", 9, "true or false"),
    ("inUse eq 2026-01-01", "2026-01-01", 9, "a date"),
    ("inUse in (1, 'x')", "'x'", 13, "a text"),
    ("serialNumber eq 2026-01-01", "2026-01-01", 16, "single quotes"),
    (
        "serialNumber eq 0f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        16,
        "single quotes",
    ),
    ("typeId eq 5", "5", 10, "an identifier"),
    ("state eq true", "true", 9, "true or false"),
    ("notable eq 1", "1", 11, "true or false"),
    ("notable eq 'true'", "'true'", 11, "true or false"),
    ("notable gt false", "gt", 8, "no order"),
    ("(inUse gt 1) lt true", "lt", 13, "no order"),
    ("seenDate eq 5", "5", 12, "a date"),
    ("seenDate eq 'yesterday'", "'yesterday'", 12, "not a date"),
    ("seenDate eq 2026-02-30", "2026-02-30", 12, "not a date"),
    ("seenDate eq 2026-01-01T25:00:00", "2026-01-01T25:00:00", 12, "not a date"),
    ("seenDate eq 2026-01-01T00:00:00.1234567890", "2026-01-01T00:00:00.1234567890", 12, "not a date"),
    ("seenDate eq 0000-01-01", "0000-01-01", 12, "not a date"),
    ("seenDate lt 9999-12-31T23:59:59-02:00", "9999-12-31T23:59:59-02:00", 12, "years 1 and 9999"),
    ("seenDate gt 0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00+02:00", 12, "years 1 and 9999"),
    ("seenDate gt '0001-01-01T00:00:00+02:00'", "'0001-01-01T00:00:00+02:00'", 12, "years 1 and 9999"),
    ("seenDate eq datetime'x'", "datetime'x'", 12, "not a date"),
    ("serialNumber eq inUse", "eq", 13, "cannot be compared"),
    ("length(assetName) eq assetName", "eq", 18, "cannot be compared"),
    ("contains(inUse,'x')", "inUse", 9, "contains takes a text here, but inUse is a whole number"),
    ("contains(assetName,5)", "5", 19, "contains takes a text here, but 5 is a whole number"),
    ("contains(assetName)", "contains", 0, "takes 2 arguments, not 1"),
    ("contains(assetName,'x','y')", "contains", 0, "takes 2 arguments, not 3"),
    ("substring(assetName) eq 'x'", "substring", 0, "takes 2 or 3 arguments"),
    ("substring(assetName,'1') eq 'x'", "'1'", 20, "takes a whole number"),
    ("substring(assetName,1.5) eq 'x'", "1.5", 20, "takes a whole number"),
    ("substring(assetName,ratio) eq 'x'", "ratio", 20, "takes a whole number"),
    ("length(notable) eq 1", "notable", 7, "takes a text"),
    ("length(contains(assetName,'x')) eq 1", "contains", 7, "takes a text"),
    ("length(not notable) eq 1", "not", 7, "takes a text"),
    ("length(inUse in (1)) eq 1", "in", 13, "takes a text"),
    ("length(notable and notable) eq 1", "and", 15, "takes a text"),
    ("length(tags/any()) eq 1", "tags", 7, "takes a text"),
    ("year(assetName) eq 1", "assetName", 5, "takes a date"),
    ("year('x') eq 1", "'x'", 5, "not a date"),
    ("now(1) eq seenDate", "now", 0, "takes 0 arguments"),
]
TAGS = [
    ("tags eq 'x'", "tags", 0, "tags is a list"),
    ("xmlData eq 'Rack'", "eq", 8, "xmlData eq '//Rack'"),
    ("xmlData eq '//'", "eq", 8, "xmlData eq '//Rack'"),
    ("xmlData eq '//Tags/Rack'", "eq", 8, "xmlData eq '//Rack'"),
    ("xmlData gt '//Rack'", "gt", 8, "xmlData eq '//Rack'"),
    ("xmlData eq null", "eq", 8, "xmlData eq '//Rack'"),
    ("xmlData eq serialNumber", "eq", 8, "xmlData eq '//Rack'"),
    ("contains(xmlData,'Rack')", "xmlData", 9, "xmlData eq '//Rack'"),
    ("xmlData in ('//Rack')", "xmlData", 0, "xmlData eq '//Rack'"),
    ("tags/all(t: t/key eq 'x')", "all", 5, "only any"),
    ("tags/any(t: tags/any(s: s/key eq 'x'))", "tags", 12, "another any"),
    ("tags/any(t: serialNumber eq t/value)", "serialNumber", 12, "only t/key and t/value"),
    ("tags/any(t: xmlData eq '//x')", "eq", 20, "xmlData"),
    ("tags/any(t: s/key eq 'x')", "s", 12, "no variable s"),
    ("tags/any(t: t/name eq 'x')", "t", 12, "a tag has no name"),
    ("tags/any(t: t eq 'x')", "t", 12, "only t/key and t/value"),
    ("tags/any(t: t/key)", "t", 12, "not a condition"),
    ("tags/any(t t/key eq 'x')", "t", 11, "expected ':'"),
    ("tags/any(5: t/key eq 'x')", "5", 9, "expected a variable"),
    ("tags/any(t: t/key eq 'x'", "tags", 0, "never closed"),
    ("serialNumber/any(t: t/key eq 'x')", "serialNumber", 0, "only tags is one"),
    ("t/key eq 'x'", "t", 0, "no variable t"),
    ("tags/any(t: t/key eq 'a', t/key eq 'b')", ",", 24, "no place here"),
]
LARGE = [
    ("length", "x" * 16_385, "at most 16384 characters"),
    ("digits", "inUse eq " + "9" * 16_000, "too large"),
    ("many digits", "inUse eq " + "9" * 20_000, "at most 16384 characters"),
    ("above int64", "inUse eq 9223372036854775808", "too large"),
    ("below int64", "inUse eq -9223372036854775809", "too large"),
    ("above float", "ratio eq 1e309", "too large"),
    ("float of digits", "ratio eq " + "9" * 16_000 + ".0", "too large"),
    ("not", "not " * 4_000 + "notable", "64 deep"),
    ("parentheses", "(" * 8_000 + "notable" + ")" * 8_000, "64 deep"),
    ("closing parentheses", "notable" + ")" * 16_000, "never opened"),
    ("or", " or ".join(["inUse eq 1"] * 1_000), "at most 500 conditions"),
    ("short or", " or ".join(["true"] * 2_000), "at most 500 conditions"),
    ("comparisons", " eq ".join(["1"] * 600), "too deeply"),
    ("calls", "tolower(" * 300 + "assetName" + ")" * 300 + " eq 'a'", "64 deep"),
    ("nested calls", "tolower(" * 10 + "assetName" + ")" * 10 + " eq 'a'", "too deeply"),
    ("nested or", "(notable or (notable and " * 30 + "notable" + "))" * 30, "too deeply"),
    ("choices", f"inUse in ({','.join(['1'] * 1_001)})", "at most 1000 values"),
    ("quotes", "assetName eq " + "'" * 16_001, "no closing quote"),
    ("long name", "x" * 16_000 + " eq 1", "no property xxx"),
    ("blanks", " " * 16_000, "empty"),
    ("minus", "inUse eq " + "-" * 16_000, "not understood"),
    ("commas", "contains(" + "," * 16_000, "expected a property"),
    ("arguments", f"contains({','.join(['1'] * 8_000)})", "takes 2 arguments"),
    ("slashes", "a" + "/a" * 8_000, "expected and, or"),
]


@pytest.mark.parametrize(("text", "token", "position", "part"), MALFORMED + UNKNOWN + TYPES + TAGS)
def test_filter_that_is_wrong_is_refused_at_its_token(text: str, token: str, position: int, part: str) -> None:
    error = _refusal(text)
    assert error.details == {"option": "$filter", "token": token, "position": position}
    assert part in error.message
    assert f"(position {position})" in error.message


@pytest.mark.parametrize(("text", "part"), [pytest.param(*case[1:], id=case[0]) for case in LARGE])
@pytest.mark.timeout(20)
def test_filter_beyond_a_limit_is_refused(text: str, part: str) -> None:
    """How long it takes is measured by a benchmark; the limit here only catches work that grows without end."""
    error = _refusal(text)
    assert part in error.message
    assert len(error.message) < 600


def test_tags_of_an_entity_without_them_are_unknown() -> None:
    bare = Entity.of(PROPERTIES, key=DEVICE.key)
    assert "no property xmlData" in _refusal("xmlData eq '//Rack'", bare).message
    assert "there are none here" in _refusal("tags/any()", bare).message


@pytest.mark.parametrize(
    ("text", "token", "position", "part"),
    [
        ("assetNane", "assetNane", 0, "Did you mean assetName?"),
        ("inUse, assetNane desc", "assetNane", 7, "Did you mean assetName?"),
        ("inUse down", "down", 6, "expected asc, desc or a comma"),
        ("inUse desc desc", "desc", 11, "expected asc, desc or a comma"),
        ("inUse,", "", 6, "expected the name"),
        (",inUse", "", 0, "expected the name"),
        ("xmlData", "xmlData", 0, "xmlData can only be asked for a tag"),
        ("tags", "tags", 0, "tags is a list"),
        ("tolower(assetName)", "tolower(assetName)", 0, "no property"),
        ("inUse;DROP TABLE device", "inUse;DROP", 0, "no property"),
        ("\ud800", "\\ud800", 0, "no property"),
        (",".join(["inUse"] * 17), "inUse", 96, "at most 16"),
        ("x" * 5_000, "", 4096, "at most 4096"),
    ],
)
def test_orderby_that_is_wrong_is_refused_at_its_token(text: str, token: str, position: int, part: str) -> None:
    with pytest.raises(InvalidQuery, match=r"^\$orderby: ") as caught:
        compile_orderby(text, DEVICE)
    assert caught.value.details == {"option": "$orderby", "token": token, "position": position}
    assert part in caught.value.message


@pytest.mark.parametrize(
    ("text", "token", "position"),
    [("", "", 0), ("inUse,,state", "", 6), ("inUse, stat", "stat", 7), ("inUse state", "inUse state", 0)],
)
def test_select_that_is_wrong_is_refused_at_its_token(text: str, token: str, position: int) -> None:
    with pytest.raises(InvalidQuery, match=r"^\$select: ") as caught:
        parse_select(text, DEVICE)
    assert caught.value.details == {"option": "$select", "token": token, "position": position}
