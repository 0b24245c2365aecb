"""The server as a process: how soon it is ready, and how much memory it holds."""

from statistics import median

from benchmarks.bench import Bench
from benchmarks.report import Figure, at_most


def start(bench: Bench) -> list[Figure]:
    """From the start of the process to ready; half of the starts took at most this."""
    seconds = median(bench.starts)
    spread = f"{min(bench.starts):.2f} to {max(bench.starts):.2f}"
    what = f"start on {bench.largest.factory.size:,} assets, to ready"
    return [Figure(bench.database, what, f"{seconds:.2f} s ({spread})", value=seconds, goal=at_most(2, "s"))]


def memory(bench: Bench) -> list[Figure]:
    """Resident memory after everything else was measured."""
    now, peak = bench.largest.server.memory_mib(), bench.largest.server.peak_memory_mib()
    absolute = f"{now:.0f} MiB" + (f", at most {peak:.0f}" if peak is not None else "")
    details = {"rss_mib": now, **({} if peak is None else {"peak_mib": peak})}
    return [
        Figure(bench.database, "memory after the run", absolute, value=now, goal=at_most(150, "MiB"), details=details)
    ]
