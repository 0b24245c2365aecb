"""Every row finds the rows that it refers to, and no asset stands below itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from pywats_server.checking.finding import Finding, Invariant
from pywats_server.store.checks import Reference


def orphan(reference: Reference, row: tuple[Any, ...]) -> Finding:
    """Return the finding of a row whose reference leads nowhere; *row* is its key, then what it refers to."""
    *key, missing = row
    shown = ", ".join(map(str, key))
    return Finding(
        Invariant.REFERENCES,
        f"{reference.table} {shown}",
        f"{reference.column} {missing}",
        f"the key of a row of {reference.to}",
    )


def circles(parents: Mapping[int, int]) -> Iterator[list[int]]:
    """Return each circle among *parents*, which are by the keys of their children, from its lowest key upwards."""
    seen: set[int] = set()
    for start in sorted(parents):
        path: list[int] = []
        key: int | None = start
        while key is not None and key not in seen:
            seen.add(key)
            path.append(key)
            key = parents.get(key)
        if key in path:
            yield path[path.index(key) :]


def circle(serial_numbers: list[str]) -> Finding:
    """Return the finding of assets each of which has the next as its parent, and the last the first."""
    way = " below ".join(map(repr, [*serial_numbers, serial_numbers[0]]))
    return Finding(Invariant.TREE, f"asset {serial_numbers[0]!r}", way, "a parent outside of the asset, or none")
