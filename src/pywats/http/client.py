"""Sends requests to one server: completes them, repeats them where that is allowed, and leaves a trace in the log."""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from pywats.config import ClientConfig
from pywats.errors import TransportError
from pywats.http.request import Request, Response, Transport
from pywats.http.retry import delay_after_answer, delay_after_fault, retry_after_seconds
from pywats.version import __version__

log = logging.getLogger("pywats")


class HttpClient:
    """
    A server as seen by the repositories.

    Args:
        config: Where the server is, and how often to try.
        transport: The way there. It belongs to this client, which closes it.
        chance: Gives numbers from 0 to below 1, which spread repeated requests.
    """

    def __init__(
        self, config: ClientConfig, transport: Transport, *, chance: Callable[[], float] = random.random
    ) -> None:
        self.config = config
        self._transport = transport
        self._chance = chance

    async def send(self, request: Request) -> Response:
        """
        The answer to *request*, whatever its status, after as many attempts as its kind allows.

        Raises:
            ConnectionError, TimeoutError: No attempt brought an answer.
        """
        complete = self._complete(request)
        for attempt in count(1):
            try:
                response = await self._transport.send(complete)
            except TransportError as fault:
                outcome = str(fault)
                delay = self._delay_after_fault(request, attempt, fault)
                if delay is None:
                    raise
            else:
                outcome = f"status {response.status}"
                log.debug("%s %s: %s", request.method, request.url, outcome)
                delay = self._delay_after_answer(request, attempt, response)
                if delay is None:
                    return response
            log.info("%s %s: %s; trying again in %.1f s", request.method, request.url, outcome, delay)
            await self._transport.sleep(delay)
        raise AssertionError("count() has no end")

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    def _complete(self, request: Request) -> Request:
        headers = {
            "Authorization": f"Basic {self.config.token}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"pywats/{__version__}",
            **request.headers,
        }
        url = request.url if "://" in request.url.partition("?")[0] else self.config.base_url + request.url
        return replace(request, url=url, headers=headers)

    def _delay_after_fault(self, request: Request, attempt: int, fault: TransportError) -> float | None:
        return delay_after_fault(
            self.config.retry,
            request.repeat,
            attempt,
            may_have_arrived=fault.may_have_arrived,
            permanent=fault.permanent,
            chance=self._chance(),
        )

    def _delay_after_answer(self, request: Request, attempt: int, response: Response) -> float | None:
        return delay_after_answer(
            self.config.retry,
            request.repeat,
            attempt,
            status=response.status,
            retry_after=retry_after_seconds(response.headers.get("retry-after"), datetime.now(UTC)),
            chance=self._chance(),
        )
