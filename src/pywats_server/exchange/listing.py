"""Lists stored assets under the headers that an import understands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.cells import Word
from pywats_server.exchange.compare import state_name
from pywats_server.exchange.properties import DATES, INTERVALS, Property
from pywats_server.exchange.writer import Written
from pywats_server.instants import moment
from pywats_server.odata.query import Query
from pywats_server.services import reading, types
from pywats_server.services.session import Permission, Session, use_case

_EVERYTHING = 2**31 - 1

_COLUMNS = [property for property in Property if property not in (Property.ASSET_NUMBER, Property.TAG, Property.IGNORE)]


@dataclass(frozen=True, slots=True)
class Listing:
    """A table to write: a header for each column, and a row for each asset."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Written]]


@use_case(Permission.READ)
async def list_for_export(session: Session, filter: str | None = None) -> Listing:
    """
    Return all assets that fit the OData *filter*, by serial number, with their types' intervals and each tag.

    Raises:
        InvalidQuery: *filter* cannot be read.
    """
    query = Query(filter=filter, orderby="serialNumber", top=_EVERYTHING)
    documents = (await reading.list_assets(session, query)).documents
    stored_types = {stored["typeId"]: stored for stored in await types.list_types(session, Query(top=_EVERYTHING))}
    keys = list(dict.fromkeys(key for document in documents for key, _ in document["tags"]))
    headers = [*_COLUMNS, *(f"tag:{key}" for key in keys)]
    return Listing(headers, [_row(document, stored_types[document["typeId"]], keys) for document in documents])


def _row(document: Mapping[str, Any], stored_type: Mapping[str, Any], keys: Sequence[str]) -> list[Written]:
    tags = dict(document["tags"])
    return [*(_cell(property, document, stored_type) for property in _COLUMNS), *map(tags.get, keys)]


def _cell(property: Property, document: Mapping[str, Any], stored_type: Mapping[str, Any]) -> Written:
    if property in INTERVALS:
        return stored_type[property]  # type: ignore[no-any-return]
    value: Any = document[property]
    if property is Property.STATE:
        return Word(state_name(AssetState(value)))
    return moment(value) if property in DATES and value is not None else value
