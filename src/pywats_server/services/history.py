"""Looking through what happened to assets, and how types, tokens and users were changed."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from pywats.domains.asset.enums import AssetLogType
from pywats_server.instants import instant
from pywats_server.rules.ids import read_id
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import assets, history
from pywats_server.store.history import Change as Change
from pywats_server.store.history import LogEntry as LogEntry
from pywats_server.store.history import Page as Page
from pywats_server.store.history import Place as Place


class Search(Struct, frozen=True):
    """
    What somebody looks for in a log; empty is anything. Names and texts are found whatever their case.

    Attributes:
        who: Part of the name of whoever did it, or is said to have.
        text: Part of a comment, a value, or the name of a property.
        since: At this moment or later.
        before: Before this moment.
    """

    who: str = ""
    text: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def wanted(self, asset_key: int | None = None, kinds: Collection[int | str] = ()) -> history.Wanted:
        """Return what is looked for, of an asset or all, and of these *kinds* or any."""
        return history.Wanted(
            asset_key=asset_key,
            kinds=list(kinds) or None,
            who=self.who.lower() or None,
            text=self.text.lower() or None,
            since=None if self.since is None else instant(self.since),
            before=None if self.before is None else instant(self.before),
        )


@use_case(Permission.READ)
async def look_through_log(
    session: Session,
    search: Search = Search(),  # noqa: B008 - it cannot be changed
    asset: str | None = None,
    kinds: Collection[AssetLogType] = (),
    after: Place | None = None,
    top: int = 50,
) -> Page[LogEntry]:
    """
    Return the *top* newest entries of the log that are looked for and stand behind *after*.

    Args:
        asset: The id or the serial number of an asset.

    Raises:
        NotFound: There is no such asset.
    """
    key = None if asset is None else await _key(session, asset)
    return await history.LOG.page(session.connection, search.wanted(key, [*map(int, kinds)]), after, top)


async def _key(session: Session, asset: str) -> int:
    asset_id = read_id(asset)
    found = await assets.find_by_id(session.connection, asset_id) if asset_id else None
    return (found or await find(session, AssetRef(serial_number=asset))).key


@use_case(Permission.READ)
async def look_through_changes(
    session: Session,
    search: Search = Search(),  # noqa: B008 - it cannot be changed
    kinds: Collection[str] = (),
    after: Place | None = None,
    top: int = 50,
) -> Page[Change]:
    """Return the *top* newest changes that are looked for, of these *kinds* of subjects, and stand behind *after*."""
    return await history.CHANGES.page(session.connection, search.wanted(kinds=kinds), after, top)
