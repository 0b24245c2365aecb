"""The answers that were given to requests with an Idempotency-Key, kept in the transaction of the change itself."""

import json
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import given_answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went out: a status, the headers that belong to what it says, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


_FIND = Statement(
    select(given_answer.c.fingerprint, given_answer.c.status, given_answer.c.headers, given_answer.c.body).where(
        given_answer.c.principal == bindparam("principal"), given_answer.c.request_key == bindparam("request_key")
    )
)
_INSERT = Statement(
    insert(given_answer).values({column.name: bindparam(column.name) for column in given_answer.columns})
)
_OLD = (
    select(given_answer.c.principal, given_answer.c.request_key)
    .where(given_answer.c.given_at < bindparam("before"))
    .order_by(given_answer.c.given_at)
    .limit(bindparam("most"))
)
_FIND_OLD = Statement(_OLD)
_DELETE = Statement(
    delete(given_answer).where(
        given_answer.c.principal == bindparam("of_principal"), given_answer.c.request_key == bindparam("of_key")
    )
)


async def find(connection: Connection, principal: str, key: str) -> tuple[str, Answer] | None:
    """Return the fingerprint of the request that a principal made with *key*, and its answer, if there was one."""
    row = await connection.fetch_one(_FIND, principal=principal, request_key=key)
    if row is None:
        return None
    fingerprint, status, headers, body = row
    return fingerprint, Answer(status, json.loads(headers), bytes(body))


async def add(
    connection: Connection, principal: str, key: str, fingerprint: str, given_at: Instant, answer: Answer
) -> None:
    """Keep *answer*."""
    await connection.execute(
        _INSERT,
        principal=principal,
        request_key=key,
        fingerprint=fingerprint,
        given_at=given_at,
        status=answer.status,
        headers=json.dumps(answer.headers),
        body=answer.body,
    )


async def forget(connection: Connection, before: Instant, most: int) -> int:
    """Delete up to *most* answers that were given before a moment; return how many there were."""
    old = await connection.fetch_all(_FIND_OLD, before=before, most=most)
    for principal, key in old:
        await connection.execute(_DELETE, of_principal=principal, of_key=key)
    return len(old)
