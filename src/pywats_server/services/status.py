"""The status of an asset: what the rules say of it now, in words and numbers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.rules.model import Facts, Verdict
from pywats_server.rules.status import judge
from pywats_server.services.counts import count_uses
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset


class StatusReport(Struct, frozen=True):
    """
    What the rules say of an asset.

    Attributes:
        bubbled: The worst alarm state of the asset and all of its descendants.
    """

    facts: Facts
    verdict: Verdict
    bubbled: AssetAlarmState


@use_case(Permission.READ)
async def get_status(session: Session, ref: AssetRef) -> StatusReport:
    """Return the status of an asset at this moment."""
    return await report(session, await find(session, ref))


@use_case(Permission.COUNT)
async def count_and_report(
    session: Session, ref: AssetRef, increment_by: int | None, total_count: int | None, *, increment_children: bool
) -> StatusReport:
    """Count uses as `counts.count_uses` does and return the status that the asset has then."""
    await count_uses(
        session, ref, increment_by=increment_by, total_count=total_count, increment_children=increment_children
    )
    return await get_status(session, ref)


class TreeStatus(Struct, frozen=True):
    """
    The status of one asset of a tree.

    Attributes:
        parent_id: The asset that it is mounted in; None for the one at the top of what was asked for.
    """

    asset: StoredAsset
    parent_id: str | None
    report: StatusReport


@use_case(Permission.READ)
async def list_tree_status(session: Session, ref: AssetRef, level: int = 0) -> list[TreeStatus]:
    """
    Return the status of an asset and of everything below it at this moment, nearest first.

    Args:
        level: How deep: 1 is the direct children, 0 is everything. What stands deeper counts in the bubbled states.
    """
    top = await find(session, ref)
    tree = await assets.find_tree(session.connection, top.key)
    return list(reports(list(_down_to(level, tree)), tree, session.now))


def reports(listed: Sequence[StoredAsset], found: Sequence[StoredAsset], now: datetime) -> Iterator[TreeStatus]:
    """
    Yield the status of each asset that is *listed*; its parent is told where it is in the list.

    Args:
        found: The listed assets, and everything below them.
    """
    verdicts = {asset.key: judge(asset.facts, asset.demands, now) for asset in found}
    bubbled = _bubbled(found, verdicts)
    ids: dict[int | None, str] = {asset.key: asset.asset_id for asset in listed}
    for asset in listed:
        report = StatusReport(asset.facts, verdicts[asset.key], bubbled[asset.key])
        yield TreeStatus(asset, ids.get(asset.parent_key), report)


def _bubbled(found: Sequence[StoredAsset], verdicts: Mapping[int, Verdict]) -> dict[int | None, AssetAlarmState]:
    """Return, by key, the worst alarm state of each asset and of everything below it."""
    parents: dict[int | None, int | None] = {asset.key: asset.parent_key for asset in found}
    worst = dict.fromkeys(parents, AssetAlarmState.OK)
    for key, verdict in verdicts.items():
        # What stands above is at least as bad already, or it is made so.
        above: int | None = key
        while above in worst and worst[above] < verdict.alarm_state:
            worst[above] = verdict.alarm_state
            above = parents[above]
    return worst


def _down_to(level: int, tree: Sequence[StoredAsset]) -> Iterator[StoredAsset]:
    """Yield the assets of a tree, nearest first, down to a level."""
    depths: dict[int | None, int] = {}
    for asset in tree:
        depths[asset.key] = depths.get(asset.parent_key, -1) + 1
        if level and depths[asset.key] > level:
            return
        yield asset


async def report(session: Session, asset: StoredAsset) -> StatusReport:
    """Judge *asset* and everything below it."""
    verdict = judge(asset.facts, asset.demands, session.now)
    if not asset.has_children:
        return StatusReport(asset.facts, verdict, verdict.alarm_state)
    below = await assets.worst_below(session.connection, asset.key, session.now)
    return StatusReport(asset.facts, verdict, max(verdict.alarm_state, below))
