"""Conditions that tell which level counts have reached."""

from sqlalchemy import ColumnElement, Integer, false, literal_column, or_

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.rules.marks import CountMarks
from pywats_server.store.tables import asset, asset_counter


def number(level: AssetAlarmState) -> ColumnElement[int]:
    """Return a level as it is kept, within the statement's text: a parameter would be given anew each time."""
    return literal_column(str(int(level)), Integer)


def is_watched() -> ColumnElement[bool]:
    """Tell whether an asset can reach any level: a scrapped one cannot."""
    return asset.c.state != int(AssetState.SCRAPPED)


def by_counts(level: AssetAlarmState, running: CountMarks, total: CountMarks) -> ColumnElement[bool]:
    """Tell whether a count has reached *level*, a warning or an alarm, by the marks of both counts."""
    counts = ((asset_counter.c.running_count, running), (asset_counter.c.total_count, total))
    marks = ((count, marks.alarm if level is AssetAlarmState.ALARM else marks.warning) for count, marks in counts)
    return or_(false(), *(count >= mark for count, mark in marks if mark is not None))
