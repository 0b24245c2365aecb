"""The tags of assets."""

from collections.abc import Sequence

from pywats_server.errors import RuleViolation, Sentence
from pywats_server.rules.texts import check_line, check_name
from pywats_server.services.differences import tell_differences
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents, tags

MAX_TAGS = 100
_MAX_VALUE = 1000


def check_tags(wanted: Sequence[tuple[str, str]]) -> None:
    """
    Accept up to `MAX_TAGS` tags with printable keys, each key once.

    Raises:
        InvalidInput: A key or value is empty, too long or cannot be printed.
        RuleViolation: There are too many, or a key comes twice.
    """
    if len(wanted) > MAX_TAGS:
        raise RuleViolation(
            Sentence("%(number)s tags are too many; accepted: up to %(most)s.", number=len(wanted), most=MAX_TAGS),
            field="tags",
            value=len(wanted),
        )
    seen: set[str] = set()
    for key, value in wanted:
        check_name(key, "tags.key")
        check_line(value, "tags.value", _MAX_VALUE)
        if key in seen:
            raise RuleViolation(
                Sentence("The tag %(key)r comes twice; accepted: each key once.", key=key), field="tags.key", value=key
            )
        seen.add(key)


@use_case(Permission.READ)
async def get_tags(session: Session, ref: AssetRef) -> list[tuple[str, str]]:
    """Return the tags of an asset, in the order in which they were set."""
    return await tags.of_asset(session.connection, (await find(session, ref)).key)


@use_case(Permission.EDIT_ASSET)
async def set_tags(session: Session, ref: AssetRef, wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give an asset exactly these tags and return them."""
    check_tags(wanted)
    asset = await find(session, ref)
    before = await documents.asset_document(session.connection, asset.key, session.instant)
    await tags.replace(session.connection, asset.key, wanted)
    await tell_differences(session, asset.key, before)
    return await tags.of_asset(session.connection, asset.key)
