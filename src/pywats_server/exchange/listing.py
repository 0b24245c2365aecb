"""Lists stored assets under the headers that an import understands."""

import json
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.cells import Word
from pywats_server.exchange.compare import state_name
from pywats_server.exchange.properties import DATES, DEMANDS, Property
from pywats_server.exchange.writer import Written
from pywats_server.instants import moment
from pywats_server.odata.query import Query
from pywats_server.services import reading, types
from pywats_server.services.listing import Page, Start
from pywats_server.services.session import Permission, Session, use_case

_EVERYTHING = 2**31 - 1
_BYTES_IN_MEMORY = 1024 * 1024

_COLUMNS = [property for property in Property if property not in (Property.ASSET_NUMBER, Property.TAG, Property.IGNORE)]


class Listing:
    """
    A table to write: a header for each column, and a row for each asset.

    Long ones wait on disk, because which tags there are is known after the last row only; leaving it throws them away.
    """

    def __init__(self, stored_types: Mapping[str, Mapping[str, Any]]) -> None:
        self._types = stored_types
        # A text for each asset, closed by __exit__.
        self._file = tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115
        self._names: Sequence[str] = ()
        self._tag_keys: dict[str, None] = {}
        self._length = 0

    def __enter__(self) -> "Listing":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None) -> None:
        """Throw the rows away."""
        self._file.close()

    def __len__(self) -> int:
        """How many assets there are."""
        return self._length

    def take(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add assets; see `reading.Take`."""
        self._names = names
        self._length += len(rows)
        for row in rows:
            self._tag_keys.update((key, None) for key, _ in row[-1])
            print(json.dumps(row), file=self._file)

    def add(self, assets: Sequence[Mapping[str, Any]]) -> None:
        """Add assets as documents, all of which have the same names, with `tags` last."""
        if assets:
            self.take(tuple(assets[0]), [tuple(asset.values()) for asset in assets])

    @property
    def headers(self) -> list[str]:
        """The headers of all columns; each tag has one, in the order in which they are met."""
        return [*_COLUMNS, *(f"tag:{key}" for key in self._tag_keys)]

    @property
    def rows(self) -> Iterator[list[Written]]:
        """The rows, one after the other."""
        self._file.seek(0)
        for line in self._file:
            document = dict(zip(self._names, json.loads(line), strict=True))
            tags = dict(document["tags"])
            stored_type = self._types[document["typeId"]]
            yield [*(_cell(property, document, stored_type) for property in _COLUMNS), *map(tags.get, self._tag_keys)]


@use_case(Permission.READ)
async def begin_listing(session: Session) -> Listing:
    """Return an empty table, which knows what types demand."""
    stored_types = await types.list_types(session, Query(top=_EVERYTHING))
    return Listing({stored["typeId"]: stored for stored in stored_types})


async def add_pages(table: Listing, look: Callable[[Start | None], Coroutine[Any, Any, Page]]) -> None:
    """
    Add all assets of a list to *table*, page by page, so that no question takes long.

    Args:
        look: Returns the page that begins at a place, or the first one.
    """
    page = await look(None)
    table.add(page.assets)
    while page.after is not None:
        page = await look((page.order, page.after))
        table.add(page.assets)


@use_case(Permission.READ)
async def list_for_export(session: Session, filter: str | None = None) -> Listing:
    """
    Return all assets that fit the OData *filter*, by serial number, with what their types demand and each tag.

    Raises:
        InvalidQuery: *filter* cannot be read.
    """
    query = Query(filter=filter, orderby="serialNumber", top=_EVERYTHING)
    with ExitStack() as unfinished:
        listing = unfinished.enter_context(await begin_listing(session))
        await reading.list_assets(session, query, listing.take)
        unfinished.pop_all()
        return listing


def _cell(property: Property, document: Mapping[str, Any], stored_type: Mapping[str, Any]) -> Written:
    if property in DEMANDS:
        return stored_type[property]  # type: ignore[no-any-return]
    value: Any = document[property]
    if property is Property.STATE:
        return Word(state_name(AssetState(value)))
    return moment(value) if property in DATES and value is not None else value
