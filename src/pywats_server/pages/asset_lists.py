"""The list of assets as its address has it: filters, order, columns and the place in it; read, and written again."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from pywats_server.pages.words import ALARM_STATES, N_, STATES, slug
from pywats_server.services.filters import Due, Filters
from pywats_server.services.listing import AMONG_MANY, REGISTERED, Mark, Order

T = TypeVar("T")

PAGE_SIZE = 50

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of the list.

    Attributes:
        label: In English.
        sorts_by: The property, by its wire name, that it is sorted by; None where it cannot be.
        is_number: Whether it stands at the right.
    """

    name: str
    label: str
    sorts_by: str | None
    is_number: bool = False


COLUMNS = {
    column.name: column
    for column in (
        Column("serial", N_("Serial number"), "serialNumber"),
        Column("name", N_("Name"), "assetName"),
        Column("type", N_("Type"), "typeName"),
        Column("status", N_("Status"), "alarmState"),
        Column("state", N_("State"), "state"),
        Column("location", N_("Location"), "location"),
        Column("due", N_("Next due"), "dueDate"),
        Column("calibration", N_("Calibration due"), "nextCalibrationDate"),
        Column("calibrated", N_("Calibrated on"), "lastCalibrationDate"),
        Column("maintenance", N_("Maintenance due"), "nextMaintenanceDate"),
        Column("maintained", N_("Maintained on"), "lastMaintenanceDate"),
        Column("running", N_("Running count"), "runningCount", is_number=True),
        Column("total", N_("Total count"), "totalCount", is_number=True),
        Column("part", N_("Part number"), "partNumber"),
        Column("revision", N_("Revision"), "revision"),
        Column("parent", N_("Mounted in"), "parentSerialNumber"),
        Column("seen", N_("Last used"), "lastSeenDate"),
        Column("tags", N_("Tags"), None),
    )
}
"""Every column that can be chosen, in the order in which they stand. The first one is always there."""

USUAL = ("serial", "name", "type", "status", "state", "location", "due", "running")
"""The columns where nobody chose."""

ALWAYS = "serial"

_ORDERS = {**{name: column.sorts_by for name, column in COLUMNS.items() if column.sorts_by}, "registered": REGISTERED}
_NAMES = {by: name for name, by in _ORDERS.items()}
_DUE = {due.value: due for due in Due}
_STATES = {slug(state): state for state in STATES}
_ALARMS = {slug(state): state for state in ALARM_STATES}

SERIAL = Order("serialNumber")


