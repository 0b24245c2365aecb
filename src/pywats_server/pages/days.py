"""Days that people write into forms, as moments in their own time zone."""

from datetime import UTC, date, datetime, time, timedelta

from pywats_server.errors import InvalidInput, RuleViolation, Sentence
from pywats_server.pages.reader import Reader


def today(reader: Reader) -> date:
    """Return the day that it is for *reader*."""
    return reader.now.astimezone(reader.zone).date()


def first_moment(text: str, field: str, reader: Reader) -> datetime | None:
    """
    Return the first moment, in UTC, of the day that a *field* names as `2026-03-10`; None where it names none.

    Raises:
        InvalidInput: It is no day.
    """
    return _beginning(text, field, reader, timedelta())


def end(text: str, field: str, reader: Reader) -> datetime | None:
    """Return the first moment, in UTC, after the day that a *field* names; else as `first_moment`."""
    return _beginning(text, field, reader, timedelta(days=1))


def _beginning(text: str, field: str, reader: Reader, later: timedelta) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + later, time(), reader.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        sentence = Sentence("%(value)s is no day; accepted: a day such as 2026-03-10.", value=repr(text))
        raise InvalidInput(sentence, field=field, value=text) from None


def moment_done(text: str, field: str, reader: Reader) -> datetime | None:
    """
    Return when something was done on the day that a *field* names; None, which is now, for today and for no day.

    Raises:
        InvalidInput: It is no day.
        RuleViolation: The day has not come yet.
    """
    at = first_moment(text, field, reader)
    if at is None or at.astimezone(reader.zone).date() == today(reader):
        return None
    if at > reader.now:
        sentence = Sentence("%(day)s has not come yet; accepted: today or an earlier day.", day=text)
        raise RuleViolation(sentence, field=field, value=text)
    return at
