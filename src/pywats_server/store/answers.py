"""The answers that were given to requests with an Idempotency-Key, kept in the transaction of the change itself."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import given_answer


class Answer(Struct, frozen=True):
    """An answer as it went out: a status, the headers that belong to what it says, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given, and the fingerprint of the request that it was given to."""

    fingerprint: str
    answer: Answer


_FIND_MANY = Statement(
    select(
        given_answer.c.principal,
        given_answer.c.request_key,
        given_answer.c.fingerprint,
        given_answer.c.status,
        given_answer.c.headers,
        given_answer.c.body,
    ).where(one_of(given_answer.c.request_key, "keys"))
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


async def find_many(connection: Connection, keys: Collection[str]) -> dict[tuple[str, str], Given]:
    """Return what was answered to requests with one of *keys*, by principal and key."""
    rows = await connection.fetch_all(_FIND_MANY, keys=list(keys))
    return {(principal, key): _given(row) for principal, key, *row in rows}


def _given(row: Sequence[Any]) -> Given:
    fingerprint, status, headers, body = row
    return Given(fingerprint, Answer(status, json.loads(headers), bytes(body)))


async def add(connection: Connection, given: Mapping[tuple[str, str], Given], given_at: Instant) -> None:
    """Keep answers, by principal and key."""
    await connection.execute_many(
        _INSERT,
        [
            {
                "principal": principal,
                "request_key": key,
                "fingerprint": one.fingerprint,
                "given_at": given_at,
                "status": one.answer.status,
                "headers": json.dumps(one.answer.headers),
                "body": one.answer.body,
            }
            for (principal, key), one in given.items()
        ],
    )


async def forget(connection: Connection, before: Instant, most: int) -> int:
    """Delete up to *most* answers that were given before a moment; return how many there were."""
    old = await connection.fetch_all(_FIND_OLD, before=before, most=most)
    for principal, key in old:
        await connection.execute(_DELETE, of_principal=principal, of_key=key)
    return len(old)
