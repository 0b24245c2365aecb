"""
May a set-up be used? What the server says of its assets becomes go, warn or stop. Pure functions.

The server judges counts and due dates. That is not enough for a start: a scrapped asset, for one, raises no alarm. So
states are judged here as well, and so is what was not registered at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal, get_args

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.domains.asset.models import AssetStatus

NOT_REGISTERED = 1
"""The status, in the numbering of the .NET client, of an asset that does not exist."""

Reaction = Literal["stop", "warn", "ignore"]


class Verdict(StrEnum):
    """Whether a test may run on a set-up."""

    GO = "go"
    WARN = "warn"
    """It may, and somebody should look after the equipment."""
    STOP = "stop"


STATES: Mapping[AssetState, Reaction] = {
    # Nobody has said where it is.
    AssetState.UNKNOWN: "warn",
    AssetState.IN_OPERATION: "ignore",
    # What was out of our hands is checked before it is used again.
    AssetState.IN_TRANSIT: "stop",
    AssetState.IN_MAINTENANCE: "stop",
    AssetState.IN_CALIBRATION: "stop",
    # Taken from the shelf without saying so; its due dates hold as ever.
    AssetState.IN_STORAGE: "warn",
    AssetState.SCRAPPED: "stop",
}
"""What states mean for a test, unless a policy says otherwise. A state that is not known here stops it."""

_VERDICTS: Mapping[Reaction, Verdict] = {"ignore": Verdict.GO, "warn": Verdict.WARN, "stop": Verdict.STOP}
_LEVELS = {2: AssetAlarmState.WARNING, 3: AssetAlarmState.ALARM}
_ERRORS = frozenset({NOT_REGISTERED, 4, 5})
_DUE = {"calibration_days_overdue": "calibration", "maintenance_days_overdue": "maintenance"}


@dataclass(frozen=True, slots=True)
class ReadinessPolicy:
    """
    What the condition of an asset means for a test: it stops it, it is a warning, or it is ignored.

    Attributes:
        alarm: What an asset in alarm does.
        warning: What an asset in warning does.
        states: What states do; for those that are missing it is as in the table of the guide.

    Raises:
        ValueError: A reaction is none of "stop", "warn" and "ignore".
    """

    alarm: Reaction = "stop"
    warning: Reaction = "warn"
    states: Mapping[AssetState, Reaction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, reaction in (("alarm", self.alarm), ("warning", self.warning), *self.states.items()):
            if reaction not in get_args(Reaction):
                raise ValueError(f"{name!s} is {reaction!r}; it must be one of {', '.join(get_args(Reaction))}")

    def of_level(self, level: AssetAlarmState) -> Verdict:
        """The verdict on an asset at this alarm *level*."""
        if level == AssetAlarmState.OK:
            return Verdict.GO
        return _VERDICTS[self.warning if level == AssetAlarmState.WARNING else self.alarm]

    def of_state(self, state: AssetState) -> Verdict:
        """The verdict on an asset in this *state*."""
        return _VERDICTS[{**STATES, **self.states}.get(state, "stop")]


STRICT = ReadinessPolicy()
"""An alarm stops, a warning warns."""


@dataclass(frozen=True, slots=True)
class AssetReadiness:
    """
    One asset of a set-up.

    Attributes:
        serial_number, asset_id: Which one; of an asset that is not registered, the name that was asked for.
        mounted_in: Serial number of the asset of the set-up that it is mounted in; None for one in none of them.
        verdict: What its own condition means for a test.
        reasons: Why it is no go, a sentence each, the worst first.
        status: What the server said.
    """

    serial_number: str | None
    asset_id: str | None
    mounted_in: str | None
    verdict: Verdict
    reasons: tuple[str, ...]
    status: AssetStatus

    def __str__(self) -> str:
        name = self.serial_number or self.asset_id
        return f"{name} in {self.mounted_in}" if self.mounted_in else f"{name}"


@dataclass(frozen=True, slots=True)
class Readiness:
    """
    Whether a test may run on a set-up. It is true unless the verdict is stop.

    Attributes:
        assets: Those that were named, in their order, then what is mounted in them, then those that do not exist.
        age: How long ago the server was asked.
        from_cache: Whether this is an earlier answer, because the server cannot be reached now.
    """

    assets: tuple[AssetReadiness, ...]
    age: timedelta = timedelta(0)
    from_cache: bool = False

    @property
    def verdict(self) -> Verdict:
        """The worst of all assets."""
        return worst(asset.verdict for asset in self.assets)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is no go: a sentence each, with the asset it is about."""
        return tuple(f"{asset}: {reason}" for asset in self.assets for reason in asset.reasons)

    def __bool__(self) -> bool:
        return self.verdict is not Verdict.STOP

    def __str__(self) -> str:
        told = f"{self.verdict}: {' '.join(self.reasons)}" if self.reasons else f"{self.verdict}"
        return f"{told} (as of {self.age} ago)" if self.from_cache else told


def judge_setup(
    statuses: Sequence[AssetStatus], policy: ReadinessPolicy, *, age: timedelta = timedelta(0), from_cache: bool = False
) -> Readiness:
    """
    What *statuses* of the assets of a set-up mean for a test.

    Args:
        age: How long ago the server said so. Work that has fallen due since counts as an alarm.
    """
    serials: dict[str | None, str | None] = {status.asset_id: status.serial_number for status in statuses}
    serials[None] = None
    return Readiness(
        tuple(_judge(status, serials.get(status.parent_asset_id), policy, age) for status in statuses), age, from_cache
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of *verdicts*; go when there is none."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.GO)


def _judge(status: AssetStatus, mounted_in: str | None, policy: ReadinessPolicy, age: timedelta) -> AssetReadiness:
    findings = [(verdict, text) for verdict, text in _findings(status, policy, age) if verdict is not Verdict.GO]
    findings.sort(key=lambda finding: list(Verdict).index(finding[0]), reverse=True)
    return AssetReadiness(
        status.serial_number,
        status.asset_id,
        mounted_in,
        worst(verdict for verdict, _ in findings),
        tuple(text for _, text in findings),
        status,
    )


def _findings(status: AssetStatus, policy: ReadinessPolicy, age: timedelta) -> Iterator[tuple[Verdict, str]]:
    if status.status in _ERRORS:
        yield Verdict.STOP, status.message or f"The server tells no status of it, but {status.status}."
        return
    if status.state is not None:
        yield policy.of_state(status.state), f"Its state is {status.state.name.lower().replace('_', ' ')}."
    for level, message in _levels(status):
        yield policy.of_level(level), message
    if status.state != AssetState.SCRAPPED:
        for work in _fallen_due(status, age):
            yield policy.of_level(AssetAlarmState.ALARM), f"Its {work} has fallen due since the server was asked."


def _levels(status: AssetStatus) -> Iterator[tuple[AssetAlarmState, str]]:
    """What each monitor finds, and the whole, where the server gives no reasons for it."""
    # A server may tell by one of the two numbers alone.
    whole = max(status.alarm_state, _LEVELS.get(status.status, AssetAlarmState.OK))
    reasons = [(whole if reason.level is None else reason.level, reason.message or "") for reason in status.reasons]
    yield from reasons
    if whole not in (level for level, _ in reasons):
        yield whole, status.message or f"It is in {whole.name.lower()}."


def _fallen_due(status: AssetStatus, age: timedelta) -> Iterator[str]:
    days = age / timedelta(days=1)
    for name, work in _DUE.items():
        overdue = getattr(status, name)
        if overdue is not None and overdue < 0 <= overdue + days:
            yield work
