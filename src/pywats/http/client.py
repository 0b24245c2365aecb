"""Sends requests to one server: completes them, repeats them where that is allowed, and leaves a trace in the log."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from pywats.config import ClientConfig
from pywats.errors import TransportError
from pywats.http.report import RequestReport
from pywats.http.request import VERSION, Hidden, Repeat, Request, Response, Transport
from pywats.http.retry import (
    AWAY,
    CHANCE,
    KEY_LIFETIME,
    delay_after_answer,
    delay_after_fault,
    in_doubt_after_answer,
    key_lifetime,
    may_be_repeated,
    retry_after_seconds,
)
from pywats.http.tracing import CallSpan, traced
from pywats.version import __version__

log = logging.getLogger("pywats")

Outcome = Response | TransportError
"""What comes of one attempt."""


class HttpClient:
    """
    A server as seen by the repositories.

    Args:
        config: Where the server is, and how often to try.
        transport: The way there. It belongs to this client, which closes it.
        chance: Gives numbers from 0 to below 1, which spread repeated requests.
        clock: Seconds since any moment, for the times that are told.
    """

    def __init__(
        self,
        config: ClientConfig,
        transport: Transport,
        *,
        chance: Callable[[], float] = CHANCE.random,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.config = config
        self._transport = transport
        self._chance = chance
        self._clock = clock
        self._headers = {
            "Authorization": Hidden(f"Basic {config.token}"),
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"pywats/{__version__}",
        }
        self._key_lifetime: int | None = None

    async def send(self, request: Request, *, patient: bool = True) -> Response:
        """
        The answer to *request*, whatever its status, after as many attempts as its kind allows.

        Args:
            patient: False makes no other attempt while the server is away (`is_away`).

        Raises:
            ConnectionError, TimeoutError: No attempt brought an answer.
        """
        began, complete = self._clock(), self._complete(request)
        with traced(complete) as span:
            if span.headers:
                complete = replace(complete, headers={**complete.headers, **span.headers})
            course = Course(await self._attempt(complete))
            await self._pursue(complete, course, patient=patient and complete.patient)
            if span.listens or self.config.on_request is not None:
                self._tell(_report(complete, course, self._clock() - began), span)
        return _final(complete, course)

    async def key_lifetime(self) -> int | None:
        """
        Seconds for which the server knows the key of a request again; asked for once.

        0 means that it does not honour keys, None that it does not tell now.

        Raises:
            ConnectionError, TimeoutError: It cannot be asked now.
        """
        if self._key_lifetime is None and isinstance(fault := await self._ask_key_lifetime(), TransportError):
            raise fault
        return self._key_lifetime

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    def _complete(self, request: Request) -> Request:
        headers = {**self._headers, **request.headers}
        url = request.url if "://" in request.url.partition("?")[0] else self.config.base_url + request.url
        return replace(request, url=url, headers=headers)

    async def _pursue(self, request: Request, course: "Course", *, patient: bool) -> None:
        """Send *request* again until an outcome stands."""
        while (delay := self._delay(request, course)) is not None and (patient or not is_away(course.outcome)):
            log.info("%s %s: %s; trying again in %.1f s", request.method, request.url, _told(course.outcome), delay)
            await self._transport.sleep(delay)
            again = await self._attempt_again(request, in_doubt=course.in_doubt)
            if again is None:
                return
            course.go_on(again)

    async def _attempt(self, request: Request) -> Outcome:
        if not log.isEnabledFor(logging.DEBUG):
            return await self._outcome(request)
        began, outcome = self._clock(), await self._outcome(request)
        milliseconds = 1000 * (self._clock() - began)
        log.debug("%s %s: %s in %.1f ms", request.method, request.url, _told(outcome), milliseconds)
        return outcome

    async def _outcome(self, request: Request) -> Outcome:
        try:
            return await self._transport.send(request)
        except TransportError as fault:
            return fault

    async def _attempt_again(self, request: Request, *, in_doubt: bool) -> Outcome | None:
        """What came of another attempt, or of the question whether there may be one; None when there may not."""
        if not in_doubt or request.repeat is Repeat.SAFE:
            return await self._attempt(request)
        if self._key_lifetime is None:
            asked = await self._ask_key_lifetime()
            if self._key_lifetime is None:
                return asked
        return await self._attempt(request) if self._key_lifetime and request.key else None

    async def _ask_key_lifetime(self) -> Outcome:
        outcome = await self._attempt(self._complete(VERSION))
        if isinstance(outcome, Response):
            self._key_lifetime = key_lifetime(outcome.status, outcome.headers.get(KEY_LIFETIME))
        return outcome

    def _tell(self, report: RequestReport, span: CallSpan) -> None:
        span.tell(report)
        try:
            if self.config.on_request is not None:
                self.config.on_request(report)
        except Exception:
            # Watching a call must not make it fail.
            log.exception("on_request failed")

    def _delay(self, request: Request, course: "Course") -> float | None:
        if isinstance(course.outcome, Response) and course.outcome.status < 400:
            return None
        honours_keys = None if self._key_lifetime is None else self._key_lifetime > 0
        if not may_be_repeated(request.repeat, in_doubt=course.in_doubt, honours_keys=honours_keys):
            return None
        retry, attempt, outcome, chance = self.config.retry, course.attempts, course.outcome, self._chance()
        if isinstance(outcome, TransportError):
            return delay_after_fault(retry, attempt, permanent=outcome.permanent, chance=chance)
        retry_after = retry_after_seconds(outcome.headers.get("retry-after"), datetime.now(UTC))
        return delay_after_answer(retry, attempt, status=outcome.status, retry_after=retry_after, chance=chance)


def is_away(outcome: Outcome) -> bool:
    """Whether nobody is there who could answer now, so that only time helps."""
    return outcome.status in AWAY if isinstance(outcome, Response) else not outcome.permanent


class Course:
    """
    How far a call has come.

    Attributes:
        outcome: What came of the last attempt.
        attempts: How many there were.
        in_doubt: Whether the server may have done what the call asks for, and did not tell.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.attempts, self.in_doubt = 0, False
        self.go_on(outcome)

    def go_on(self, outcome: Outcome) -> None:
        """Another attempt had this outcome."""
        self.outcome = outcome
        self.attempts += 1
        self.in_doubt = _in_doubt(outcome, before=self.in_doubt)


def _in_doubt(outcome: Outcome, *, before: bool) -> bool:
    if isinstance(outcome, Response):
        return in_doubt_after_answer(outcome.status, before=before)
    return before or outcome.may_have_arrived


def _final(request: Request, course: Course) -> Response:
    """What the caller gets after the last attempt."""
    outcome, unknown = course.outcome, course.in_doubt and request.changes
    if isinstance(outcome, Response):
        return replace(outcome, outcome_unknown=True) if unknown else outcome
    outcome.may_have_arrived, outcome.outcome_unknown = course.in_doubt, unknown
    raise outcome


def _report(request: Request, course: Course, seconds: float) -> RequestReport:
    status, request_id, error = _in_short(course.outcome)
    return RequestReport(
        request.operation, request.method, request.place, status, course.attempts, seconds, request_id, error
    )


def _in_short(outcome: Outcome) -> tuple[int | None, str | None, str | None]:
    """Status, request id, and the name of the error."""
    if isinstance(outcome, Response):
        return outcome.status, outcome.request_id, None
    return None, None, type(outcome).__name__


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, TransportError):
        return str(outcome)
    return f"status {outcome.status}" + (f", request {outcome.request_id}" if outcome.request_id else "")
