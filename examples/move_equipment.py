"""Moves everything of one location to another, many assets at a time."""

import asyncio
import sys

from pywats import AsyncWATS, F


async def main(old: str, new: str) -> None:
    """Move all assets from *old* to *new*, and say so in the log of each."""
    async with AsyncWATS() as api:
        assets = [asset async for asset in api.asset.iter_assets(F.location == old)]
        for asset in assets:
            asset.location = new
        outcomes = await api.asset.update_assets(assets)
        for outcome in outcomes:
            if outcome.error is None:
                await api.asset.add_log_message(outcome.given.asset_id, f"Moved from {old} to {new}")
            else:
                print(outcome.given.serial_number, outcome.error)
    moved = sum(outcome.error is None for outcome in outcomes)
    print(f"{moved} assets moved from {old} to {new}")


if __name__ == "__main__":
    asyncio.run(main(*(sys.argv[1:] or ["Lab A", "Lab C"])))
