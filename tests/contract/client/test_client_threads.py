"""One `pyWATS` that many threads use at once."""

from concurrent.futures import ThreadPoolExecutor

from pywats import Asset, pyWATS
from pywats.domains.asset.service import AssetService

THREADS = 32
ROUNDS = 10


def use(assets: AssetService, number: int) -> list[Asset | None]:
    """Count a shared asset and one of the thread's own, and ask for the latter meanwhile."""
    mine = f"MINE-{number}"
    found = []
    for _ in range(ROUNDS):
        assert assets.increment_count(serial_number="SHARED")
        assert assets.increment_count(serial_number=mine, amount=number + 1)
        found.append(assets.get_asset(serial_number=mine))
    return found


def test_threads_count_exactly_and_each_gets_its_own_answers(wats: pyWATS) -> None:
    assets = wats.asset
    kind = assets.create_asset_type("Plain").type_id
    with ThreadPoolExecutor(THREADS) as threads:
        for serial in ("SHARED", *(f"MINE-{number}" for number in range(THREADS))):
            assets.create_asset(serial, kind)
        answers = list(threads.map(lambda number: use(assets, number), range(THREADS)))
        shared = assets.get_asset(serial_number="SHARED")
    for number, found in enumerate(answers):
        told = [(asset.serial_number, asset.running_count) for asset in found if asset]
        assert told == [(f"MINE-{number}", (number + 1) * round) for round in range(1, ROUNDS + 1)]
    assert shared is not None
    assert (shared.running_count, shared.total_count) == (THREADS * ROUNDS, THREADS * ROUNDS)
