"""The assets of the demo factory: what stands where, numbered in the order in which it was bought."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from pywats_server.demo.catalogue import (
    PLACES,
    SPARE_PARTS,
    SPARES_BOUGHT_DAYS_AGO,
    STATION,
    STORAGE,
    Kind,
    Model,
    Part,
    Place,
)


@dataclass(frozen=True, slots=True)
class Item:
    """
    An asset as it was registered.

    Attributes:
        place: The station or bench that it belongs to; None is the storage.
        bought_days_ago: When it was bought new; None is before the asset manager was introduced.
    """

    serial_number: str
    kind: Kind
    model: Model
    name: str
    place: Place | None
    parent: str | None
    bought_days_ago: float | None

    @property
    def location(self) -> str:
        """Where it is."""
        return self.place.location if self.place else STORAGE


class _Numbers:
    """Gives serial numbers, and models in turn."""

    def __init__(self) -> None:
        self._next: defaultdict[str, Iterator[int]] = defaultdict(count)

    def item(self, kind: Kind, place: Place | None, parent: str | None, bought_days_ago: float | None) -> Item:
        """Return the next item of *kind*."""
        index = next(self._next[kind.name])
        number = kind.numbered_from + index
        return Item(
            serial_number=f"{kind.prefix}-{number:03}",
            kind=kind,
            model=kind.models[index % len(kind.models)],
            name=f"{kind.name} #{number}",
            place=place,
            parent=parent,
            bought_days_ago=bought_days_ago,
        )


def all_items() -> list[Item]:
    """Return every asset of the factory, parents before what is below them."""
    numbers = _Numbers()
    items: list[Item] = []
    for index, place in enumerate(PLACES):
        model = STATION.models[index % len(STATION.models)]
        opened = place.opened_days_ago
        items.append(Item(place.serial_number, STATION, model, place.name, place, None, opened))
        items.extend(_below(numbers, place.parts, place, place.serial_number, opened))
    items.extend(_below(numbers, SPARE_PARTS, None, None, SPARES_BOUGHT_DAYS_AGO))
    return items


def _below(
    numbers: _Numbers, parts: Sequence[Part], place: Place | None, parent: str | None, bought_days_ago: float | None
) -> Iterator[Item]:
    for part in parts:
        for _ in range(part.count):
            item = numbers.item(part.kind, place, parent, bought_days_ago)
            yield item
            yield from _below(numbers, part.below, place, item.serial_number, bought_days_ago)
