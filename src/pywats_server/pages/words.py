"""What the numbers of the domain are called on a page, in English; the languages' catalogs have the rest."""

from enum import Enum
from typing import Any

from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState, IntervalMode
from pywats_server.pages.languages import translations
from pywats_server.pages.reader import current
from pywats_server.services.session import Role


def N_(message: str) -> str:  # noqa: N802 - the name by which messages are found that are translated later
    """Mark a message that is translated where it is shown."""
    return message


WORDS: dict[type[Enum], dict[Any, str]] = {
    AssetState: {
        AssetState.UNKNOWN: N_("Unknown"),
        AssetState.IN_OPERATION: N_("In operation"),
        AssetState.IN_TRANSIT: N_("In transit"),
        AssetState.IN_MAINTENANCE: N_("In maintenance"),
        AssetState.IN_CALIBRATION: N_("In calibration"),
        AssetState.IN_STORAGE: N_("In storage"),
        AssetState.SCRAPPED: N_("Scrapped"),
    },
    AssetAlarmState: {
        AssetAlarmState.OK: N_("OK"),
        AssetAlarmState.WARNING: N_("Warning"),
        AssetAlarmState.ALARM: N_("Alarm"),
    },
    AssetLogType: {
        AssetLogType.MESSAGE: N_("Message"),
        AssetLogType.REGISTER: N_("Registered"),
        AssetLogType.UPDATE: N_("Changed"),
        AssetLogType.RESET_COUNT: N_("Count reset"),
        AssetLogType.CALIBRATION: N_("Calibration"),
        AssetLogType.MAINTENANCE: N_("Maintenance"),
        AssetLogType.STATE_CHANGE: N_("State changed"),
    },
    IntervalMode: {
        IntervalMode.NORMAL: N_("By interval"),
        IntervalMode.UNLIMITED: N_("Unlimited"),
        IntervalMode.EXTERNAL: N_("External"),
    },
    Role: {
        Role.VIEWER: N_("Viewer"),
        Role.OPERATOR: N_("Operator"),
        Role.MANAGER: N_("Manager"),
        Role.ADMINISTRATOR: N_("Administrator"),
    },
}
"""
The name of every state, alarm state, kind of event, kind of interval and role.

They stand apart, because those of different kinds are equal when they have the same number.
"""

STATES = tuple(AssetState)
ALARM_STATES = tuple(AssetAlarmState)


def word(value: Enum) -> str:
    """Return what a state, alarm state, kind of event or role is called in the language of the page's reader."""
    return translations(current.get().language).gettext(WORDS[type(value)][value])


def slug(value: Enum) -> str:
    """Return the name of a state or alarm state as addresses and style sheets have it, such as `in-operation`."""
    return value.name.lower().replace("_", "-")


SLUGS = {slug(value): value for value in (*STATES, *ALARM_STATES)}
