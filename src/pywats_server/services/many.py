"""One change of many assets, each by the use case that changes one, in groups that other callers need not wait for."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import DomainError
from pywats_server.services.assets import save_asset, set_state
from pywats_server.services.counts import reset_running_count
from pywats_server.services.drafts import UNSET, AssetDraft, Unset
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.once import AlreadyDone
from pywats_server.services.session import Permission, Principal, Session, permission_of, require, use_case
from pywats_server.services.work import Kind, record

GROUP = 50
"""How many assets are changed in one transaction."""


class Change(Struct, frozen=True):
    """What is done with each asset, and what it takes to be allowed to."""

    carry_out: Callable[[Session, AssetRef], Coroutine[Any, Any, Any]]
    permission: Permission


def setting_state(state: AssetState, comment: str | None = None) -> Change:
    """Return the change that sets the state."""
    return Change(lambda session, ref: set_state(session, ref, state, comment), permission_of(set_state))


def moving(location: str | None, comment: str | None = None) -> Change:
    """Return the change that sets the location; None takes it away."""
    return _editing(comment, location=location)


def changing_type(type_id: str, comment: str | None = None) -> Change:
    """Return the change that makes them assets of another type."""
    return _editing(comment, type_id=type_id)


def _editing(comment: str | None, *, type_id: str | None = None, location: str | Unset | None = UNSET) -> Change:
    async def edit(session: Session, ref: AssetRef) -> None:
        asset = await find(session, ref)
        draft = AssetDraft(
            asset_id=asset.asset_id, serial_number=asset.serial_number, type_id=type_id, location=location
        )
        await save_asset(session, draft, comment=comment)

    return Change(edit, permission_of(save_asset))


def recording(kind: Kind, at: datetime, comment: str | None) -> Change:
    """Return the change that records the same work for each, as done at the same moment."""
    return Change(lambda session, ref: record(session, kind, ref, at, comment), permission_of(record))


def resetting(comment: str | None) -> Change:
    """Return the change that sets running counts to 0."""
    return Change(lambda session, ref: reset_running_count(session, ref, comment), permission_of(reset_running_count))


class Outcome(Struct, frozen=True):
    """
    What became of one asset.

    Attributes:
        serial_number: None when there is no such asset any more.
        error: Why it was not changed; None when it was.
    """

    asset_id: str
    serial_number: str | None
    error: DomainError | None


class Outcomes(Struct, frozen=True):
    """
    What became of all.

    Attributes:
        each: Of each asset that it was tried with, in order.
        before: How many were dealt with when the same was asked for before.
    """

    each: list[Outcome]
    before: int


ChangeGroup = Callable[[Session, Sequence[str], Change], Coroutine[Any, Any, list[Outcome]]]
Write = Callable[[ChangeGroup, Sequence[str], Change], Coroutine[Any, Any, list[Outcome]]]
"""Changes a group of assets in a transaction; raises `AlreadyDone` when that was asked for, and done, before."""


async def change_each(write: Write, principal: Principal, asset_ids: Sequence[str], change: Change) -> Outcomes:
    """
    Carry out *change* for each asset, and return what became of it.

    What is refused for one asset keeps none of the others. Groups of `GROUP` assets are safe on the disk one after the
    other, so that what ends this early leaves whole groups done. Asked for again, it does the others.

    Raises:
        NotAllowed: The caller may not do this with any asset.
        AlreadyDone: All groups were dealt with before.
    """
    require(principal, change.permission)
    each: list[Outcome] = []
    before = 0
    for start in range(0, len(asset_ids), GROUP):
        group = asset_ids[start : start + GROUP]
        try:
            each += await write(_change_group, group, change)
        except AlreadyDone:
            before += len(group)
    if before and not each:
        raise AlreadyDone
    return Outcomes(each, before)


@use_case(Permission.READ)
async def _change_group(session: Session, asset_ids: Sequence[str], change: Change) -> list[Outcome]:
    require(session.principal, change.permission)
    return [await _change_one(session, asset_id, change) for asset_id in asset_ids]


async def _change_one(session: Session, asset_id: str, change: Change) -> Outcome:
    ref = AssetRef(asset_id)
    serial_number = None
    try:
        serial_number = (await find(session, ref)).serial_number
        await session.connection.attempt(lambda: change.carry_out(session, ref))
    except DomainError as error:
        return Outcome(asset_id, serial_number, error)
    return Outcome(asset_id, serial_number, None)
