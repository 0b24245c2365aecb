r"""
The chain of hashes through the log of one asset; it shows an auditor that no entry was changed, left out or put in.

The hash of an entry is the SHA-256, as 64 lower-case hexadecimal digits, of these bytes:

1. the hash of the entry before it, as 64 ASCII characters; for the first entry `START`, 64 zeros;
2. directly after it the entry as a JSON object in UTF-8 without a byte order mark: names in ascending order of their
   code points, no white space, `null` for none, integers in plain decimal digits. In strings, only these characters
   are escaped: `"` and `\` by a backslash, U+0008, U+0009, U+000A, U+000C and U+000D as `\b \t \n \f \r`, and the
   others below U+0020 as `\u00` with two lower-case digits. All else stands for itself; nothing is normalised.

With ASCII names and integers of at most 2**53 - 1 these are the bytes of the JSON Canonicalization Scheme (RFC 8785).
In a shell: `printf '%s%s' "$previous" "$json" | sha256sum`.

A chain cannot show that its last entries were cut off: for that, keep the last hash in a second place.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Entry: TypeAlias = Mapping[str, str | int | None]
"""A log entry by the names of its fields; moments are in it as texts."""

START = "0" * 64
"""The hash that stands before the first entry of an asset."""


@dataclass(frozen=True, slots=True)
class Link:
    """A log entry as it is kept: what it says, its own hash, and the hash of the entry before it."""

    previous: str
    entry: Entry
    hash: str


def entry_hash(previous: str, entry: Entry) -> str:
    """
    Return the hash of *entry*, in the form that this module describes.

    Args:
        previous: Hash of the entry before it, or `START`.

    Raises:
        UnicodeEncodeError: A text holds half a surrogate pair, which UTF-8 cannot express.
    """
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


def first_break(links: Iterable[Link], previous: str = START) -> int | None:
    """
    Return the index, from 0, of the first entry whose hash or link does not fit; None when all fit.

    Args:
        links: Entries of one asset, oldest first.
        previous: Hash of the entry before the first of *links*, so that a long log can be checked in parts.
    """
    for index, link in enumerate(links):
        if link.previous != previous or link.hash != entry_hash(previous, link.entry):
            return index
        previous = link.hash
    return None
