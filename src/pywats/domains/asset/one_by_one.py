"""What takes `pywats-server` one request, at servers that take one asset a request."""

from functools import partial
from itertools import chain

from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.earlier_answers import Setup
from pywats.domains.asset.enums import AssetAlarmState
from pywats.domains.asset.models import Asset, AssetCounts, AssetStatus, AssetUse
from pywats.domains.asset.readiness import NOT_REGISTERED
from pywats.http.request import Queued
from pywats.tasks import gather

AT_ONCE = 8
"""Requests under way at a time."""

Named = tuple[str | None, str | None]


async def statuses_of_each(repository: AsyncAssetRepository, setup: Setup) -> list[AssetStatus]:
    """The statuses of a set-up in the order of `check_readiness`: what is named, what is in it, what does not exist."""
    names: list[Named] = [(asset_id, None) for asset_id in setup.asset_ids]
    names += [(None, serial_number) for serial_number in setup.serial_numbers]
    found = await gather([partial(_find, repository, name) for name in names], AT_ONCE)
    missing = [_unregistered(*name) for name, asset in zip(names, found, strict=True) if asset is None]
    listed = {asset.serial_number: asset for asset in found if asset is not None}
    if setup.include_children:
        tops = [partial(repository.get_sub_assets, parent_serial=serial_number) for serial_number in listed]
        for asset in chain.from_iterable(await gather(tops, AT_ONCE)):
            listed.setdefault(asset.serial_number, asset)
    statuses = [partial(_status, repository, asset, setup.culture_code) for asset in listed.values()]
    return [*await gather(statuses, AT_ONCE), *missing]


async def count_each(repository: AsyncAssetRepository, waiting: list[AssetUse]) -> list[AssetCounts] | Queued:
    """
    Count all that are *waiting*; what was counted is taken from the list.

    Returns nothing about the assets, because such servers tell nothing, or what an outbox made of the first it took.
    """
    queued: list[Queued] = []
    while waiting:
        use = waiting[0]
        answer = await repository.update_count(use.asset_id, use.serial_number, increment_by=use.increment_by)
        queued += [answer] if isinstance(answer, Queued) else []
        del waiting[0]
    return queued[0] if queued else []


async def _find(repository: AsyncAssetRepository, name: Named) -> Asset | None:
    asset_id, serial_number = name
    if asset_id is not None:
        return await repository.get_by_id(asset_id)
    return await repository.get_by_serial_number(serial_number or "")


async def _status(repository: AsyncAssetRepository, asset: Asset, culture_code: str | None) -> AssetStatus:
    status = await repository.get_status(serial_number=asset.serial_number, culture_code=culture_code)
    if status is None:
        return _unregistered(asset.asset_id, asset.serial_number)
    # Such servers tell in a status neither whose it is nor the state.
    names = {"asset_id": asset.asset_id, "serial_number": asset.serial_number}
    return status.model_copy(update={**names, "parent_asset_id": asset.parent_asset_id, "state": asset.state})


def _unregistered(asset_id: str | None, serial_number: str | None) -> AssetStatus:
    return AssetStatus(
        asset_id=asset_id,
        serial_number=serial_number,
        alarm_state=AssetAlarmState.ALARM,
        status=NOT_REGISTERED,
        message=f"There is no asset {serial_number or asset_id!r}.",
    )
