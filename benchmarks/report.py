"""What was measured, as one table for people and as JSON for programs."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: at least or at most a number, in the unit of what it is held against."""

    bound: float
    is_most: bool = False
    unit: str = ""

    def is_reached(self, value: float) -> bool:
        """Whether *value* is on the right side."""
        return value <= self.bound if self.is_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'at most' if self.is_most else 'at least'} {self.bound:g}{self.unit and ' ' + self.unit}"


def at_least(bound: float) -> Goal:
    """Return the goal of a ratio that shall be large."""
    return Goal(bound)


def at_most(bound: float, unit: str = "") -> Goal:
    """Return the goal of a ratio, or of a number of *unit*, that shall be small."""
    return Goal(bound, is_most=True, unit=unit)


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One row of the table.

    Args:
        what: What was measured.
        absolute: The measured number as text, with its unit.
        compared: What it was compared with, as text; empty for nothing.
        value: What the goal is held against; shown as the ratio when it was compared with something.
        details: Numbers for programs.
        fault: What went wrong while measuring; no goal is reached then.
    """

    database: str
    what: str
    absolute: str
    compared: str = ""
    value: float | None = None
    goal: Goal | None = None
    details: dict[str, float] = field(default_factory=dict)
    fault: str = ""

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal was reached; None without one."""
        if self.goal is None or self.value is None:
            return None
        return not self.fault and self.goal.is_reached(self.value)


def table(figures: Iterable[Figure]) -> Table:
    """Return *figures* as a table."""
    shown = Table("database", "what", "measured", "compared with", "ratio", "goal", "reached", box=None, pad_edge=False)
    shown.columns[4].justify = "right"
    for figure in figures:
        shown.add_row(
            figure.database,
            figure.what,
            figure.absolute + (f" [red]{figure.fault}[/]" if figure.fault else ""),
            figure.compared,
            f"{figure.value:.2f}" if figure.compared and figure.value is not None else "",
            str(figure.goal or ""),
            _MARKS[figure.is_reached],
        )
    return shown


_MARKS = {True: "[green]yes[/]", False: "[red]NO[/]", None: ""}


def write_json(path: Path, figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    """Write *figures* and the *machine* they come from to *path*."""
    document = {"machine": machine, "figures": [{**asdict(one), "reached": one.is_reached} for one in figures]}
    path.write_text(json.dumps(document, indent=2) + "\n")


def this_machine() -> dict[str, str]:
    """Return what the figures depend on most."""
    return {
        "system": platform.platform(),
        "processors": str(os.cpu_count()),
        "Python": platform.python_version(),
    }
