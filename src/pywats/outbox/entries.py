"""What an outbox holds and what it tells, as plain data."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pywats.http.request import Repeat, Request


class State(Enum):
    """What is to become of an entry."""

    WAITING = "waiting"
    """It will be delivered by itself."""
    REFUSED = "refused"
    """The server did not accept it. A person decides: try again, or discard."""
    UNCERTAIN = "uncertain"
    """The server may have carried it out, and cannot tell. A person decides: try again, or discard."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    The first time that a call may have reached the server.

    Attributes:
        at: Seconds since 1970.
        by: The name of the token, without its secret: a server knows a key again only from the same.
    """

    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One call that an outbox keeps.

    Attributes:
        key: Its name, by which a server that honours keys carries it out once.
        position: Its place in the order of delivery; grows, and has gaps.
        state: What is to become of it.
        server: Base URL of the server for which it was made.
        request: What is sent, without the token.
        made: When it was made, seconds since 1970.
        attempted: When it may first have reached the server; None when it never left.
        attempts: How often its delivery has failed.
        error: Why it has not been delivered, in the server's words where it has any.
    """

    key: str
    position: int
    state: State
    server: str
    request: Request
    made: float
    attempted: Attempt | None = None
    attempts: int = 0
    error: str | None = None

    @property
    def made_at(self) -> datetime:
        """When it was made, naive local time."""
        return datetime.fromtimestamp(self.made)  # noqa: DTZ006 - local is meant

    @property
    def repeatable(self) -> bool:
        """Whether sending it again does no harm at any server: it never left, or does the same as once."""
        return self.attempted is None or self.request.repeat is Repeat.SAFE


@dataclass(frozen=True, slots=True)
class Flushed:
    """
    What a delivery has come to.

    Attributes:
        delivered: Calls that the server has carried out.
        refused: Calls that it did not accept; they are kept, see `refused()`.
        uncertain: Calls that it may have carried out before, and cannot tell; they are kept, see `uncertain()`.
        waiting: Calls that still wait.
        error: Why they wait; None when nothing does.
    """

    delivered: int = 0
    refused: int = 0
    uncertain: int = 0
    waiting: int = 0
    error: str | None = None
