"""A request and its answer as data, and what a transport is: something that sends the one and returns the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

KEY_HEADER: Final = "Idempotency-Key"
"""The header by which a server knows a request that comes again. Its value is made before the first attempt."""


class Hidden(str):
    """A text that does not show where variables are shown, as debuggers and crash reporters do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Repeat(Enum):
    """What sending a request a second time would do. A property of its endpoint, stated by each repository method."""

    SAFE = "the same as sending it once"
    KEYED = "the same as sending it once, if the server honours keys; else it would count, log or fail a second time"


@dataclass(frozen=True, slots=True)
class Request:
    """
    One call to a server.

    `url` is percent-encoded already; it is a path until the client puts its base URL before it. `repeat` says whether
    sending the request twice does the same as sending it once. `queueable` says that it may be delivered later, because
    nobody waits for what it answers. `dated_by` is the query parameter that tells when it happened; while it is not
    there, the server takes it to be now. `operation` and `route` name the call and its endpoint to whoever watches.
    `patient` says whether it shall be sent again while the server is away; where something else serves, it need not.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    repeat: Repeat = Repeat.KEYED
    queueable: bool = False
    dated_by: str | None = None
    operation: str = ""
    route: str = ""
    patient: bool = True

    @property
    def place(self) -> str:
        """The endpoint: its route or, where that is not told, the path."""
        return self.route or urlsplit(self.url).path

    @property
    def key(self) -> str | None:
        """What a server that honours keys knows a repeat by."""
        return self.headers.get(KEY_HEADER)

    @property
    def changes(self) -> bool:
        """Whether it changes anything on the server. Everything that does has a key."""
        return self.key is not None


VERSION: Final = Request("GET", "/api/App/Version", repeat=Repeat.SAFE)
"""Asks a server for its version; the answer's headers tell what it can do beside."""


@dataclass(frozen=True, slots=True)
class Queued:
    """
    What a call returns that was not carried out yet: the outbox keeps it, and delivers it later. It is true.

    Attributes:
        key: The name of its entry in the outbox.
        position: Its place in the order of delivery; grows, and has gaps.
    """

    key: str
    position: int


@dataclass(frozen=True, slots=True)
class Response:
    """
    A complete answer. Names of headers are in lower case.

    `outcome_unknown` says that the server may have made the change although it answers that it failed: in this attempt,
    or in an earlier one whose answer was lost. `queued` stands for an answer that is yet to come.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    outcome_unknown: bool = False
    queued: Queued | None = None

    @property
    def request_id(self) -> str | None:
        """The name under which the server logged the call."""
        return self.headers.get("x-request-id")


class Transport(Protocol):
    """
    One way to reach a server.

    Whatever its library raises leaves it as one of our `ConnectionError` and `TimeoutError`. A transport neither
    repeats a request nor follows a redirect: both are decided above it.
    """

    async def send(self, request: Request) -> Response:
        """Send *request*, whose URL is absolute, and return the complete answer, whatever its status."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Sender(Protocol):
    """What a repository needs to reach its server."""

    async def send(self, request: Request) -> Response:
        """Send *request* and return the answer, whatever its status."""
        ...


def segment(text: str) -> str:
    """*text* as one segment of a path: everything outside the unreserved characters is percent-encoded, `/` too."""
    return quote(text, safe="")


def with_query(path: str, query: Iterable[tuple[str, str | int | bool | None]]) -> str:
    """*path* and more of its *query*; what is None is left out, booleans are `true` and `false`, blanks are `%20`."""
    pairs = [f"{name}={_query_value(value)}" for name, value in query if value is not None]
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{'&'.join(pairs)}" if pairs else path


def _query_value(value: str | int | bool) -> str:
    return segment(value) if isinstance(value, str) else str(value).lower()
