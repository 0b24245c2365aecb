"""Going through a place and confirming what is there."""

from msgspec import Struct

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.rules.texts import check_line
from pywats_server.services.assets import save_asset
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.messages import post_message
from pywats_server.services.reading import view
from pywats_server.services.session import Permission, Session, permission_of, use_case


class Seen(Struct, frozen=True):
    """
    An asset that was found somewhere.

    Attributes:
        registered_at: The location that the asset had; None where it had none.
        is_moved: Whether its location was set to where it was found.
    """

    serial_number: str
    registered_at: str | None
    is_moved: bool


@use_case(Permission.POST_MESSAGE)
async def confirm_location(session: Session, ref: AssetRef, location: str) -> Seen:
    """
    Note that an asset was seen at *location*, with one message in its log, and move it there.

    Who may not edit assets leaves its location as it was; the message says where it was seen all the same.

    Raises:
        InvalidInput: *location* is empty, too long or cannot be printed.
    """
    if not location:
        raise InvalidInput(Sentence("There is no location; accepted: where you are."), field="location")
    check_line(location, "location")
    asset = await find(session, ref)
    registered = (await view(session, asset)).document["location"]
    moves = registered != location and session.principal.role.may(permission_of(save_asset))
    if moves:
        draft = AssetDraft(asset_id=asset.asset_id, serial_number=asset.serial_number, location=location)
        await save_asset(session, draft)
    await post_message(session, ref, f"Inventory: seen at {location}.")
    return Seen(asset.serial_number, registered, moves)
