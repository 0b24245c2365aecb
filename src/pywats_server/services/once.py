"""Exactly once: a request that carries a key is carried out the first time, and answered the same way ever after."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Generic, TypeVar

from msgspec import Struct

from pywats_server.errors import DomainError, InvalidInput, RuleViolation
from pywats_server.instants import Instant, instant
from pywats_server.services.session import Permission, Principal, Session, use_case
from pywats_server.store import answers
from pywats_server.store.answers import Answer as Answer
from pywats_server.store.answers import Given
from pywats_server.store.database import Connection, Work

T = TypeVar("T")

PROMISED = timedelta(days=7)
"""How long a request may come again."""

KEPT = PROMISED + timedelta(days=1)
"""How long answers are kept: a day is room for clocks that disagree."""

_LONGEST_KEY = 255
_FORGOTTEN_AT_ONCE = 500


class Request(Struct, frozen=True):
    """
    A request that may come again.

    Attributes:
        key: What the caller sent as `Idempotency-Key`, made before the first attempt.
        fingerprint: A hash of everything that makes the request what it is.
    """

    key: str
    fingerprint: str


class AlreadyDone(Exception):
    """
    The same request was carried out before, and nothing was changed this time.

    It is no error of the domain: whoever asked again got what they wanted, and no page has anything to mend.
    """


class Presentation(Struct, Generic[T], frozen=True):
    """How a result, and an error, are answered."""

    result: Callable[[T], Answer]
    error: Callable[[DomainError], Answer]


def check_key(key: str) -> str:
    """
    Return *key* if it can be an `Idempotency-Key`: 1 to 255 printable ASCII characters.

    Raises:
        InvalidInput: It cannot.
    """
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= _LONGEST_KEY):
        accepted = f"1 to {_LONGEST_KEY} printable ASCII characters"
        raise InvalidInput(
            f"Idempotency-Key has {len(key)} characters or one that cannot be printed; accepted: {accepted}.",
            field="Idempotency-Key",
            accepted=accepted,
        )
    return key


class Ledger:
    """The answers to requests that may come again: those that were given, and those that are being given now."""

    def __init__(self, connection: Connection, now: Instant) -> None:
        self._connection = connection
        self._now = now
        self._given: dict[tuple[str, str], Given] = {}
        self._new: dict[tuple[str, str], Given] = {}

    async def look_up(self, requests: Iterable[Request]) -> None:
        """Find what was answered to *requests* before."""
        keys = {request.key for request in requests}
        if keys:
            self._given |= await answers.find_many(self._connection, keys)

    def given(self, principal: Principal, request: Request) -> Answer | None:
        """
        Return the answer that *request* got, if it was looked up and has one.

        Raises:
            RuleViolation: The principal used the key for another request.
        """
        whose = (principal.name, request.key)
        given = self._new.get(whose) or self._given.get(whose)
        if given is None:
            return None
        if given.fingerprint != request.fingerprint:
            raise _used_otherwise(request.key)
        return given.answer

    def keep(self, principal: Principal, request: Request, answer: Answer) -> Answer:
        """Keep and return the *answer* that *request* gets now."""
        self._new[principal.name, request.key] = Given(request.fingerprint, answer)
        return answer

    async def store(self) -> None:
        """Store the answers that were given now."""
        await answers.add(self._connection, self._new, self._now)


async def answer_once(session: Session, request: Request, work: Work[T], present: Presentation[T]) -> Answer:
    """
    Return the answer that *request* got before, or else do *work* and keep its answer in the same transaction.

    A refusal is an answer too: it is kept, and whatever the work had changed is taken back.

    Raises:
        RuleViolation: The principal used the key for another request.
    """
    connection, principal = session.connection, session.principal
    ledger = Ledger(connection, session.instant)
    await ledger.look_up([request])
    given = ledger.given(principal, request)
    if given is not None:
        return given
    try:
        answer = present.result(await connection.attempt(lambda: work(connection)))
    except DomainError as error:
        answer = present.error(error)
    ledger.keep(principal, request, answer)
    await ledger.store()
    return answer


async def do_once(session: Session, request: Request, work: Work[T]) -> T:
    """
    Do *work* and keep, in the same transaction, that *request* was carried out. A refusal is not kept.

    Raises:
        AlreadyDone: It was carried out before.
    """
    ledger = Ledger(session.connection, session.instant)
    await ledger.look_up([request])
    if ledger.given(session.principal, request) is not None:
        raise AlreadyDone
    result = await work(session.connection)
    ledger.keep(session.principal, request, _DONE)
    await ledger.store()
    return result


_DONE = Answer(204, {}, b"")


def _used_otherwise(key: str) -> RuleViolation:
    return RuleViolation(
        f"The Idempotency-Key {key!r} was used for another request already; accepted: a new key for each request, "
        "and the same key only to repeat it unchanged.",
        field="Idempotency-Key",
        value=key,
        accepted="a key that was not used before, or the same request as before",
    )


@use_case(Permission.KEEP_HOUSE)
async def forget_old_answers(session: Session) -> int:
    """Delete some of the answers that are older than `KEPT`; return how many. Call again until there are none."""
    return await answers.forget(session.connection, instant(session.now - KEPT), _FORGOTTEN_AT_ONCE)
