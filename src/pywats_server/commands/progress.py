"""Shows on a terminal how far a command is; elsewhere, such as in cron, nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from pywats_server.store.contents import Advance


@contextmanager
def shown() -> Iterator[Advance]:
    """Give a function to tell the progress to; what was shown is gone at the end."""
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("")
        yield lambda doing, done, total: progress.update(task, description=doing, completed=done, total=total)
