"""Random rows and random filters, for Hypothesis. A filter is drawn as pieces of text, then spelt at random."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

from hypothesis import strategies as st

from server.odata.devices import Row

Pieces = list[str]
PieceStrategy = st.SearchStrategy[Pieces]

# Few letters, so that texts meet; no sharp s, whose upper case the databases disagree about.
texts = st.text(alphabet="aAbB%_\\'\" \täÄé测😀.7", max_size=4)
integers = st.integers(-3, 9) | st.sampled_from([2**63 - 1, -(2**63), 2**31, 2**53])
numbers = st.sampled_from([0.0, -0.5, 1.5, 2.0, 7.25, 1e12])
moments = st.sampled_from(
    [
        datetime(2026, 1, 21, tzinfo=UTC),
        datetime(2026, 1, 21, 10, 23, 44, tzinfo=UTC),
        datetime(2026, 1, 21, 10, 23, 44, 336000, tzinfo=UTC),
        datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    ]
) | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
guids = st.sampled_from(["0f8fad5b-d9cb-469f-a165-70867728950e", "abcdefab-7425-40de-944b-e07fc1f90ae7"])
states = st.integers(0, 2)
tags = st.dictionaries(st.sampled_from(["Rack", "rack", "Ort"]), st.none() | texts, max_size=2)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Up to four rows, told apart by `assetId`, `serialNumber` and `orderNo`."""
    row = st.fixed_dictionaries(
        {
            "assetName": st.none() | texts,
            "allocation": st.none() | texts,
            "inUse": integers,
            "ceiling": st.none() | integers,
            "ratio": st.none() | numbers,
            "notable": st.none() | st.booleans(),
            "state": states,
            "seenDate": st.none() | moments,
            "typeId": st.none() | guids,
            "tags": tags,
        }
    )
    drawn = draw(st.lists(row, min_size=1, max_size=4))
    own = ({"assetId": f"{n}", "serialNumber": f"s{n}", "orderNo": n} for n in range(len(drawn)))
    return [{**values, **names} for values, names in zip(drawn, own, strict=True)]


def _quoted(text: str) -> Pieces:
    return ["'" + text.replace("'", "''") + "'"]


@st.composite
def _written_moments(draw: st.DrawFn) -> Pieces:
    moment = draw(moments)
    hours = draw(st.integers(-11, 11))
    there = moment.astimezone(timezone(timedelta(hours=hours))) if 2 < moment.year < 9998 else moment
    forms = [there.isoformat(), moment.replace(tzinfo=None).isoformat(), f"{moment.replace(tzinfo=None).isoformat()}Z"]
    text = draw(st.sampled_from([*forms, moment.date().isoformat()]))
    return draw(st.sampled_from([[text], _quoted(text)]))


def _call(name: str, *arguments: PieceStrategy) -> PieceStrategy:
    def put(drawn: tuple[Pieces, ...]) -> Pieces:
        inside = [piece for argument in drawn for piece in [",", *argument]][1:]
        return [name, "(", *inside, ")"]

    return st.tuples(*arguments).map(put)


def _names(*names: str) -> PieceStrategy:
    return st.sampled_from([[name] for name in names])


text_literals = texts.map(_quoted)
plain_texts = _names("assetName", "allocation", "serialNumber") | text_literals
plain_integers = _names("inUse", "ceiling", "orderNo", "state") | integers.map(lambda number: [str(number)])
instants = st.deferred(
    lambda: _names("seenDate") | _call("now") | _call("date", _names("seenDate")) | _call("date", _call("now"))
)
number_values = st.deferred(
    lambda: (
        plain_integers
        | _call("length", text_values)
        | _call("indexof", text_values, text_values)
        | st.sampled_from(["year", "month", "day", "hour", "minute", "second"]).flatmap(
            lambda name: _call(name, instants | _written_moments())
        )
    )
)
text_values = st.recursive(
    plain_texts,
    lambda inner: (
        st.sampled_from(["tolower", "toupper", "trim"]).flatmap(lambda name: _call(name, inner))
        | _call("concat", inner, inner)
        | _call("substring", inner, plain_integers)
        | _call("substring", inner, plain_integers, plain_integers | _call("length", inner))
    ),
    max_leaves=4,
)
_null = st.just(["null"])
_order = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
_equality = st.sampled_from(["eq", "ne"])


