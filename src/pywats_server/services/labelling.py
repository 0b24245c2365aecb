"""What labels say of assets, and what somebody who scanned one may have meant."""

from collections.abc import Sequence

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import case_key, is_line
from pywats_server.services.filters import Filters
from pywats_server.services.listing import Order, list_page
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import labelled
from pywats_server.store.labelled import Labelled as Labelled

MAX_LABELS = 5000
"""The most labels that are made at once."""

_SIMILAR = 6
# Fewer characters in common are no likeness.
_COMMON = 3


@use_case(Permission.READ)
async def list_labelled(session: Session, asset_ids: Sequence[str]) -> list[Labelled]:
    """
    Return what labels say of the assets that have these ids and still exist, in this order and each once.

    Raises:
        InvalidInput: There are more than `MAX_LABELS`.
    """
    wanted = list(dict.fromkeys(read_id(asset_id) or "" for asset_id in asset_ids))
    _check_number(len(wanted))
    found = {asset.asset_id: asset for asset in await labelled.by_id(session.connection, wanted)}
    return [found[asset_id] for asset_id in wanted if asset_id in found]


@use_case(Permission.READ)
async def list_labelled_serials(session: Session, serial_numbers: Sequence[str]) -> tuple[list[Labelled], list[str]]:
    """
    Return what labels say of the assets with these serial numbers, in this order, and which of these no asset has.

    Raises:
        InvalidInput: There are more than `MAX_LABELS`.
    """
    wanted = list(dict.fromkeys(serial_numbers))
    _check_number(len(wanted))
    rows = await labelled.by_serial(session.connection, [one for one in wanted if is_line(one)])
    found = {asset.serial_number: asset for asset in rows}
    return [found[one] for one in wanted if one in found], [one for one in wanted if one not in found]


def _check_number(number: int) -> None:
    if number > MAX_LABELS:
        raise InvalidInput(
            Sentence("There are %(number)s assets; accepted: up to %(most)s at once.", number=number, most=MAX_LABELS),
            field="id",
            value=number,
        )


@use_case(Permission.READ)
async def find_scanned(session: Session, texts: Sequence[str]) -> str | None:
    """Return the id of the asset whose serial number is the first of *texts* that is one; None when none is."""
    rows = await labelled.by_serial(session.connection, [text for text in texts if is_line(text)])
    found = {asset.serial_number: asset.asset_id for asset in rows}
    return next((found[text] for text in texts if text in found), None)


@use_case(Permission.READ)
async def find_similar(session: Session, text: str) -> list[str]:
    """
    Return serial numbers that somebody may have meant by *text*, which is none: the likeliest first, a few.

    The same in other letters comes first, then what has *text* in it, then what begins alike.
    """
    if not (text.strip() and is_line(text)):
        return []
    page = await list_page(session, Filters(search=text), Order("serialNumber"), _SIMILAR)
    holding = [str(asset["serialNumber"]) for asset in page.assets]
    beside = await labelled.neighbours(session.connection, text, _SIMILAR)
    alike = [one for one in beside if _in_common(one, text) >= min(_COMMON, len(text))]
    alike.sort(key=lambda one: -_in_common(one, text))
    same = [one for one in (*holding, *alike) if case_key(one) == case_key(text)]
    return list(dict.fromkeys((*same, *holding, *alike)))[:_SIMILAR]


def _in_common(one: str, other: str) -> int:
    """Return with how many characters both texts begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))