@dataclass(frozen=True, slots=True)
class ListAddress:
    """
    What an address asks for.

    Attributes:
        start: A place in the list, and the order that it is a place of; None is the first page.
        backwards: The page ends before *start*.
        view: The number of the saved view that was opened.
    """

    filters: Filters = field(default_factory=Filters)
    order: Order = SERIAL
    columns: tuple[str, ...] = USUAL
    start: tuple[Order, Mark] | None = None
    backwards: bool = False
    view: int | None = None

    def query(self) -> str:
        """Return what stands behind the question mark for the first page of this list."""
        return urlencode(list(self.pairs()))

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Yield names and values of the query, without what is as usual and without a place."""
        yield from filter_pairs(self.filters)
        if self.order != SERIAL:
            yield "sort", sort_name(self.order)
        if self.columns != USUAL:
            yield "columns", ",".join(self.columns)

    def address(self, **changes: Any) -> str:
        """Return the address of the first page of this list with *changes*, such as another `order`."""
        query = replace(self, **{"start": None, "view": None, **changes}).query()
        return f"/assets?{query}" if query else "/assets"

    def at(self, order: Order, mark: Mark | None, *, backwards: bool = False) -> str | None:
        """Return the address of the page that begins behind *mark*, or ends before it; None where there is none."""
        if mark is None:
            return None
        name = "before" if backwards else "after"
        view = [] if self.view is None else [("view", str(self.view))]
        query = urlencode([*self.pairs(), *view, (name, _written(order, mark))])
        return f"/assets?{query}"


def read_address(query: QueryParams) -> ListAddress:
    """Return what the *query* of an address asks for. What it says that means nothing is not heeded."""
    start, backwards = _start(query)
    view = query.get("view", "")
    return ListAddress(
        read_filters(query),
        _order(query.get("sort", "")),
        _columns(query.getlist("columns")),
        start,
        backwards,
        int(view) if view.isascii() and view.isdigit() and len(view) < 16 else None,
    )


def read_filters(query: QueryParams) -> Filters:
    """Return the filters of an address."""

    def line(name: str) -> str:
        return _UNSEEN.sub(" ", query.get(name, "")).strip()

    return Filters(
        search=line("q")[:200],
        types=tuple(dict.fromkeys(_UNSEEN.sub("", value) for value in query.getlist("type") if value)),
        states=_known(_STATES, query.getlist("state")),
        alarms=_known(_ALARMS, query.getlist("alarm")),
        location=line("location") or None,
        tag=line("tag") or None,
        due=_DUE.get(query.get("due", "")),
        never_calibrated=query.get("never") == "1",
        near_count_limit=query.get("count") == "1",
        out_for_calibration=query.get("out") == "1",
        odata=line("filter"),
    )


def filter_pairs(filters: Filters) -> Iterable[tuple[str, str]]:
    """Yield names and values of the query that say *filters*."""
    texts = {
        "q": filters.search,
        "location": filters.location,
        "tag": filters.tag,
        "due": filters.due and filters.due.value,
        "never": "1" if filters.never_calibrated else None,
        "count": "1" if filters.near_count_limit else None,
        "out": "1" if filters.out_for_calibration else None,
        "filter": filters.odata,
    }
    yield from (("type", type_id) for type_id in filters.types)
    yield from (("state", slug(state)) for state in filters.states)
    yield from (("alarm", slug(state)) for state in filters.alarms)
    yield from ((name, value) for name, value in texts.items() if value)


def without_each(asked: ListAddress) -> Iterator[tuple[str, str, str]]:
    """Yield name and value of each filter, and the address of the list without it."""
    pairs = list(filter_pairs(asked.filters))
    others = [pair for pair in asked.pairs() if pair not in pairs]
    for number, (name, value) in enumerate(pairs):
        left = [*pairs[:number], *pairs[number + 1 :], *others]
        yield name, value, f"/assets?{urlencode(left)}" if left else "/assets"


def sort_name(order: Order) -> str:
    """Return an order as an address has it: the name of a column, with a minus in front when it is descending."""
    return f"{'-' if order.descending else ''}{_NAMES[order.by]}"


def can_sort(order: Order, *, is_few: bool) -> bool:
    """Tell whether a list can be had in this order."""
    return is_few or order in AMONG_MANY


def _known(names: Mapping[str, T], given: Iterable[str]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(names[name] for name in given if name in names))


def _order(text: str) -> Order:
    asked = text.removeprefix("-")
    by = _ORDERS.get(asked, asked if asked in _NAMES else None)
    return SERIAL if by is None else Order(by, descending=text.startswith("-"))


def _columns(given: Iterable[str]) -> tuple[str, ...]:
    chosen = {name for value in given for name in value.split(",")}
    return tuple(name for name in COLUMNS if name in chosen or name == ALWAYS) if chosen & COLUMNS.keys() else USUAL


def _start(query: QueryParams) -> tuple[tuple[Order, Mark] | None, bool]:
    backwards = "before" in query
    return _read(query.get("before") or query.get("after") or ""), backwards


def _written(order: Order, mark: Mark) -> str:
    text = json.dumps([sort_name(order), mark.value, mark.key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str) -> tuple[Order, Mark] | None:
    """Return the place that `_written` wrote; None when it did not write this."""
    try:
        sort, value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return _order(sort), Mark(value, key)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
