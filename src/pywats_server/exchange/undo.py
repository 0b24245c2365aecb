"""Undoes what one row of an import did, unless somebody has changed or used the asset since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from pywats_server.errors import DomainError, NotFound
from pywats_server.exchange.outcomes import Trace
from pywats_server.exchange.said import told
from pywats_server.exchange.traces import draft_of, work_of
from pywats_server.odata.query import Query
from pywats_server.services import assets, reading, work
from pywats_server.services.identify import AssetRef, StoredAsset, find
from pywats_server.services.session import Session


class Undone(StrEnum):
    """What was undone of a row."""

    REMOVED = "removed"
    """The asset that it had made is in the archive."""
    RESTORED = "restored"
    """What it had changed is as it was before."""
    LEFT = "left"
    """Everything is as it is, because of a `Reason`."""


class Reason(StrEnum):
    """Why a row was not undone."""

    CHANGED = "changed"
    """Somebody changed the asset since; undoing would take back their change, or the ground it stands on."""
    USED = "used"
    """The asset, which was made by the import, was counted since."""
    BELOW = "below"
    """Other assets stand below the one that was made by the import."""
    GONE = "gone"
    """The asset was deleted since."""
    REFUSED = "refused"
    """A rule forbids what was there before."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """
    What was undone of a row, and why not more.

    Attributes:
        who, at: Who changed the asset last, and when: for `Reason.CHANGED`.
        message: The rule's own words: for `Reason.REFUSED`.
    """

    undone: Undone
    reason: Reason | None = None
    who: str | None = None
    at: str | None = None
    message: str | None = None


async def undo_row(session: Session, trace: Trace, comment: str) -> Reversal:
    """
    Undo what a row did to its asset, as far as that is as the row left it.

    Args:
        comment: What the log tells beside it.
    """
    try:
        asset = await find(session, AssetRef(trace.asset_id))
    except NotFound:
        return Reversal(Undone.LEFT, Reason.GONE)
    if asset.log_head != trace.log_head:
        return await _changed(session, asset)
    try:
        return await session.connection.attempt(partial(_undo, session, asset, trace, comment))
    except DomainError as error:
        return Reversal(Undone.LEFT, Reason.REFUSED, message=told(error.message, error.sentence))


async def _undo(session: Session, asset: StoredAsset, trace: Trace, comment: str) -> Reversal:
    if trace.before is not None:
        await _restore(session, asset, trace.before, comment)
        return Reversal(Undone.RESTORED)
    # Counting does not stand in the log.
    if (asset.facts.running_count, asset.facts.total_count) != (trace.running_count, trace.total_count):
        return Reversal(Undone.LEFT, Reason.USED)
    if asset.has_children:
        return Reversal(Undone.LEFT, Reason.BELOW)
    await assets.delete_asset(session, AssetRef(asset.asset_id), comment)
    return Reversal(Undone.REMOVED)


async def _restore(session: Session, asset: StoredAsset, before: Mapping[str, Any], comment: str) -> None:
    draft = draft_of(asset, before)
    if draft is not None:
        await assets.save_asset(session, draft, comment=comment)
    for kind, dates in work_of(before):
        await work.take_back(session, kind, AssetRef(asset.asset_id), dates, comment)


async def _changed(session: Session, asset: StoredAsset) -> Reversal:
    newest: dict[str, Any] = {}

    def take(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        newest.update(zip(names, rows[0], strict=False))

    await reading.list_log(session, Query(filter=f"assetId eq '{asset.asset_id}'", top=1), take)
    return Reversal(Undone.LEFT, Reason.CHANGED, who=newest.get("principal"), at=newest.get("date"))
