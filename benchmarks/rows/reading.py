"""Reading one asset, and its status."""

from benchmarks.bench import Bench
from benchmarks.report import Figure
from benchmarks.seeds.factory import asset_id, serial_number


def one(bench: Bench) -> list[Figure]:
    """One asset, by its serial number and by its id."""
    drawn = bench.largest.drawn()
    by = {
        "by serial number": [f"/api/Asset/{serial_number(number)}" for number in drawn],
        "by id": [f"/api/Asset/{asset_id(number)}" for number in drawn],
    }
    return [
        bench.compare_with_ceiling(f"one asset {how}", 0.40, bench.largest.requests("GET", targets))
        for how, targets in by.items()
    ]


def status(bench: Bench) -> list[Figure]:
    """The status of one asset."""
    targets = [f"/api/Asset/Status?serialNumber={serial_number(number)}" for number in bench.largest.drawn()]
    return [bench.compare_with_ceiling("status of one asset", 0.40, bench.largest.requests("GET", targets))]
