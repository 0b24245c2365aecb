"""The server of a command: what was told of it before the command's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pywats.client import pyWATS


@dataclass(frozen=True, slots=True)
class Server:
    """What the command line says of the server; the rest is in the environment or in the settings file."""

    base_url: str | None
    profile: str | None

    @contextmanager
    def connected(self) -> "Iterator[pyWATS]":
        """A client of it, closed at the end."""
        # Help and completion need no client.
        from pywats.client import pyWATS

        with pyWATS(self.base_url, profile=self.profile) as api:
            yield api


pass_server = click.make_pass_decorator(Server)
"""Gives a command its `Server` as the first argument."""
