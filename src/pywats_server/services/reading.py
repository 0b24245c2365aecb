"""Reading assets, their log and the log of changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pywats_server.odata.query import Query
from pywats_server.services.identify import AssetRef, find, find_any
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents
from pywats_server.store.assets import StoredAsset
from pywats_server.store.documents import Document as Document
from pywats_server.store.documents import Listing

Take = Callable[[Sequence[str], Sequence[Sequence[Any]]], None]
"""
Takes a part of a list: the names of the values, and rows of them, in the list's order. Tags are pairs, and come last.

Lists go out in parts, so that a long one is never held as a whole.
"""


@dataclass(frozen=True, slots=True)
class AssetView:
    """One asset as a document, with its type, and the version that it is in."""

    document: Document
    type: Document
    version: int


@use_case(Permission.READ)
async def get_asset(session: Session, text: str) -> AssetView:
    """Return the asset whose id, or else whose serial number, is *text*."""
    return await view(session, await find_any(session, text))


@use_case(Permission.READ)
async def get_asset_by_ref(session: Session, ref: AssetRef) -> AssetView:
    """Return the asset that *ref* names."""
    return await view(session, await find(session, ref))


async def view(session: Session, asset: StoredAsset) -> AssetView:
    """Return *asset* as it is read."""
    document = await documents.asset_document(session.connection, asset.key, session.instant)
    return AssetView(document, await documents.type_document(session.connection, asset.type_id), asset.version)


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
    await hand_over(documents.list_assets(session.connection, query, session.instant), take)
    return total


@use_case(Permission.READ)
async def list_log(session: Session, query: Query, take: Take) -> None:
    """Give log entries to *take* by an OData query, newest first unless it orders them otherwise."""
    await hand_over(documents.list_log(session.connection, query, session.instant), take)


@use_case(Permission.READ)
async def list_changes(session: Session, query: Query, take: Take) -> None:
    """Give changes of types and tokens to *take* by an OData query, newest first unless it orders them otherwise."""
    await hand_over(documents.list_changes(session.connection, query, session.instant), take)
