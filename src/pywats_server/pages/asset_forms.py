"""What forms about one asset hold: which asset they are about, what was entered, and what that means."""

from starlette.datastructures import UploadFile

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import Conflict, InvalidInput, PreconditionFailed, RuleViolation, Sentence
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import SLUGS
from pywats_server.services.identify import AssetRef

WRONG = (InvalidInput, RuleViolation, Conflict, PreconditionFailed)
"""What a form is shown again for, with what was entered."""

_MOST_DIGITS = 18


def ref_of(visit: Visit) -> AssetRef:
    """Return the asset that the address names."""
    return AssetRef(visit.param("asset_id"))


def address_of(asset_id: str) -> str:
    """Return the address of an asset's page."""
    return f"/assets/{asset_id}"


def is_number(text: str) -> bool:
    """Tell whether *text* is nothing but the digits of a number that every database can take."""
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def whole_number(visit: Visit, field: str) -> int | None:
    """
    Return the whole number in a *field*; None when it is empty.

    Raises:
        InvalidInput: It is none.
    """
    text = visit.field(field)
    if not text:
        return None
    if not is_number(text.removeprefix("-")):
        sentence = Sentence("%(value)s is no count; accepted: a whole number of 0 or more.", value=repr(text))
        raise InvalidInput(sentence, field=field, value=text)
    return int(text)


def versions(visit: Visit) -> tuple[int, ...] | None:
    """Return the version of the asset that a form was made of, the only one that it may change; None for any."""
    text = visit.field("version")
    return (int(text),) if is_number(text) else None


def state(visit: Visit) -> AssetState:
    """
    Return the state that was chosen.

    Raises:
        InvalidInput: There is no such state.
    """
    chosen = SLUGS.get(visit.field("state"))
    if not isinstance(chosen, AssetState):
        raise InvalidInput(Sentence("No state was chosen; accepted: one of those that are offered."), field="state")
    return chosen


def tags(visit: Visit) -> list[tuple[str, str]]:
    """Return the tags that have a key, in the order of the form."""
    pairs = zip(visit.fields("tag.key"), visit.fields("tag.value"), strict=False)
    return [(key.strip(), value.strip()) for key, value in pairs if key.strip()]


async def uploads(visit: Visit, field: str) -> list[tuple[str, bytes]]:
    """Return the files that came in a *field*, each with its name and its bytes."""
    came = [file for file in visit.form.getlist(field) if isinstance(file, UploadFile) and file.filename]
    return [(_name(file.filename or ""), await file.read()) for file in came]


def _name(told: str) -> str:
    """Return the name of a file without the folders that some programs tell with it."""
    return told.replace("\\", "/").rpartition("/")[2]
