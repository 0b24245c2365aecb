"""Imports as people see them: columns to choose, figures to look through, rows with what they change."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import Sentence
from pywats_server.exchange import said
from pywats_server.exchange.compare import state_name
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.instructions import Target
from pywats_server.exchange.kept import read_line, read_result
from pywats_server.exchange.outcomes import Change, Outcome
from pywats_server.exchange.properties import COUNTS, DATES, DEMANDS, INTERVALS, Property, amount
from pywats_server.exchange.records import Finding, Record
from pywats_server.exchange.said import sentence_of
from pywats_server.exchange.steps import SKIPPED, WARNED
from pywats_server.exchange.undo import Reason, Undone
from pywats_server.exchange.values import Unit
from pywats_server.exchange.wishes import Wishes, choice_of, read_choice
from pywats_server.instants import moment
from pywats_server.pages.entries import PROPERTIES
from pywats_server.pages.languages import translations
from pywats_server.pages.reader import current
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_
from pywats_server.services.imports import Stage, StoredImport, StoredLine

Shown = str | date | AssetState | None
"""What stands in a cell, or stood there."""

TAG, IGNORE = str(Property.TAG), str(Property.IGNORE)

STAGES: Mapping[str, str] = {
    Stage.UPLOADED: N_("Columns to be chosen"),
    Stage.READING: N_("Being read"),
    Stage.CHECKING: N_("Being checked"),
    Stage.CHECKED: N_("To be confirmed"),
    Stage.IMPORTING: N_("Being imported"),
    Stage.IMPORTED: N_("Imported"),
    Stage.UNDOING: N_("Being undone"),
    Stage.UNDONE: N_("Undone"),
    Stage.CLOSED: N_("Closed"),
}

KINDS: Mapping[str, str] = {
    Outcome.CREATED: N_("New"),
    Outcome.UPDATED: N_("Changed"),
    Outcome.UNCHANGED: N_("Unchanged"),
    Outcome.REFUSED: N_("Refused"),
    SKIPPED: N_("Not imported"),
    WARNED: N_("With a warning"),
    Undone.REMOVED: N_("Removed again"),
    Undone.RESTORED: N_("As before again"),
    Undone.LEFT: N_("Not undone"),
}
"""What came of rows, by the names of the figures."""

REASONS: Mapping[str, str] = {
    Reason.CHANGED: N_("Somebody has changed the asset since."),
    Reason.USED: N_("The asset has been used since."),
    Reason.BELOW: N_("Other assets stand below this one."),
    Reason.GONE: N_("The asset was deleted since."),
    Reason.REFUSED: N_("What was there before is not possible any more."),
}

_GROUPS: tuple[tuple[str, tuple[Property, ...]], ...] = (
    (
        N_("Asset"),
        (
            Property.SERIAL_NUMBER,
            Property.ASSET_NUMBER,
            Property.ASSET_NAME,
            Property.TYPE_NAME,
            Property.STATE,
            Property.LOCATION,
            Property.DESCRIPTION,
            Property.PART_NUMBER,
            Property.REVISION,
            Property.PARENT_SERIAL_NUMBER,
            Property.FIRST_SEEN_DATE,
        ),
    ),
    (
        N_("Calibration"),
        (Property.LAST_CALIBRATION_DATE, Property.NEXT_CALIBRATION_DATE, Property.CALIBRATION_INTERVAL),
    ),
    (
        N_("Maintenance"),
        (Property.LAST_MAINTENANCE_DATE, Property.NEXT_MAINTENANCE_DATE, Property.MAINTENANCE_INTERVAL),
    ),
    (
        N_("Counts and limits"),
        (
            Property.TOTAL_COUNT,
            Property.RUNNING_COUNT,
            Property.TOTAL_COUNT_LIMIT,
            Property.RUNNING_COUNT_LIMIT,
            Property.WARNING_THRESHOLD,
            Property.ALARM_THRESHOLD,
        ),
    ),
)
_NAMES = {
    **PROPERTIES,
    Property.ASSET_NUMBER: N_("Asset number"),
    Property.PARENT_SERIAL_NUMBER: N_("Serial number of the parent"),
}
_UNITS = {
    Unit.DAYS: N_("in days"),
    Unit.WEEKS: N_("in weeks"),
    Unit.MONTHS: N_("in months"),
    Unit.YEARS: N_("in years"),
    None: N_("with its unit"),
}
ORDERS = (
    ("", N_("As the dates show it")),
    (str(DateOrder.DMY), N_("Day first: 31.12.2026")),
    (str(DateOrder.MDY), N_("Month first: 12/31/2026")),
    (str(DateOrder.YMD), N_("Year first: 2026-12-31")),
)
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-15", "utf-16", "gb18030")


def text(message: str) -> str:
    """Return a message in the language of the page's reader."""
    return translations(current.get().language).gettext(message)


