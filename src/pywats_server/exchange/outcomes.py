"""What became, or would become, of each row of a list when it is compared with what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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
class Result:
    """The outcome of one row; *refusals* and *warnings* include those of the line itself."""

    line: Line
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


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
