"""Moves everything of one location to another, many assets at a time."""

import asyncio
import sys

from pywats import Asset, AsyncWATS
from pywats.odata import compare


async def move(api: AsyncWATS, asset: Asset, location: str) -> None:
    """Change the location of one asset, and say so in its log."""
    before, asset.location = asset.location, location
    await api.asset.update_asset(asset)
    await api.asset.add_log_message(asset.asset_id, f"Moved from {before} to {location}")


async def main(old: str, new: str) -> None:
    """Move all assets from *old* to *new*."""
    async with AsyncWATS() as api:
        assets = [asset async for asset in api.asset.iter_assets(compare("location", "eq", old))]
        await asyncio.gather(*(move(api, asset, new) for asset in assets))
    print(f"{len(assets)} assets moved from {old} to {new}")


if __name__ == "__main__":
    asyncio.run(main(*(sys.argv[1:] or ["Lab A", "Lab C"])))
