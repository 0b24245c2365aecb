"""Exactly once: a request that carries a key is carried out the first time, and answered the same way ever after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pywats_server.errors import DomainError, InvalidInput, RuleViolation
from pywats_server.instants import instant
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import answers
from pywats_server.store.answers import Answer as Answer
from pywats_server.store.database import Work

T = TypeVar("T")

KEPT = timedelta(days=8)
"""How long answers are kept: seven days are promised, and a day is room for clocks that disagree."""

_LONGEST_KEY = 255
_FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Request:
    """
    A request that may come again.

    Attributes:
        key: What the caller sent as `Idempotency-Key`, made before the first attempt.
        fingerprint: A hash of everything that makes the request what it is.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Presentation(Generic[T]):
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


async def answer_once(session: Session, request: Request, work: Work[T], present: Presentation[T]) -> Answer:
    """
    Return the answer that *request* got before, or else do *work* and keep its answer in the same transaction.

    A refusal is an answer too: it is kept, and whatever the work had changed is taken back.

    Raises:
        RuleViolation: The principal used the key for another request.
    """
    connection, who = session.connection, session.principal.name
    given = await answers.find(connection, who, request.key)
    if given is not None:
        fingerprint, answer = given
        if fingerprint != request.fingerprint:
            raise _used_otherwise(request.key)
        return answer
    try:
        answer = present.result(await connection.attempt(lambda: work(connection)))
    except DomainError as error:
        answer = present.error(error)
    await answers.add(connection, who, request.key, request.fingerprint, session.instant, answer)
    return answer


def _used_otherwise(key: str) -> RuleViolation:
    return RuleViolation(
        f"The Idempotency-Key {key!r} was used for another request already; accepted: a new key for each request, "
        "and the same key only to repeat it unchanged.",
        field="Idempotency-Key",
        value=key,
        accepted="a key that was not used before, or the same request as before",
    )


@use_case(Permission.MANAGE_TOKENS)
async def forget_old_answers(session: Session) -> int:
    """Delete some of the answers that are older than `KEPT`; return how many. Call again until there are none."""
    return await answers.forget(session.connection, instant(session.now - KEPT), _FORGOTTEN_AT_ONCE)
