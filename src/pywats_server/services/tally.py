"""Counting many assets in few statements: they are found, counted in memory, and stored, in the same transaction."""

from collections import Counter
from collections.abc import Iterable

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.instants import Instant
from pywats_server.rules.counts import counted
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import is_line
from pywats_server.services.identify import AssetRef, agreed
from pywats_server.store import assets, counters
from pywats_server.store.counters import Countable
from pywats_server.store.database import Connection


class Tally:
    """Assets as they are after the uses that were counted so far. `store` writes them down."""

    def __init__(self, connection: Connection, now: Instant) -> None:
        self._connection = connection
        self._now = now
        self._assets: dict[int, Countable] = {}
        self._keys_by_id: dict[str, int] = {}
        self._keys_by_serial: dict[str, int] = {}
        self._added: Counter[int] = Counter()

    async def find(self, refs: Iterable[AssetRef]) -> None:
        """Find the assets that *refs* name, as far as they exist."""
        ids: set[str] = set()
        serials: set[str] = set()
        for ref in refs:
            if ref.asset_id:
                ids.add(read_id(ref.asset_id) or "")
            elif ref.serial_number and is_line(ref.serial_number):
                serials.add(ref.serial_number)
        self._take(await counters.find_named(self._connection, ids, serials, self._now))

    def _take(self, found: Iterable[Countable]) -> None:
        for asset in found:
            self._assets[asset.key] = asset
            self._keys_by_id[asset.asset_id] = asset.key
            self._keys_by_serial[asset.serial_number] = asset.key

    def asset(self, ref: AssetRef) -> Countable:
        """
        Return the asset that *ref* names, which was looked for before.

        Raises:
            InvalidInput: *ref* names no asset, or two.
            NotFound: There is no such asset.
        """
        if ref.asset_id:
            key = self._keys_by_id.get(read_id(ref.asset_id) or "")
        else:
            key = self._keys_by_serial.get(ref.serial_number or "")
        return agreed(ref, None if key is None else self._assets[key])

    def count(self, asset: Countable, by: int) -> None:
        """
        Add *by* uses to the counts of *asset*.

        Raises:
            RuleViolation: *by* is negative, or a count would become too large.
        """
        asset.running_count, asset.total_count = counted(asset.running_count, asset.total_count, by)
        self._added[asset.key] += by

    async def count_below(self, asset: Countable, by: int) -> None:
        """Add *by* uses to the counts of everything below *asset*, too."""
        below = await assets.descendant_keys(self._connection, asset.key)
        unknown = [key for key in below if key not in self._assets]
        self._take(await counters.find_by_key(self._connection, unknown, self._now))
        for key in below:
            self.count(self._assets[key], by)

    async def store(self) -> None:
        """Store what was counted, and the levels that the counts have reached."""
        last_days = {key: self._assets[key].last_day for key in self._added}
        await counters.count(self._connection, self._added, last_days, self._now)
        for key in sorted(self._added):
            asset = self._assets[key]
            level = level_of_counts(asset)
            if level != asset.count_level:
                await assets.set_count_level(self._connection, key, level)


def level_of_counts(asset: Countable) -> AssetAlarmState:
    """Return the level that the counts of *asset* have reached."""
    return asset.marks.level(asset.running_count, asset.total_count)


def alarm_state(asset: Countable) -> AssetAlarmState:
    """Return the alarm state of *asset* now: what its due dates and its counts make of it."""
    return max(asset.date_level, level_of_counts(asset))
