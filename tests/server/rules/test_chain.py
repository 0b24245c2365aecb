"""The hash chain: bytes that never change, and no change of the log that goes unseen."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywats_server.rules.chain import START, Entry, Link, entry_hash, first_break

ENTRIES: tuple[Entry, ...] = (
    {"logId": 1, "type": 1, "comment": None},
    {"logId": 2, "type": 4, "comment": "kalibrert på 校准"},
    {"logId": 3, "type": 0, "comment": "ok"},
)


def chain(*entries: Entry) -> list[Link]:
    links: list[Link] = []
    for entry in entries:
        previous = links[-1].hash if links else START
        links.append(Link(previous, entry, entry_hash(previous, entry)))
    return links


@pytest.mark.parametrize(
    ("entry", "document"),
    [
        pytest.param({}, "{}", id="empty"),
        pytest.param({"b": 1, "a": None, "B": -7}, '{"B":-7,"a":null,"b":1}', id="names in order"),
        pytest.param({"a": 'say "hi" \\ /'}, r'{"a":"say \"hi\" \\ /"}', id="quotes and backslash"),
        pytest.param({"a": "\b\t\n\f\r\x00\x1f"}, r'{"a":"\b\t\n\f\r\u0000\u001f"}', id="control characters"),
        pytest.param({"a": "é\u2028\x7f😀"}, '{"a":"é\u2028\x7f😀"}', id="all else is itself"),
        pytest.param({"a": 2**53 - 1}, '{"a":9007199254740991}', id="the largest integer"),
    ],
)
def test_entry_hash_is_of_the_documented_bytes(entry: Entry, document: str) -> None:
    assert entry_hash(START, entry) == hashlib.sha256(b"0" * 64 + document.encode("utf-8")).hexdigest()


def test_entry_hash_of_a_known_entry_never_changes() -> None:
    """The number was computed by `sha256sum`; a new one would make every log that exists look broken."""
    known = "8f66c129ea6b40e80d0d6a8dad830d6c9a1ccac85d62e879e885ec3f080e0227"
    assert entry_hash(START, {"logId": 1, "comment": "på plass"}) == known


def test_entry_hash_of_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        entry_hash(START, {"comment": "\ud83d"})


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text(), min_size=2))
def test_entry_hash_does_not_depend_on_the_order_of_fields(entry: dict[str, str | int | None]) -> None:
    assert entry_hash(START, dict(reversed(entry.items()))) == entry_hash(START, entry)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_first_break_of_a_whole_chain_is_none(length: int) -> None:
    assert first_break(chain(*ENTRIES[:length])) is None


def test_first_break_of_a_chain_in_parts_is_none() -> None:
    links = chain(*ENTRIES)
    assert first_break(links[2:], previous=links[1].hash) is None


@pytest.mark.parametrize("index", [0, 1, 2])
def test_first_break_after_an_edit_is_the_edited_entry(index: int) -> None:
    links = chain(*ENTRIES)
    links[index] = replace(links[index], entry={**links[index].entry, "comment": "never happened"})
    assert first_break(links) == index


@pytest.mark.parametrize("index", [0, 1])
def test_first_break_after_a_rehashed_edit_is_the_next_entry(index: int) -> None:
    links = chain(*ENTRIES)
    edited = {**links[index].entry, "comment": "never happened"}
    links[index] = Link(links[index].previous, edited, entry_hash(links[index].previous, edited))
    assert first_break(links) == index + 1


@pytest.mark.parametrize("index", [0, 1])
def test_first_break_after_a_removal_is_the_entry_that_moved_up(index: int) -> None:
    links = chain(*ENTRIES)
    del links[index]
    assert first_break(links) == index


def test_first_break_after_an_insertion_or_swap_is_seen() -> None:
    links = chain(*ENTRIES)
    assert first_break([links[0], links[0], *links[1:]]) == 1
    assert first_break([links[0], links[2], links[1]]) == 1


def test_first_break_after_a_changed_link_is_the_entry_that_carries_it() -> None:
    links = chain(*ENTRIES)
    links[1] = replace(links[1], previous=START)
    assert first_break(links) == 1
