"""Many assets by one call of the client: how they are asked for, and what became of each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from urllib.parse import quote

from pywats.domains.asset.fields import F
from pywats.domains.asset.models import Asset
from pywats.errors import PyWATSError
from pywats.odata import quoted

LONGEST_LIST = 1_500
"""
Characters of serial numbers, percent-encoded, in one request. Common servers take 2,048 of a query in all, of which
`equalities` needs more for each serial number.
"""

MOST_EQUALITIES = 20
"""Comparisons in one condition that every server takes: common ones stop at a hundred names, values and operators."""

Progress = Callable[[int, int], None]
"""Takes how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class AssetOutcome:
    """
    What became of one asset among many; one of `asset` and `error` is there.

    Attributes:
        given: The asset as it was handed over.
        asset: The asset as stored.
        error: Why it was not, or why nobody can tell: `outcome_unknown` of a `TransportError` says which.
    """

    given: Asset
    asset: Asset | None = None
    error: PyWATSError | None = None


def chunks(serial_numbers: Iterable[str]) -> Iterator[list[str]]:
    """All *serial_numbers* in their order, in lists that each fit into the query of one request."""
    chunk: list[str] = []
    room = LONGEST_LIST
    for serial in serial_numbers:
        length = len(quote(f"{quoted(serial)},", safe=""))
        if chunk and length > room:
            yield chunk
            chunk, room = [], LONGEST_LIST
        chunk.append(serial)
        room -= length
    if chunk:
        yield chunk


def equalities(serial_numbers: list[str]) -> list[str]:
    """Conditions that together ask for all *serial_numbers* by what every OData knows: `eq` and `or`."""
    asked = [F.serial_number == serial for serial in serial_numbers]
    starts = range(0, len(asked), MOST_EQUALITIES)
    return [str(reduce(or_, asked[start : start + MOST_EQUALITIES])) for start in starts]


def counting(progress: Progress | None, sizes: list[int]) -> Callable[[int], None]:
    """What tells *progress* how far it is, when it is told which part, of so many things each, is done."""
    done = 0

    def tell(part: int) -> None:
        nonlocal done
        done += sizes[part]
        if progress is not None:
            progress(done, sum(sizes))

    return tell
