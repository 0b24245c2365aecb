"""Where people are signed in: opened for a browser, found by the secret that it holds, and ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pywats_server.errors import NotAuthenticated
from pywats_server.instants import instant, moment
from pywats_server.rules.texts import case_key
from pywats_server.services.session import Permission, Principal, Role, Session, use_case, user_principal
from pywats_server.store import sessions
from pywats_server.store.sessions import Limits

LONGEST = timedelta(days=30)
"""How long a session lasts at most."""

IDLE = timedelta(hours=12)
"""How long a session lasts that nobody uses: a shift and its breaks."""

_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """
    Who is signed in.

    Attributes:
        principal: Who, in the role that the account or token has now.
        csrf_secret: What only the pages of this session know: 43 characters of base64.
        must_change_password: Nothing may be done before another password was chosen.
        last_seen_at: When it was used last, to within five minutes. Aware, UTC.
        expires_at: When it ends, however much it is used. Aware, UTC.
    """

    principal: Principal
    csrf_secret: str
    must_change_password: bool
    last_seen_at: datetime
    expires_at: datetime

    def is_to_be_seen(self, now: datetime) -> bool:
        """Tell whether `see_session` should be called."""
        return not timedelta() <= now - self.last_seen_at < _SEEN_EVERY


async def open_session(session: Session, *, user: str | None = None, token: str | None = None) -> str:
    """Open a session for a *user* or a *token* that has been checked; return its secret, 43 characters of base64."""
    secret = secrets.token_urlsafe(32)
    expires_at = instant(session.now + LONGEST)
    csrf_secret, key = secrets.token_urlsafe(32), None if user is None else case_key(user)
    await sessions.add(
        session.connection, _digest(secret), csrf_secret, session.instant, expires_at, user=key, token=token
    )
    return secret


@use_case(Permission.READ)
async def find_session(session: Session, secret: str) -> SignedIn:
    """
    Return who holds the *secret* of a session.

    Raises:
        NotAuthenticated: There is none, or no more: it was ended, not used for long, or its account disabled.
    """
    found = await sessions.find(session.connection, _digest(secret), _limits(session))
    if found is None:
        raise NotAuthenticated("Nobody is signed in here, or not any more; accepted: to sign in again.")
    role = Role(found.role)
    principal = Principal(found.token or "", role) if found.user is None else user_principal(found.user, role)
    seen, expires = moment(found.last_seen_at), moment(found.expires_at)
    return SignedIn(principal, found.csrf_secret, found.must_change_password, seen, expires)


@use_case(Permission.READ)
async def see_session(session: Session, secret: str) -> None:
    """Store that a session is used now."""
    await sessions.see(session.connection, _digest(secret), session.instant)


@use_case(Permission.READ)
async def end_session(session: Session, secret: str) -> None:
    """End a session, if it has not ended yet."""
    await sessions.end(session.connection, _digest(secret))


@use_case(Permission.READ)
async def end_other_sessions(session: Session, secret: str) -> int:
    """End wherever else the caller is signed in than in the session of *secret*; return in how many places that was."""
    name, user = session.principal.name, session.principal.user
    whose = {"token": name} if user is None else {"user": case_key(user)}
    return await sessions.end_of(session.connection, **whose, but=_digest(secret))


async def end_sessions(session: Session, user: str, *, but: str | None = None) -> None:
    """End all sessions of a *user*, perhaps *but* the one with this secret."""
    await sessions.end_of(session.connection, user=case_key(user), but="" if but is None else _digest(but))


@use_case(Permission.KEEP_HOUSE)
async def forget_ended_sessions(session: Session) -> int:
    """Forget the sessions that are over by their time; return how many there were."""
    return await sessions.forget(session.connection, _limits(session))


def _limits(session: Session) -> Limits:
    return Limits(session.instant, latest=instant(session.now + LONGEST), idle=instant(session.now - IDLE))


def _digest(secret: str) -> str:
    # The secret is 32 random bytes, so a fast hash cannot be guessed from.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
