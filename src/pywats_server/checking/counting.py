"""Counts: every asset has them, none is negative, and use by day adds up to them."""

from collections.abc import Iterator

from pywats_server.checking.finding import Finding, Invariant, asset_named
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.store.checks import CheckedAsset


def count_faults(asset: CheckedAsset) -> Iterator[Finding]:
    """Compare the counts of an asset with what counts may be, and with its use by day."""
    name, counter = asset_named(asset.serial_number), asset.counter
    if counter is None:
        yield Finding(Invariant.COUNTS, name, "no counter", "a counter", asset.key)
        return
    for what, count in (("running", counter.running_count), ("total", counter.total_count)):
        if not 0 <= count <= MAX_COUNT:
            yield Finding(Invariant.COUNTS, name, f"{what} count {count}", f"0 to {MAX_COUNT}")
    if counter.carried_count + asset.used != counter.total_count:
        expected = f"{counter.carried_count} carried over + {asset.used} used by day"
        yield Finding(Invariant.USAGE, name, f"total count {counter.total_count}", expected, asset.key)


def negative_use(serial_number: str | None, day: str, uses: int) -> Finding:
    """Return the finding of a day with less than no use."""
    return Finding(Invariant.USAGE, asset_named(serial_number), f"{uses} uses on {day}", "0 or more")
