"""What stands between the repositories and the HTTP client: it keeps what cannot be sent now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from pywats.errors import TransportError
from pywats.http.client import HttpClient, is_away
from pywats.http.request import Request, Response, with_query
from pywats.outbox.async_outbox import AsyncOutbox
from pywats.shared.dates import wire_from_local

ACCEPTED = 202


class KeepingSender:
    """
    Sends requests, and hands to the outbox those that nobody waits for while the server is away.

    They are handed over at once, because a test line must not stop, and while anything waits they go behind it.

    Args:
        http: Sends them.
        outbox: Keeps them.
        now: The present moment.
    """

    def __init__(self, http: HttpClient, outbox: AsyncOutbox, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._http = http
        self._outbox = outbox
        self._now = now

    async def send(self, request: Request) -> Response:
        """
        The answer to *request*, whatever its status; 202 with `queued` when it will be delivered later.

        Raises:
            ConnectionError, TimeoutError: No attempt brought an answer, and it cannot be kept.
            OutboxError: It would have been kept, but the file cannot be used.
        """
        if not request.queueable:
            return await self._http.send(request)
        request = dated(request, self._now())
        if self._outbox.waits():
            return await self._keep(request, may_have_arrived=False)
        try:
            response = await self._http.send(request, patient=False)
        except TransportError as fault:
            if not is_away(fault):
                raise
            return await self._keep(request, may_have_arrived=fault.may_have_arrived)
        return await self._keep(request, may_have_arrived=True) if is_away(response) else response

    async def _keep(self, request: Request, *, may_have_arrived: bool) -> Response:
        return Response(ACCEPTED, queued=await self._outbox.keep(request, may_have_arrived=may_have_arrived))


def dated(request: Request, now: datetime) -> Request:
    """The *request* with the present moment in it, where it tells none: it may be delivered much later."""
    if request.dated_by is None:
        return request
    return replace(request, url=with_query(request.url, [(request.dated_by, wire_from_local(now))]), dated_by=None)
