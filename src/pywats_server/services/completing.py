"""Which asset somebody may mean who has typed a part of its serial number, or of anything else that it says."""

from pywats_server.rules.texts import is_line
from pywats_server.services.filters import Filters
from pywats_server.services.listing import Order, list_page
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import completing


@use_case(Permission.READ)
async def complete_serial_number(session: Session, typed: str, top: int = 12) -> list[tuple[str, str]]:
    """
    Return up to *top* serial numbers, each with the asset's name or that of its type.

    They begin with what was typed; where none does, the asset says it somewhere.
    """
    if not is_line(typed):
        return []
    found = await completing.beginning_with(session.connection, typed, top)
    if found:
        return found
    page = await list_page(session, Filters(search=typed), Order("serialNumber"), top)
    return [(asset["serialNumber"], asset["assetName"] or asset["typeName"]) for asset in page.assets]
