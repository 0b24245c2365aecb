"""Where an asset is mounted, and what is mounted in it."""

from collections.abc import Sequence

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import assets, family
from pywats_server.store.family import Ancestor as Ancestor
from pywats_server.store.family import Child as Child


@use_case(Permission.READ)
async def list_ancestors(session: Session, ref: AssetRef) -> list[Ancestor]:
    """Return what an asset is mounted in, from the top of its tree down to its parent."""
    return await family.ancestors(session.connection, (await find(session, ref)).key)


class Children(Struct, frozen=True):
    """
    A page of the direct children of an asset.

    Attributes:
        worst: The worst alarm state of everything below the asset; None where it is not the first page.
        after: What the next page comes behind; None where this is the last.
    """

    children: Sequence[Child]
    worst: AssetAlarmState | None
    after: str | None


@use_case(Permission.READ)
async def list_children(session: Session, ref: AssetRef, after: str = "", top: int = 50) -> Children:
    """
    Return up to *top* direct children of an asset by serial number, each with what is worst at and below it.

    Args:
        after: The serial number that the page comes behind; empty for the first page.
    """
    asset = await find(session, ref)
    found = await family.children(session.connection, asset.key, session.instant, after, top + 1)
    worst = None if after else await assets.worst_below(session.connection, asset.key, session.now)
    return Children(found[:top], worst, found[top - 1].serial_number if len(found) > top else None)
