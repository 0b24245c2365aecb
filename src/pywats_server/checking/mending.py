"""Mends what follows from other facts. What changes a fact is told in the asset's log; chains and files stay as is."""

import asyncio
from collections.abc import Collection

from pywats.domains.asset.enums import AssetLogType
from pywats_server.services.backend import Backend
from pywats_server.services.differences import tell_differences
from pywats_server.services.journal import Event, tell
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Permission, Session, use_case
from pywats_server.services.settling import settle
from pywats_server.store import assets, documents, repairs
from pywats_server.store.contents import Advance
from pywats_server.store.statement import chunks

_COMMENT = "Mended by a check of the database."


async def mend(backend: Backend, keys: Collection[int], advance: Advance) -> None:
    """Mend the assets of *keys*, each in a transaction of its own."""
    done = 0
    for chunk in chunks(sorted(keys)):
        await asyncio.gather(*(backend.write(LOCAL_ADMINISTRATOR, mend_asset, key) for key in chunk))
        done += len(chunk)
        advance("mending assets", done, len(keys))


@use_case(Permission.EDIT_TOTAL_COUNT)
async def mend_asset(session: Session, key: int) -> None:
    """
    Give the asset what it should have by what is stored now: a counter, what its counts carry over, next dates, levels.

    An asset that was deleted meanwhile is let be.
    """
    if not await repairs.is_there(session.connection, key):
        return
    await _mend_counter(session, key)
    try:
        stored = await assets.find_by_key(session.connection, key)
    except (LookupError, ValueError):
        # The type is missing, or a moment cannot be read: that is told, and nothing follows from it.
        return
    before = await documents.asset_document(session.connection, key, session.instant)
    await settle(session, stored, stored.facts, stored.demands)
    await tell_differences(session, key, before, _COMMENT)


async def _mend_counter(session: Session, key: int) -> None:
    """
    Make a counter that is missing from the use by day, which is all that is known of it.

    Where counts and use by day differ, the counts stand that people have seen, and the difference is carried over.
    """
    if await repairs.add_counter(session.connection, key):
        await tell(session, key, Event(AssetLogType.UPDATE, "counter", None, "from use by day", _COMMENT))
    before, after = await repairs.balance(session.connection, key)
    if before != after:
        await tell(session, key, Event(AssetLogType.UPDATE, "carriedCount", str(before), str(after), _COMMENT))
