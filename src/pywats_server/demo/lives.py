"""What is drawn by lot for every asset of the demo: when it came, how worn it is today, and what became of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from pywats_server.demo.catalogue import FATES, RELOCATED_KINDS, RELOCATIONS, WEAR, WELL_KNOWN, Fate, Kind, Place
from pywats_server.demo.inventory import Item, all_items
from pywats_server.demo.workdays import at_work

_SEED = "a factory"
_INTRODUCED = timedelta(days=1092)
# All assets of one day are registered one after the other, which makes parents come first.
_BETWEEN_REGISTRATIONS = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Wear:
    """How far an asset has come today: shares of the calibration and maintenance period and of the count limits."""

    calibration: float
    maintenance: float
    running: float
    total: float


@dataclass(frozen=True, slots=True)
class Relocation:
    """That an asset came to another place."""

    at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Life:
    """
    All that is settled about an asset before its story is told.

    Attributes:
        left_at: When it left its place, by *fate*, or else now.
        random: Its own source of chance, so that no asset's story depends on another's.
    """

    item: Item
    wear: Wear
    registered_at: datetime
    first_seen_at: datetime
    now: datetime
    left_at: datetime
    fate: Fate | None
    relocation: Relocation | None
    random: Random

    @property
    def is_spare(self) -> bool:
        """Whether it waits in the storage, new and never used."""
        return self.item.place is None


def all_lives(now: datetime) -> list[Life]:
    """Return the lives of all assets up to *now*, which is in UTC; parents before what is below them."""
    random = Random(_SEED)  # noqa: S311 - a play, no secret
    items = all_items()
    wear = _deal_wear(items, random)
    fates = _deal_fates(items, random)
    relocations = _deal_relocations([item for item in items if item.serial_number not in fates], now, random)
    days = {bought: _opening(bought, now, random) for bought in dict.fromkeys(item.bought_days_ago for item in items)}
    return [
        _life(
            item,
            wear[item.serial_number],
            days[item.bought_days_ago] + index * _BETWEEN_REGISTRATIONS,
            now,
            fates.get(item.serial_number),
            relocations.get(item.serial_number),
        )
        for index, item in enumerate(items)
    ]


def moments_back(life: Life, last_days_ago: float, days: float, shares: tuple[float, float]) -> list[datetime]:
    """
    Return when something happened again and again, oldest first; the first time was before the registration.

    Args:
        last_days_ago: How long ago it happened last.
        days: The longest time between two of them.
        shares: Range of the part of *days* that really passed.
    """
    at = life.now - timedelta(days=last_days_ago)
    moments = [at_work(at, life.random, life.now)]
    while moments[-1] > life.registered_at:
        at -= timedelta(days=days * life.random.uniform(*shares))
        moments.append(at_work(at, life.random, life.now))
    return moments[::-1]


def introduced_at(now: datetime) -> datetime:
    """Return when the factory got its asset manager, a little before the first asset was registered."""
    return now - _INTRODUCED - timedelta(days=4)


def _opening(bought_days_ago: float | None, now: datetime, random: Random) -> datetime:
    age = _INTRODUCED if bought_days_ago is None else timedelta(days=bought_days_ago)
    return at_work(now - age, random, now)


def _life(
    item: Item, wear: Wear, registered_at: datetime, now: datetime, fate: Fate | None, relocation: Relocation | None
) -> Life:
    random = Random(f"{_SEED}: {item.serial_number}")  # noqa: S311 - a play, no secret
    is_old = item.bought_days_ago is None
    before = timedelta(days=random.randrange(30, 1800)) if is_old else timedelta()
    if fate and fate.calibration_used:
        wear = replace(wear, calibration=random.uniform(*fate.calibration_used))
    return Life(
        item=item,
        wear=wear,
        registered_at=registered_at,
        first_seen_at=registered_at - before,
        now=now,
        left_at=at_work(now - timedelta(days=random.uniform(*fate.days)), random, now) if fate else now,
        fate=fate,
        relocation=relocation,
        random=random,
    )


def _deal_wear(items: Sequence[Item], random: Random) -> dict[str, Wear]:
    """Spread each measure of wear evenly over the assets of each kind, so that every level of it occurs."""
    of_kind: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        of_kind[item.kind.name].append(item.serial_number)
    dealt: dict[str, Wear] = {}
    for serials in of_kind.values():
        hands = zip(*(_shares(len(serials), random) for _ in range(4)), strict=True)
        dealt.update((serial, Wear(*hand)) for serial, hand in zip(serials, hands, strict=True))
    return dealt


def _shares(number: int, random: Random) -> list[float]:
    shares = [_share((index + 0.5) / number) for index in range(number)]
    random.shuffle(shares)
    return shares


def _share(position: float) -> float:
    """Return how far the asset has come that *position*, 0 to 1, of all assets have not passed."""
    below = 0.0
    for until, low, high in WEAR:
        if position <= until:
            return low + (high - low) * (position - below) / (until - below)
        below = until
    raise ValueError(f"{position!r} lies beyond the last of {WEAR!r}")


def _deal_fates(items: Sequence[Item], random: Random) -> Mapping[str, Fate]:
    dealt: dict[str, Fate] = {}
    for fate in FATES:
        open_to = [serial for serial in _old(items, fate.kinds) if serial not in dealt]
        dealt |= dict.fromkeys(random.sample(open_to, fate.count), fate)
    return dealt


def _deal_relocations(items: Sequence[Item], now: datetime, random: Random) -> Mapping[str, Relocation]:
    places = list(dict.fromkeys(item.place for item in items if item.place and item.place.opened_days_ago is None))
    dealt = {}
    for serial in random.sample(_old(items, RELOCATED_KINDS), RELOCATIONS):
        at = at_work(now - timedelta(days=random.uniform(20, 900)), random, now)
        dealt[serial] = Relocation(at, random.choice(places))
    return dealt


def _old(items: Sequence[Item], kinds: Sequence[Kind]) -> list[str]:
    """Return the assets of *kinds* that were there from the beginning and may be played with."""
    return [
        item.serial_number
        for item in items
        if item.kind in kinds and item.bought_days_ago is None and item.serial_number not in WELL_KNOWN
    ]
