"""What asset types demand: as words, and as a form asks for it, where no number has a special meaning."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, Literal, TypeVar

from msgspec import Struct

from pywats.domains.asset.enums import IntervalMode
from pywats_server.errors import InvalidInput, Sentence
from pywats_server.pages import dates
from pywats_server.pages.languages import translations
from pywats_server.pages.reader import current
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.rules.types import MAX_INTERVAL_DAYS
from pywats_server.services.drafts import TypeDraft

N = TypeVar("N", int, float)

UNLIMITED, EXTERNAL = float(IntervalMode.UNLIMITED), float(IntervalMode.EXTERNAL)

LIMITS = {"none": N_("Unlimited"), "uses": N_("Limited to")}
INTERVALS = {
    "none": N_("Not by an interval"),
    "days": N_("Every"),
    "unlimited": N_("Unlimited: never due"),
    "external": N_("External: due as recorded from outside"),
}
WARNINGS = {"none": N_("No early warning"), "percent": N_("Early, from")}
ALARMS = {"none": N_("At the limit or due date itself"), "percent": N_("Early, from")}


class Amount(Struct, frozen=True):
    """
    A number of a type, as a form asks for it: a choice, and beside it a number that one choice takes.

    Attributes:
        name: What the number is called on the wire; the choice has `Choice` behind it.
        choices: Name and text of each.
        counted: The choice that takes the number.
    """

    name: str
    label: str
    choices: Mapping[str, str]
    counted: Literal["uses", "days", "percent"]


AMOUNTS = (
    Amount("calibrationInterval", N_("Calibration is due"), INTERVALS, "days"),
    Amount("maintenanceInterval", N_("Maintenance is due"), INTERVALS, "days"),
    Amount("runningCountLimit", N_("Uses since the last reset"), LIMITS, "uses"),
    Amount("totalCountLimit", N_("Uses in all"), LIMITS, "uses"),
    Amount("warningThreshold", N_("Warning"), WARNINGS, "percent"),
    Amount("alarmThreshold", N_("Alarm"), ALARMS, "percent"),
)


def entered(document: Mapping[str, Any]) -> dict[str, str]:
    """Return a stored type as its form is filled in."""
    filled = {"typeName": document["typeName"]}
    for amount in AMOUNTS:
        choice = _choice(amount, document[amount.name])
        filled[f"{amount.name}Choice"] = choice
        filled[amount.name] = f"{document[amount.name]:.15g}" if choice == amount.counted else ""
    return filled


def _choice(amount: Amount, number: float | None) -> str:
    if number is None or (amount.counted != "percent" and number == 0):
        return "none"
    if number >= 0:
        return amount.counted
    return "external" if number == EXTERNAL else "unlimited" if amount.counted == "days" else "none"


BLANK = {"typeName": ""} | {
    name: value for amount in AMOUNTS for name, value in ((f"{amount.name}Choice", "none"), (amount.name, ""))
}
"""A form for a new type."""


def sent(visit: Visit) -> dict[str, str]:
    """Return the form as it was filled in."""
    return {name: visit.field(name, value) for name, value in BLANK.items()}


def draft(filled: Mapping[str, str], type_id: str) -> TypeDraft:
    """
    Return the type that a form means.

    Raises:
        InvalidInput: A number is missing, or out of range; `details` has the `field`.
    """
    whole, days, percent = _reader(int, "uses"), _reader(float, "days"), _reader(float, "percent")
    return TypeDraft(
        type_id=type_id,
        type_name=filled["typeName"],
        running_count_limit=whole(filled, "runningCountLimit"),
        total_count_limit=whole(filled, "totalCountLimit"),
        calibration_interval_days=days(filled, "calibrationInterval"),
        maintenance_interval_days=days(filled, "maintenanceInterval"),
        warning_threshold_percent=percent(filled, "warningThreshold"),
        alarm_threshold_percent=percent(filled, "alarmThreshold"),
    )


_UNCOUNTED: Mapping[str, float | None] = {"none": None, "unlimited": UNLIMITED, "external": EXTERNAL}
_RANGES: Mapping[str, tuple[float, float, str]] = {
    "uses": (1, MAX_COUNT, N_("Give a whole number of uses from 1 on.")),
    "days": (0, MAX_INTERVAL_DAYS, N_("Give a number of days above 0, such as 365; a century is the longest.")),
    "percent": (0, 100, N_("Give a percentage from 0 to 100.")),
}


def _reader(kind: Callable[[str], N], counted: str) -> Callable[[Mapping[str, str], str], Any]:
    least, most, accepted = _RANGES[counted]

    def read(filled: Mapping[str, str], name: str) -> float | None:
        choice, text = filled[f"{name}Choice"], filled[name]
        if choice != counted:
            return _UNCOUNTED.get(choice)
        number = _number(kind, text)
        if number is None or not least <= number <= most or (counted == "days" and number == 0):
            raise InvalidInput(Sentence(accepted), field=name, value=text, accepted=accepted)
        return number

    return read


def _number(kind: Callable[[str], N], text: str) -> N | None:
    try:
        number = kind(text.replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < inf else None


def _said(message: str, **values: float) -> str:
    language = current.get().language
    told = {name: dates.number(value, language) for name, value in values.items()}
    return translations(language).gettext(message) % told


def interval(days: float | None) -> str:
    """Return an interval in words."""
    if not days:
        return _said(N_("Not by an interval"))
    if days in (UNLIMITED, EXTERNAL):
        return _said(N_("Unlimited") if days == UNLIMITED else N_("External"))
    return _said(N_("Every day") if days == 1 else N_("Every %(days)s days"), days=days)


def limit(uses: int | None) -> str:
    """Return a limit of a count in words."""
    return _said(N_("%(uses)s uses"), uses=uses) if uses is not None and uses > 0 else _said(N_("Unlimited"))


def threshold(percent: float | None) -> str | None:
    """Return a threshold in words, None where there is none."""
    return None if percent is None else _said(N_("%(percent)s%%"), percent=percent)
