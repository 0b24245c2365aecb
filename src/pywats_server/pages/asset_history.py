"""What somebody looks for in the history of an asset, as the address of the page says it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec import Struct

from pywats.domains.asset.enums import AssetLogType
from pywats_server.errors import DomainError, InvalidInput
from pywats_server.instants import instant, read_moment
from pywats_server.pages import days
from pywats_server.pages.asset_forms import is_number
from pywats_server.pages.visit import Visit
from pywats_server.services.history import Place, Search

KINDS: Mapping[str, AssetLogType] = {kind.name.lower().replace("_", "-"): kind for kind in AssetLogType}
"""The kinds of events by the names that addresses have for them."""

_FILTERS = ("kind", "text", "from", "to")


class Wanted(Struct, frozen=True):
    """What is looked for: a *search*, and events of some *kinds* or any."""

    search: Search = Search()
    kinds: tuple[AssetLogType, ...] = ()


def wanted(visit: Visit) -> tuple[Wanted, DomainError | None]:
    """Return what is looked for, and what of it cannot be read, in which case everything is."""
    query = visit.query
    kinds = tuple(KINDS[name] for name in query.getlist("kind") if name in KINDS)
    try:
        since = days.first_moment(query.get("from", ""), "from", visit.reader)
        before = days.end(query.get("to", ""), "to", visit.reader)
    except InvalidInput as error:
        return Wanted(), error
    who, text = (query.get(name, "").strip() for name in ("who", "text"))
    return Wanted(Search(who, text, since, before), kinds), None


def place(visit: Visit) -> Place | None:
    """Return the place in the log that the page begins behind; None is the beginning, as is what is no place."""
    date, _, number = visit.query.get("after", "").partition("~")
    try:
        return Place(instant(read_moment(date)), int(number)) if is_number(number) else None
    except ValueError:
        return None


def next_address(visit: Visit, next: Place | None) -> str | None:
    """Return the address of the page that begins behind *next*."""
    if next is None:
        return None
    asked = [(name, value) for name, value in visit.query.multi_items() if name != "after"]
    return f"{visit.request.url.path}?{urlencode([*asked, ('after', f'{next.date}~{next.number}')])}"


def log_address(visit: Visit, serial_number: str) -> str:
    """Return the address of the log where it tells of one asset alone, and of the same as the history."""
    asked = [(name, value) for name, value in visit.query.multi_items() if name in _FILTERS and value.strip()]
    return f"/log?{urlencode([('serialNumber', serial_number), *asked])}"
