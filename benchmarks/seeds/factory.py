"""Where everything is in a seed: serial numbers, ids, trees, locations and names, each from an asset's number alone."""

import uuid
from dataclasses import dataclass
from hashlib import blake2b

RARE_WORD = "interferometer"
RARE_NAMES = 20
LOCATIONS = 200
_GREAT_TREE = 1000
_GREAT_TREE_CHILDREN = 20
_TREE = 25
_TREE_CHILDREN = 4


def serial_number(number: int) -> str:
    """Return the serial number of the asset with this *number*, from 0."""
    return f"SN-{number:07}"


def asset_id(number: int) -> str:
    """Return the id of an asset: as random as the server's own, and always the same."""
    return str(uuid.UUID(bytes=blake2b(number.to_bytes(8), digest_size=16).digest(), version=4))


@dataclass(frozen=True, slots=True)
class Factory:
    """A factory of *size* assets. The first is the root of a tree of 1,000 more; others stand in trees of 25."""

    size: int

    @property
    def great_tree(self) -> int:
        """How many assets stand below the first one."""
        return min(_GREAT_TREE, self.size // 2)

    def parent(self, number: int) -> int | None:
        """Return the number of the asset above, None for a root. Trees have three levels."""
        if number <= self.great_tree:
            return _above(number, 0, _GREAT_TREE_CHILDREN)
        place = (number - self.great_tree - 1) % _TREE
        return _above(place, number - place, _TREE_CHILDREN)

    def location(self, number: int) -> str:
        """Return the location; a tree stands in one place."""
        tree = max(0, number - self.great_tree - 1) // _TREE
        return location(tree % LOCATIONS)

    def name(self, number: int, type_name: str) -> str:
        """Return the name; few assets have the rare word in it, as many in a large factory as in a small one."""
        is_rare = number % max(1, self.size // RARE_NAMES) == 0
        return f"{type_name} with {RARE_WORD} {number}" if is_rare else f"{type_name} {number}"


def location(place: int) -> str:
    """Return the name of a *place*, from 0."""
    return f"Hall {place // 10 + 1}, line {place % 10 + 1}"


def _above(place: int, root: int, children: int) -> int | None:
    if place == 0:
        return None
    return root if place <= children else root + 1 + (place - children - 1) % children