def _compared(left: PieceStrategy, operator: st.SearchStrategy[str], right: PieceStrategy) -> PieceStrategy:
    sides = st.tuples(left, operator, right).map(lambda drawn: [*drawn[0], drawn[1], *drawn[2]])
    mirrored = st.tuples(right, operator, left).map(lambda drawn: [*drawn[0], drawn[1], *drawn[2]])
    return sides | mirrored


def _listed(item: PieceStrategy, choice: PieceStrategy) -> PieceStrategy:
    def put(drawn: tuple[Pieces, list[Pieces]]) -> Pieces:
        inside = [piece for one in drawn[1] for piece in [",", *one]][1:]
        return [*drawn[0], "in", "(", *inside, ")"]

    return st.tuples(item, st.lists(choice | _null, min_size=1, max_size=3)).map(put)


def _searches(text: PieceStrategy, part: PieceStrategy) -> PieceStrategy:
    return st.sampled_from(["contains", "startswith", "endswith"]).flatmap(lambda name: _call(name, text, part))


def _joined(inner: PieceStrategy) -> PieceStrategy:
    pair = st.tuples(inner, st.sampled_from(["and", "or"]), inner)
    return (
        pair.map(lambda drawn: [*drawn[0], drawn[1], *drawn[2]])
        | pair.map(lambda drawn: ["(", *drawn[0], drawn[1], *drawn[2], ")"])
        | inner.map(lambda drawn: ["not", "(", *drawn, ")"])
        | st.tuples(inner, _equality, st.sampled_from(["true", "false"])).map(
            lambda drawn: ["(", *drawn[0], ")", drawn[1], drawn[2]]
        )
        | st.tuples(inner, _equality, inner).map(lambda drawn: ["(", *drawn[0], ")", drawn[1], "(", *drawn[2], ")"])
    )


_written_guids = guids.map(lambda guid: [guid]) | guids.map(_quoted) | guids.map(str.upper).map(_quoted)
_written_states = st.sampled_from([["'InOperation'"], ["'in_transit'"], ["'UNKNOWN'"], ["1"], ["7"]])
_decimals = numbers.map(lambda number: [repr(number)]) | integers.map(lambda number: [str(number)])

_tag_texts = st.sampled_from([["t", "/", "key"], ["t", "/", "value"]])
_tag_conditions = st.recursive(
    _compared(_tag_texts, _order, text_literals | st.just(["'Rack'"]) | _null)
    | _searches(_tag_texts, text_literals)
    | _listed(_tag_texts, text_literals | st.just(["'Rack'"])),
    _joined,
    max_leaves=3,
)
_tag_tests = (
    _tag_conditions.map(lambda inside: ["tags", "/", "any", "(", "t", ":", *inside, ")"])
    | st.just(["tags", "/", "any", "(", ")"])
    | st.tuples(_equality, st.sampled_from(["'//Rack'", "'//rack'", "'//x'"])).map(lambda drawn: ["xmlData", *drawn])
)
conditions = st.recursive(
    _compared(text_values, _order, text_values | _null)
    | _compared(number_values, _order, number_values | _null)
    | _compared(_names("ratio", "inUse"), _order, _decimals | _null)
    | _compared(instants, _order, instants | _written_moments() | _null)
    | _compared(_names("typeId"), _equality, _written_guids | _null)
    | _compared(_names("state"), _order, _written_states)
    | _compared(_names("notable"), _equality, st.sampled_from([["true"], ["false"], ["null"], ["notable"]]))
    | _names("notable", "true", "false")
    | _searches(text_values, text_values)
    | _listed(text_values, text_literals)
    | _listed(number_values, _decimals)
    | _listed(_names("seenDate"), _written_moments())
    | _listed(_names("typeId"), _written_guids)
    | _tag_tests,
    _joined,
    max_leaves=6,
)


def spelt(pieces: Pieces, random: Random) -> str:
    """The filter in one of its spellings: words in any case, and blanks where the language lets them stand."""
    text = ""
    for piece in pieces:
        word = piece if piece.startswith("'") else "".join(random.choice([c.lower(), c.upper()]) for c in piece)
        touching = not text or text[-1] in "(),/:" or word[0] in "(),/:"
        text += random.choice(["", " ", "\t "] if touching else [" ", "  ", "\n"]) + word
    return text


filters = st.builds(spelt, conditions, st.randoms(use_true_random=False))
