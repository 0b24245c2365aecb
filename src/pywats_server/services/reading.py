"""Reading assets, their log and the log of changes."""

from dataclasses import dataclass

from pywats_server.odata.query import Query
from pywats_server.services.identify import AssetRef, find, find_any
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents
from pywats_server.store.assets import StoredAsset
from pywats_server.store.documents import Document as Document


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


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of a list of assets, and, when asked for, how many there are in all."""

    documents: list[Document]
    total: int | None


@use_case(Permission.READ)
async def list_assets(session: Session, query: Query, *, count: bool = False) -> AssetPage:
    """
    Return assets by an OData query.

    Args:
        count: Also count all that fit the filter.

    Raises:
        InvalidQuery: The filter, the order or the selection cannot be read.
    """
    total = await documents.count_assets(session.connection, query.filter, session.instant) if count else None
    return AssetPage(await documents.list_assets(session.connection, query, session.instant), total)


@use_case(Permission.READ)
async def list_log(session: Session, query: Query) -> list[Document]:
    """Return log entries by an OData query, newest first unless it orders them otherwise."""
    return await documents.list_log(session.connection, query, session.instant)


@use_case(Permission.READ)
async def list_changes(session: Session, query: Query) -> list[Document]:
    """Return changes of types and tokens by an OData query, newest first unless it orders them otherwise."""
    return await documents.list_changes(session.connection, query, session.instant)
