"""
What a technician reads about an asset's status: one line, in a language or as keys that a program translates itself.

The key form has one item a sentence, joined by `; `: a key of `sentences.py` and its values in a fixed order, such as
`calibration.overdue(days=12, due=2026-11-10); runningCount(used=930, limit=1000, percent=93)`. Time is given in `days`,
or in `hours` (0 to 23) when it is less than a day. An asset with nothing to tell is `ok`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import floor

from pywats_server.rules.model import Reading, Verdict
from pywats_server.rules.sentences import TEXTS, Language

_LANGUAGES = {
    "en": Language.ENGLISH,
    "nb": Language.NORWEGIAN,
    "nn": Language.NORWEGIAN,
    "no": Language.NORWEGIAN,
    "de": Language.GERMAN,
    "zh": Language.CHINESE,
}


def language(culture: str | None) -> Language:
    """
    Return the language to answer a *culture* code in: that of its first part, English when it is None or unknown.

    Case does not matter, `_` is as good as `-`, and the region is ignored: `de_AT` is German, `nn-NO` Norwegian.
    """
    return (known_language(culture) if culture else None) or Language.ENGLISH


def known_language(culture: str) -> Language | None:
    """Return the language that `language` takes a *culture* code for; None when it is unknown."""
    first, *_ = culture.strip().lower().replace("_", "-").split("-")
    return _LANGUAGES.get(first)


def describe(verdict: Verdict, culture: str | None, translate: bool) -> str:
    """
    Return the message of a status: a sentence for every reading in warning or alarm, the worst first, then in
    Monitor's order. An asset without such readings gets a short line that all is well.

    Args:
        culture: Code of the language, see `language`.
        translate: False gives the key form, whatever the culture.
    """
    # The sort is stable, so readings of one level stay in the order in which the verdict has them.
    reasons = sorted(verdict.reasons, key=lambda reading: -reading.level)
    texts = TEXTS[language(culture)]
    if not reasons:
        return texts["ok"] if translate else "ok"
    separator = texts["between.sentences"] if translate else "; "
    return separator.join(describe_reading(reason, culture, translate) for reason in reasons)


def describe_reading(reading: Reading, culture: str | None, translate: bool) -> str:
    """
    Return one sentence on what a monitor shows, at whatever level.

    Days, hours and percentages are rounded down: 99.9 % is not yet 100, and nobody is told of more time than is left.
    Dates are UTC dates.
    """
    texts = TEXTS[language(culture)] if translate else None
    if reading.due_at is None:
        return _describe_count(reading, texts)
    return _describe_date(reading, reading.due_at, texts)


def _describe_count(reading: Reading, texts: Mapping[str, str] | None) -> str:
    used, limit, percent = floor(reading.used), floor(reading.limit), floor(reading.percent)
    if texts is None:
        return f"{reading.monitor}(used={used}, limit={limit}, percent={percent})"
    return texts[reading.monitor].format(used=used, limit=limit, percent=percent)


def _describe_date(reading: Reading, due_at: datetime, texts: Mapping[str, str] | None) -> str:
    key = ".".join(
        (reading.monitor, *(["never"] if reading.never_done else []), "left" if reading.exceeded < 0 else "overdue")
    )
    date = due_at.astimezone(UTC).date().isoformat()
    unit, n = _time(reading.exceeded)
    if texts is None:
        return f"{key}({unit}={n}, due={date})"
    form = {0: "zero", 1: "one"}.get(n, "other")
    return texts[key].format(time=texts[f"time.{unit}.{form}"].format(n=n), date=date)


def _time(days: float) -> tuple[str, int]:
    """The length of *days* as unit and number, rounded down; hours when it is less than a day."""
    # A timedelta undoes, to the microsecond, the division that made the number.
    length = abs(timedelta(days=days))
    return ("days", length.days) if length.days else ("hours", length // timedelta(hours=1))