def name_of_property(property: str) -> str:
    """Return what a property, or a tag such as `tag:owner`, is called."""
    if property.startswith(f"{TAG}:"):
        return property.partition(":")[2]
    return text(_NAMES[property])


class ChosenColumn(Struct, frozen=True):
    """A column with some of its values, and what it is said, or else guessed, to be: a choice, and a tag's key."""

    header: str
    samples: list[str]
    choice: str
    key: str


def chosen_columns(found: StoredImport, wishes: Wishes) -> list[ChosenColumn]:
    """Return the columns of a list as its form shows them."""
    return [_chosen(column, wishes.columns.get(column["header"])) for column in found.understood["columns"]]


def _chosen(column: Mapping[str, Any], wanted: Target | None) -> ChosenColumn:
    target = read_choice(column["guess"]) if wanted is None else wanted
    is_tag = target.property is Property.TAG
    choice = TAG if is_tag else choice_of(target)
    return ChosenColumn(column["header"], column["samples"], choice, target.key if is_tag else column["header"])


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a column can be, in groups."""
    groups = [(text(title), [*_choices(properties)]) for title, properties in _GROUPS]
    return [*groups, (text(N_("Other")), [(TAG, text(N_("Tag"))), (IGNORE, text(N_("Leave out")))])]


def _choices(properties: tuple[Property, ...]) -> Iterator[tuple[str, str]]:
    for property in properties:
        name = text(_NAMES[property])
        if property in INTERVALS:
            yield from ((choice_of(Target(property, unit=unit)), f"{name}, {text(_UNITS[unit])}") for unit in _UNITS)
        else:
            yield str(property), name


def wishes_of(visit: Visit, found: StoredImport) -> Wishes:
    """
    Return what the form of a list says.

    Raises:
        InvalidInput: It names something that is no choice.
    """
    columns = {
        column["header"]: _target(visit, number, column["header"])
        for number, column in enumerate(found.understood["columns"])
    }
    defaults = {property: value for property in DEFAULTS if (value := visit.field(f"default.{property}"))}
    order = visit.field("dateOrder")
    return Wishes(
        columns=columns,
        defaults=defaults,
        date_order=DateOrder(order) if order in set(DateOrder) else None,
        sheet=visit.field("sheet") or None,
        encoding=visit.field("encoding") if visit.field("encoding") in ENCODINGS else None,
        clear_blank=bool(visit.field("clearBlank")),
    )


DEFAULTS = (Property.TYPE_NAME, Property.LOCATION, Property.STATE)
"""Properties for which the form takes a value that new assets have where the list gives none."""


def _target(visit: Visit, number: int, header: str) -> Target:
    choice = visit.field(f"column.{number}", IGNORE)
    return Target(Property.TAG, key=visit.field(f"key.{number}") or header) if choice == TAG else read_choice(choice)


class Tab(Struct, frozen=True):
    """One kind of rows and how many there are; `kind` is empty for all."""

    kind: str
    label: str
    count: int


def tabs(found: StoredImport) -> list[Tab]:
    """Return the kinds of rows that an import has."""
    kinds = [Tab(kind, text(label), count) for kind, label in KINDS.items() if (count := found.figures.get(kind))]
    return [Tab("", text(N_("All")), found.row_count), *kinds]


def selection(kind: str) -> dict[str, Any]:
    """Return how `imports.list_lines` is asked for the rows of a kind; of one that there is not, for all."""
    if kind == WARNED:
        return {"with_warnings": True}
    if kind in set(Undone):
        return {"undone": kind}
    return {"outcome": kind} if kind in {*Outcome, SKIPPED} else {}


class Different(Struct, frozen=True):
    """A property, as it is called, and what it was and becomes; of a new asset there is nothing that it was."""

    label: str
    old: Shown
    new: Shown


class ToldFinding(Struct, frozen=True):
    """Something about one cell: its column, as it is called, the text that stands there, and what is wrong with it."""

    column: str
    value: str
    reason: Sentence

    def __str__(self) -> str:
        cell = f"{self.column} {self.value!r}" if self.value else self.column
        return ": ".join(filter(None, (cell, self.reason.said(text))))


class ToldRow(Struct, frozen=True):
    """
    A row as it is told.

    Attributes:
        number: As an editor or a spreadsheet shows it.
        kind: `outcome`, and what it is called: `word`.
        reason: Why it was not undone; *who* changed the asset, and *at* which moment.
    """

    number: int
    serial_number: str
    label: str
    kind: str
    word: str
    differences: list[Different]
    refusals: list[ToldFinding]
    warnings: list[ToldFinding]
    undone: str | None
    undone_word: str
    reason: str
    who: str
    at: str | None


def tell(stored: StoredLine) -> ToldRow:
    """Return a row as it is told."""
    line = read_line(stored.line)
    result = read_result(line, Outcome.REFUSED, stored.result or {"changes": [], "refusals": [], "warnings": []})
    kind = stored.outcome or SKIPPED
    is_new = kind == Outcome.CREATED and line.record is not None
    differences = _values(line.record) if is_new and line.record else map(_different, result.changes)
    why = stored.reason or {}
    return ToldRow(
        number=line.number,
        serial_number=stored.serial_number or "",
        label=line.label,
        kind=kind,
        word=text(KINDS[kind]),
        differences=list(differences),
        refusals=[*map(_finding, result.refusals)],
        warnings=[*map(_finding, result.warnings)],
        undone=stored.undone,
        undone_word=text(KINDS[stored.undone]) if stored.undone else "",
        reason=_why(why),
        who=(why.get("who") or "").removeprefix("user:"),
        at=why.get("at"),
    )


def _why(reason: Mapping[str, Any]) -> str:
    """Return why a row was not undone."""
    if not reason:
        return ""
    message = sentence_of(said.read(reason["message"])).said(text) if reason["message"] else ""
    return f"{text(REASONS[reason['reason']])} {message}".strip()


def _finding(finding: Finding) -> ToldFinding:
    # A property stands for its column where a rule speaks, which knows no list.
    column = text(_NAMES[finding.column]) if finding.column in _NAMES else finding.column
    return ToldFinding(column, finding.value, sentence_of(finding.reason))


def _values(record: Record) -> Iterator[Different]:
    """Tell a new asset."""
    for property, value in {**record.values, **record.assumed}.items():
        if value is not None:
            shown = value if isinstance(value, datetime | AssetState) else str(value)
            yield Different(name_of_property(property), None, _date_or_moment(shown))
    for key, tag in record.tags.items():
        if tag is not None:
            yield Different(key, None, tag)


def _date_or_moment(value: Any) -> Any:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return value


def _different(change: Change) -> Different:
    return Different(
        name_of_property(change.property), _shown(change.property, change.old), _shown(change.property, change.new)
    )


def _shown(property: str, told: str | None) -> Shown:
    if told is None:
        return None
    if property in DATES:
        return _date_or_moment(moment(told)) if "T" in told else date.fromisoformat(told)
    return _STATES.get(told, told) if property == Property.STATE else told


_STATES = {state_name(state): state for state in AssetState}


def new_types(found: StoredImport) -> list[tuple[str, str]]:
    """Return the types that an import makes, with what they demand."""
    return [
        (
            name,
            ", ".join(f"{name_of_property(property)}: {_amount(property, number)}" for property, number in row.items()),
        )
        for name, row in found.understood.get("new_types", {}).items()
    ]


def _amount(property: str, number: float) -> str:
    return amount(Property(property), number) if property in DEMANDS - COUNTS else str(number)
