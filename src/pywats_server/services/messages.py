"""Messages that people and programs leave in the log of an asset."""

from pywats.domains.asset.enums import AssetLogType
from pywats_server.errors import InvalidInput, Sentence
from pywats_server.rules.texts import check_line, check_text
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.journal import Event, tell
from pywats_server.services.session import Permission, Session, use_case


@use_case(Permission.POST_MESSAGE)
async def post_message(session: Session, ref: AssetRef, text: str, user: str | None = None) -> None:
    """
    Add a message to the log of an asset.

    Args:
        user: Who is said to have written it; the log keeps the authenticated principal beside it.
    """
    if not text.strip():
        raise InvalidInput(
            Sentence("content is empty; accepted: a text with something in it."), field="content", value=text
        )
    check_text(text, "content")
    if user is not None:
        check_line(user, "user")
    asset = await find(session, ref)
    await tell(session, asset.key, Event(AssetLogType.MESSAGE, comment=text, user=user))
