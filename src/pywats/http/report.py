"""What a program may be told of each call to its server, for its metrics."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestReport:
    """
    How a call to the server went, with all its attempts. It holds no token.

    Attributes:
        operation: The call, such as `asset.update_count`.
        method: The HTTP method.
        route: The path without what differs from asset to asset, such as `/api/Asset/{name}`, and without a query.
        status: HTTP status of the last answer; None when there was none.
        attempts: How often it was sent.
        seconds: From the first attempt to the end, with the waits between.
        request_id: The `X-Request-Id` under which the server logged the last attempt.
        error: The name of the error when there was no answer, such as `TimeoutError`; None when there was one.
    """

    operation: str
    method: str
    route: str
    status: int | None
    attempts: int
    seconds: float
    request_id: str | None
    error: str | None


OnRequest = Callable[[RequestReport], None]
"""Called at the end of each call, on the thread, or in the event loop, that made it."""
