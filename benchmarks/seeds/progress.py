"""Tells how far seeding has come."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress:
    """One bar, in assets."""

    def __init__(self, bar: Bar, what: str, size: int) -> None:
        self._bar = bar
        self._what = what
        self._task = bar.add_task(what, total=size)

    def advance(self, assets: int) -> None:
        """Tell that this many *assets* more are stored."""
        self._bar.advance(self._task, assets)

    def say(self, step: str) -> None:
        """Tell what is going on when no assets are stored any more."""
        self._bar.update(self._task, description=f"{self._what}: {step}")


@contextmanager
def shown(what: str, size: int) -> Iterator[Progress]:
    """Show a bar on the terminal's error output for as long as it takes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        yield Progress(bar, what, size)
