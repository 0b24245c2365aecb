"""Reading assets, their log and the log of changes."""

from collections.abc import Callable, Sequence
from typing import Any

from pywats_server.odata.query import Query
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import is_line
from pywats_server.services.identify import AssetRef, find, missing
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents
from pywats_server.store.assets import StoredAsset
from pywats_server.store.documents import Document as Document
from pywats_server.store.documents import Listing
from pywats_server.store.documents import View as View

Take = Callable[[Sequence[str], Sequence[Sequence[Any]]], None]
"""
Takes a part of a list: the names of the values, and rows of them, in the list's order. Tags are pairs, and come last.

Lists go out in parts, so that a long one is never held as a whole.
"""


@use_case(Permission.READ)
async def get_asset(session: Session, text: str) -> View:
    """Return the asset whose id, or else whose serial number, is *text*."""
    asset_id = read_id(text)
    found = await documents.view_by_id(session.connection, asset_id, session.instant) if asset_id else None
    if found is None and is_line(text):
        found = await documents.view_by_serial(session.connection, text, session.instant)
    if found is None:
        raise missing(AssetRef(serial_number=text))
    return found


@use_case(Permission.READ)
async def get_asset_by_ref(session: Session, ref: AssetRef) -> View:
    """Return the asset that *ref* names."""
    return await view(session, await find(session, ref))


async def view(session: Session, asset: StoredAsset) -> View:
    """Return *asset* as it is read."""
    found = await documents.view_by_id(session.connection, asset.asset_id, session.instant)
    assert found is not None, "an asset that was found in this transaction is there"
    return found


async def hand_over(listing: Listing, take: Take) -> None:
    """Give all of a list to *take*."""
    async for rows in listing.parts:
        take(listing.names, rows)


@use_case(Permission.READ)
async def list_assets(session: Session, query: Query, take: Take, *, count: bool = False) -> int | None:
    """
    Give the assets of an OData query to *take*, and return how many there are in all, when asked for.

    Args:
        count: Also count all that fit the filter.

    Raises:
        InvalidQuery: The filter, the order or the selection cannot be read.
    """
    total = await documents.count_assets(session.connection, query.filter, session.instant) if count else None
    await hand_over(await documents.list_assets(session.connection, query, session.instant), take)
    return total


@use_case(Permission.READ)
async def list_log(session: Session, query: Query, take: Take) -> None:
    """Give log entries to *take* by an OData query, newest first unless it orders them otherwise."""
    await hand_over(await documents.list_log(session.connection, query, session.instant), take)


@use_case(Permission.READ)
async def list_changes(session: Session, query: Query, take: Take) -> None:
    """Give changes of types, tokens and users to *take* by a query, newest first unless it orders them otherwise."""
    await hand_over(await documents.list_changes(session.connection, query, session.instant), take)
