"""The status of an asset: what the rules say of it now, in words and numbers."""

from dataclasses import dataclass

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.rules.model import Facts, Verdict
from pywats_server.rules.status import judge
from pywats_server.services.counts import count_uses
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset


@dataclass(frozen=True, slots=True)
class StatusReport:
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


async def report(session: Session, asset: StoredAsset) -> StatusReport:
    """Judge *asset* and everything below it."""
    verdict = judge(asset.facts, asset.demands, session.now)
    below = await assets.worst_below(session.connection, asset.key, session.now)
    return StatusReport(asset.facts, verdict, max(verdict.alarm_state, below))
