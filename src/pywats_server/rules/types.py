"""Which limits, intervals and thresholds an asset type may have, and how those that contradict are settled."""

from collections.abc import Callable

from msgspec import structs

from pywats.domains.asset.enums import IntervalMode
from pywats_server.errors import Sentence
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.rules.intervals import SPECIAL_INTERVALS
from pywats_server.rules.model import Demands
from pywats_server.rules.refusal import refusal

MAX_INTERVAL_DAYS = 36525
"""The longest interval: a century."""

WIRE_NAMES = {
    "running_count_limit": "runningCountLimit",
    "total_count_limit": "totalCountLimit",
    "calibration_interval_days": "calibrationInterval",
    "maintenance_interval_days": "maintenanceInterval",
    "warning_threshold_percent": "warningThreshold",
    "alarm_threshold_percent": "alarmThreshold",
}
"""The name on the wire of every field of `Demands`."""

_LIMIT = Sentence("a whole number of uses up to %(most)s, or none, 0 or -1 for unlimited", most=MAX_COUNT)
_INTERVAL = Sentence(
    "a number of days above 0 and up to %(most)s, none or 0 for no interval, %(unlimited)s for unlimited, "
    "%(external)s for external",
    most=MAX_INTERVAL_DAYS,
    unlimited=IntervalMode.UNLIMITED.value,
    external=IntervalMode.EXTERNAL.value,
)
_THRESHOLD = Sentence("a percentage from 0 to 100, or none")


def check_demands(demands: Demands) -> None:
    """
    Accept demands whose every number has a meaning.

    Raises:
        RuleViolation: The first number that has none, by its wire name; `details` has `field`, `value` and `accepted`.

    Source: wire-contract.md, Asset type; the upper bounds are ours.
    """
    for name in ("running_count_limit", "total_count_limit"):
        _check(demands, name, _is_limit, _LIMIT)
    for name in ("calibration_interval_days", "maintenance_interval_days"):
        _check(demands, name, _is_interval, _INTERVAL)
    for name in ("warning_threshold_percent", "alarm_threshold_percent"):
        _check(demands, name, _is_threshold, _THRESHOLD)


def settle(demands: Demands) -> Demands:
    """
    Return *demands* as they apply: a total limit below the running limit is raised to it, and an alarm threshold below
    the warning threshold likewise. What is unlimited or not set stays so.

    Source: wire-contract.md, Asset type.
    """
    running, total = demands.running_count_limit or 0, demands.total_count_limit or 0
    if 0 < total < running:
        demands = structs.replace(demands, total_count_limit=running)
    warning, alarm = demands.warning_threshold_percent, demands.alarm_threshold_percent
    if warning is not None and alarm is not None and alarm < warning:
        demands = structs.replace(demands, alarm_threshold_percent=warning)
    return demands


def _check(demands: Demands, name: str, is_accepted: Callable[[float], bool], accepted: Sentence) -> None:
    value = getattr(demands, name)
    if value is not None and not is_accepted(value):
        raise refusal(WIRE_NAMES[name], value, accepted)


def _is_limit(value: float) -> bool:
    return -1 <= value <= MAX_COUNT


def _is_interval(value: float) -> bool:
    # Every comparison with NaN is false, so NaN and the infinities fall through here and below.
    return 0 <= value <= MAX_INTERVAL_DAYS or value in SPECIAL_INTERVALS


def _is_threshold(value: float) -> bool:
    return 0 <= value <= 100
