"""What became, or would become, of each row of a list when it is compared with what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Finding, Line, Plan


class Outcome(StrEnum):
    """What happens to one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """A property of a stored asset, by its wire name or `tag:KEY`, that a row makes different; None is no value."""

    property: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """
    What a row left behind, by which it can be undone.

    Attributes:
        log_head: Hash of the newest entry of the asset's log: as long as it is that, nobody else changed the asset.
        running_count, total_count: How much it had been used.
        before: What the row changed, as it was, as plain data; None where it made the asset.
    """

    asset_id: str
    log_head: str
    running_count: int
    total_count: int
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one row; *refusals* and *warnings* include those of the line itself."""

    line: Line
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Summary:
    """
    The outcome of a list.

    Attributes:
        new_types: Asset types that are new, with what they demand.
        notes: What the list says of types that exist already and that stays as it is. Sentences.
        is_stored: Whether it was done; otherwise it is what would be done.
    """

    plan: Plan
    results: tuple[Result, ...]
    new_types: Mapping[str, Mapping[Property, float]]
    notes: tuple[str, ...]
    is_stored: bool

    def count(self, outcome: Outcome) -> int:
        """Return how many rows came out so."""
        return sum(result.outcome is outcome for result in self.results)
