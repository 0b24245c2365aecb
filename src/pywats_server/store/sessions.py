"""Where people are signed in. Of the secret that a browser holds, only a hash is kept."""

from dataclasses import dataclass

from sqlalchemy import Table, bindparam, delete, func, insert, not_, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import ScalarSelect

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import access_token, user_account, web_session


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Between which moments a session is good.

    Attributes:
        now: It must end later than this.
        latest: It must not end later than this, or it was opened by a clock that was ahead.
        idle: It must have been seen later than this.
    """

    now: Instant
    latest: Instant
    idle: Instant


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with whose it is: a user's or a token's, one of which is None."""

    user: str | None
    token: str | None
    role: str
    must_change_password: bool
    csrf_secret: str
    last_seen_at: str
    expires_at: str


def _key_of(table: Table, column: str, parameter: str) -> ScalarSelect[int]:
    return select(table.c.key).where(table.c[column] == bindparam(parameter, required=True)).scalar_subquery()


_USER_KEY = _key_of(user_account, "name_key", "user")
_TOKEN_KEY = _key_of(access_token, "name", "token")
_INSERT = Statement(
    insert(web_session).values(
        secret_sha256=bindparam("secret_sha256", required=True),
        user_key=_USER_KEY,
        token_key=_TOKEN_KEY,
        csrf_secret=bindparam("csrf_secret", required=True),
        created_at=bindparam("at", required=True),
        last_seen_at=bindparam("at", required=True),
        expires_at=bindparam("expires_at", required=True),
    )
)
_OVER: ColumnElement[bool] = or_(
    web_session.c.expires_at <= bindparam("now"),
    web_session.c.expires_at > bindparam("latest"),
    web_session.c.last_seen_at <= bindparam("idle"),
)
_THIS = web_session.c.secret_sha256 == bindparam("of_secret_sha256")
_FIND = Statement(
    select(
        user_account.c.name,
        access_token.c.name,
        func.coalesce(user_account.c.role, access_token.c.role),
        func.coalesce(user_account.c.must_change_password, False),
        web_session.c.csrf_secret,
        web_session.c.last_seen_at,
        web_session.c.expires_at,
    )
    .select_from(
        web_session.outerjoin(user_account, user_account.c.key == web_session.c.user_key).outerjoin(
            access_token, access_token.c.key == web_session.c.token_key
        )
    )
    .where(
        _THIS,
        not_(_OVER),
        func.coalesce(user_account.c.key, access_token.c.key).is_not(None),
        user_account.c.disabled_at.is_(None),
        access_token.c.revoked_at.is_(None),
    )
)
_SEE = Statement(update(web_session).where(_THIS).values(last_seen_at=bindparam("at")))
_END = Statement(delete(web_session).where(_THIS))
_END_OF = Statement(
    delete(web_session).where(
        or_(web_session.c.user_key == _USER_KEY, web_session.c.token_key == _TOKEN_KEY),
        web_session.c.secret_sha256 != bindparam("but_secret_sha256"),
    )
)
_FORGET = Statement(delete(web_session).where(_OVER))


async def add(
    connection: Connection,
    secret_sha256: str,
    csrf_secret: str,
    at: Instant,
    expires_at: Instant,
    *,
    user: str | None = None,
    token: str | None = None,
) -> None:
    """Store a new session: of a *user*, by the key of the name, or of a *token*, by its name."""
    await connection.execute(
        _INSERT,
        secret_sha256=secret_sha256,
        csrf_secret=csrf_secret,
        at=at,
        expires_at=expires_at,
        user=user,
        token=token,
    )


async def find(connection: Connection, secret_sha256: str, limits: Limits) -> StoredSession | None:
    """Return a session that is good, of an account that is not disabled or a token that is not revoked."""
    row = await connection.fetch_one(
        _FIND, of_secret_sha256=secret_sha256, now=limits.now, latest=limits.latest, idle=limits.idle
    )
    if row is None:
        return None
    user, token, role, must_change, *rest = row
    return StoredSession(user, token, role, bool(must_change), *rest)


async def see(connection: Connection, secret_sha256: str, at: Instant) -> None:
    """Store when a session was used last."""
    await connection.execute(_SEE, of_secret_sha256=secret_sha256, at=at)


async def end(connection: Connection, secret_sha256: str) -> None:
    """Forget a session."""
    await connection.execute(_END, of_secret_sha256=secret_sha256)


async def end_of(connection: Connection, *, user: str | None = None, token: str | None = None, but: str = "") -> int:
    """
    Forget all sessions of a *user*, by the key of the name, or of a *token*, by its name; return how many there were.

    The one with the hash *but* stays.
    """
    return await connection.execute(_END_OF, user=user, token=token, but_secret_sha256=but)


async def forget(connection: Connection, limits: Limits) -> int:
    """Forget the sessions that are good no more; return how many there were."""
    return await connection.execute(_FORGET, now=limits.now, latest=limits.latest, idle=limits.idle)
