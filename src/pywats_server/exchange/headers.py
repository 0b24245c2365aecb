"""Guesses what a column is from its header alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pywats_server.exchange.cells import Exact
from pywats_server.exchange.instructions import Target
from pywats_server.exchange.properties import (
    FILLERS,
    INTERVALS,
    SERVER_OWN,
    SPECIFIC,
    TAG_WORDS,
    WORDS,
    Property,
    squeeze,
    words,
)
from pywats_server.exchange.values import UNITS, Unit

LONGEST_KEY = 100
"""Characters of a header that become the key of a tag; some people write an instruction into the header."""


def guess(header: str) -> tuple[int, Target]:
    """Return how freely *header* is read (0 whole, 1 without trimmings, 2 words within it) and what it says."""
    if isinstance(header, Exact) and header.startswith("tag:"):
        return 0, Target(Property.TAG, key=header[4:])
    tag = re.fullmatch(r"tag:\s*(.+)", header, re.IGNORECASE)
    if tag:
        return 0, Target(Property.TAG, key=tag[1])
    header = re.sub(r"^cf:\s*(.+?)(,\s*type:.*)?$", r"\1", header, flags=re.IGNORECASE)
    if header == Property.CALIBRATION_INTERVAL or header == Property.MAINTENANCE_INTERVAL:
        return 0, Target(Property(header), unit=Unit.DAYS)
    for freedom, variant in _variants(header):
        target = _KNOWN.get(variant)
        if target:
            return freedom, replace(target, unit=_unit(header)) if target.property in INTERVALS else target
    return 0, Target(Property.TAG, key=tag_key(header))


def tag_key(header: str) -> str:
    """Return the key of the tag that a column becomes which fits no property."""
    return header if len(header) <= LONGEST_KEY else header[: LONGEST_KEY - 1] + "…"


def _variants(header: str) -> Iterator[tuple[int, str]]:
    bracketed = re.compile(r"[(\[{“\"]([^)\]}”\"]*)[)\]}”\"]")
    yield 0, squeeze(header)
    yield 1, squeeze(bracketed.sub("", header))
    yield from ((1, squeeze(inner)) for inner in bracketed.findall(header))
    header_words = _words(bracketed.sub("", header))
    yield 1, "".join(word for word in header_words if word not in FILLERS and word != "in" and word not in UNITS)
    pairs = ("".join(pair) for pair in pairwise(header_words))
    yield from ((2, variant) for variant in [*pairs, *header_words] if variant in SPECIFIC)


def _words(header: str) -> list[str]:
    parted = re.sub(r"(?<=[a-zæøåäöü])(?=[A-Z])", " ", header)
    return [word.casefold() for word in re.findall(r"[^\W_]+", parted)]


def _unit(header: str) -> Unit | None:
    return next((UNITS[word] for word in _words(header) if word in UNITS), None)


_KNOWN: dict[str, Target] = (
    {word: Target(property) for property, listed in WORDS.items() for word in words(f"{property}, {listed}")}
    | {word: Target(Property.TAG, key=key) for key, listed in TAG_WORDS.items() for word in words(listed)}
    | {word: Target(Property.IGNORE) for word in SERVER_OWN}
)
