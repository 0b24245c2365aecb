"""The list of assets as people look through it: page by page, filtered and sorted, however many there are."""

from collections.abc import Sequence

from msgspec import Struct

from pywats_server.services.filters import Filters, odata_filter
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents, listing
from pywats_server.store.documents import Document
from pywats_server.store.listing import AMONG_MANY as AMONG_MANY
from pywats_server.store.listing import MANY as MANY
from pywats_server.store.listing import REGISTERED as REGISTERED
from pywats_server.store.listing import Asked
from pywats_server.store.listing import Mark as Mark
from pywats_server.store.listing import Order as Order
from pywats_server.store.narrowing import check_filter

Start = tuple[Order, Mark]
"""A place in a list, and the order that it is a place of."""


class Page(Struct, frozen=True):
    """
    A page of the list.

    Attributes:
        assets: As documents with the names of the wire; each has its `tags`, its `dueDate` and its type's count limits.
        order: In which they are. It is another than was asked for where there are more than `MANY` assets and that
            order would take long.
        is_few: Whether there are at most `MANY` in all, so that they can be had in every order.
        before, after: Where the pages beside it begin; None where there is none.
    """

    assets: Sequence[Document]
    order: Order
    is_few: bool
    before: Mark | None
    after: Mark | None


@use_case(Permission.READ)
async def list_page(
    session: Session,
    filters: Filters,
    order: Order,
    size: int,
    start: Start | None = None,
    *,
    backwards: bool = False,
) -> Page:
    """
    Return a page of the assets that fit *filters*.

    Args:
        start: Where it begins, and the order that this is a place of; None is the first page.
        backwards: *start* is where it ends.

    Raises:
        InvalidQuery: The filter in OData cannot be read; positions are those of its own text.
    """
    asked = _asked(session, filters)
    found = await listing.find_page(
        session.connection, asked, order, size, session.instant, start=start, backwards=backwards
    )
    assets = await documents.assets_by_key(session.connection, found.keys, session.instant)
    return Page(assets, found.order, found.is_few, found.before, found.after)


@use_case(Permission.READ)
async def count_assets(session: Session, filters: Filters) -> int:
    """Return how many assets fit *filters*; `MANY` + 1 when more than `MANY` do."""
    return await listing.count_up_to_many(session.connection, _asked(session, filters), session.instant)


@use_case(Permission.READ)
async def list_asset_ids(session: Session, filters: Filters) -> list[str]:
    """Return the ids of all assets that fit *filters*, by serial number; of more than `MANY` the first `MANY` + 1."""
    return await listing.find_ids(session.connection, _asked(session, filters), session.instant)


def _asked(session: Session, filters: Filters) -> Asked:
    if filters.odata.strip():
        # By itself first, so that an error tells the place in the text that somebody wrote.
        check_filter(filters.odata)
    return Asked(odata_filter(filters, session.now), filters.search.strip() or None)
