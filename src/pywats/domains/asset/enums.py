"""The numbers of the WATS asset API, with the field's names for them. No dependencies: the server shares them."""

from enum import IntEnum


class AssetState(IntEnum):
    """Where a piece of equipment is in its working life, as people set it."""

    UNKNOWN = 0
    IN_OPERATION = 1
    OK = 1
    """Another name of `IN_OPERATION`."""
    IN_TRANSIT = 2
    IN_MAINTENANCE = 3
    IN_CALIBRATION = 4
    IN_STORAGE = 5
    SCRAPPED = 6
    """Decommissioned: raises no alarm any more."""


class AssetAlarmState(IntEnum):
    """What the rules make of counts and due dates: fine, first threshold passed, second threshold passed."""

    OK = 0
    WARNING = 1
    ALARM = 2


class AssetLogType(IntEnum):
    """What kind of event a log entry tells."""

    MESSAGE = 0
    REGISTER = 1
    UPDATE = 2
    RESET_COUNT = 3
    CALIBRATION = 4
    MAINTENANCE = 5
    STATE_CHANGE = 6


class IntervalMode(IntEnum):
    """
    What a calibration or maintenance interval that is no number of days means.

    Any positive interval is a number of days and works like `NORMAL`.
    """

    NORMAL = 0
    UNLIMITED = -1
    """Never due."""
    EXTERNAL = -2
    """Dates come only from externally recorded work."""
