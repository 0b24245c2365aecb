"""The server of a command: what was told of it before the command's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pywats.client import pyWATS


@dataclass(frozen=True, slots=True)
class Server:
    """What the command line says of the server; the rest is in the environment or in the settings file."""

    base_url: str | None
    profile: str | None

    @property
    def arguments(self) -> dict[str, Any]:
        """What was told, by the names of settings."""
        return {"base_url": self.base_url}

    @contextmanager
    def connected(self, **settings: Any) -> "Iterator[pyWATS]":
        """A client of it with these *settings*, closed at the end."""
        # Help and completion need no client.
        from pywats.client import pyWATS

        with pyWATS(**self.arguments, profile=self.profile, **settings) as api:
            yield api


pass_server = click.make_pass_decorator(Server)
"""Gives a command its `Server` as the first argument."""
