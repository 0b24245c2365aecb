"""What everything is held against: the ceiling over the whole run, and the limit of the load generator."""

from statistics import median

from benchmarks.bench import Bench, numbers
from benchmarks.report import Figure


def ceiling(bench: Bench) -> list[Figure]:
    """The ceilings that were measured beside the other rows, and what the generator alone could send."""
    measured = bench.ceilings or [bench.measure_ceiling()]
    rates = [load.rate for load in measured]
    spread = f"{min(rates):,.0f} to {max(rates):,.0f} in {len(rates)} measurements"
    middle = sorted(measured, key=lambda load: load.rate)[len(measured) // 2]
    able = median(load.answers / load.cpu_seconds for load in measured)
    return [
        Figure(bench.database, "the ceiling", f"{middle.rate:,.0f} /s", compared=spread, details=numbers(middle)),
        Figure(
            bench.database,
            "the load generator's own limit",
            f"{able:,.0f} /s",
            compared="the ceiling",
            value=able / middle.rate,
        ),
    ]
