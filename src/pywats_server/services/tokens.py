"""Access tokens: made here, stored only as hashes, checked on every request."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time

from pywats_server.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, Sentence
from pywats_server.rules.texts import check_name, is_line
from pywats_server.services.journal import tell_change
from pywats_server.services.session import Permission, Principal, Role, Session, use_case
from pywats_server.store import tokens
from pywats_server.store.database import Connection, Database
from pywats_server.store.tokens import StoredToken as StoredToken

BELIEVED_SECONDS = 1.0
"""How long a token that was found valid is believed to be valid still."""

_MAX_NAME = 100
_MOST_KNOWN = 10_000
_NOBODY = (Principal("", Role.VIEWER), 0.0)
# Compared with when there is no such token, so that a missing name takes as long as a wrong secret.
_NO_TOKEN = StoredToken("", Role.VIEWER, hashlib.sha256(secrets.token_bytes()).hexdigest(), "", "")


@use_case(Permission.MANAGE_TOKENS)
async def create_token(session: Session, name: str, role: Role) -> str:
    """
    Make a token and return it: base64 of `name:secret`. It cannot be read again later.

    Raises:
        InvalidInput: The name has a colon, or cannot be printed.
        Conflict: The name is, or was, another token's; the log would no longer tell who is meant.
    """
    check_name(name, "name", _MAX_NAME)
    if ":" in name:
        raise InvalidInput(
            Sentence("name is %(name)r; accepted: a name without a colon.", name=name), field="name", value=name
        )
    if await tokens.find(session.connection, name) is not None:
        raise Conflict(
            Sentence(
                "There is, or was, a token named %(name)r. Names are never given twice, so that the log stays clear; "
                "choose another.",
                name=name,
            ),
            field="name",
            value=name,
        )
    secret = secrets.token_urlsafe(32)
    await tokens.add(session.connection, name, role.value, _digest(secret), session.instant)
    await tell_change(session, "token", name, "created", property="role", value=role.value)
    return base64.b64encode(f"{name}:{secret}".encode()).decode("ascii")


@use_case(Permission.MANAGE_TOKENS)
async def list_tokens(session: Session) -> list[StoredToken]:
    """Return every token, revoked ones too, by name."""
    return await tokens.all_tokens(session.connection)


@use_case(Permission.MANAGE_TOKENS)
async def revoke_token(session: Session, name: str) -> None:
    """Make a token worthless at once."""
    if not (is_line(name) and await tokens.revoke(session.connection, name, session.instant)):
        raise NotFound(Sentence("There is no valid token named %(name)r.", name=name), field="name", value=name)
    await tell_change(session, "token", name, "revoked")


class KnownTokens:
    """
    Tokens that were found valid a moment ago, so that not every request has to ask the database.

    `forget` is called after every change of tokens by this server. What another process revokes is believed for up to
    `BELIEVED_SECONDS`.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Principal, float]] = {}

    async def authenticate(self, database: Database, token: str) -> Principal:
        """
        Return whose token this is.

        Raises:
            NotAuthenticated: It is malformed, unknown, wrong or revoked; which of these is not said.
        """
        # A token that is forgotten while it is looked up is not put back.
        known = self._known
        digest = hashlib.blake2b(token.encode("utf-8", "surrogateescape")).digest()
        principal, until = known.get(digest, _NOBODY)
        if time.monotonic() < until:
            return principal
        principal = await database.read(lambda connection: authenticate(connection, token))
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[digest] = principal, time.monotonic() + BELIEVED_SECONDS
        return principal

    def forget(self) -> None:
        """Know no token any more."""
        self._known = {}


async def authenticate(connection: Connection, token: str) -> Principal:
    """
    Return whose token this is.

    Raises:
        NotAuthenticated: It is malformed, unknown, wrong or revoked; which of these is not said.
    """
    name, secret = _split(token)
    stored = await tokens.find(connection, name)
    fits = hmac.compare_digest((stored or _NO_TOKEN).secret_sha256, _digest(secret))
    if stored is None or not fits or stored.revoked_at is not None:
        raise rejected()
    return Principal(stored.name, Role(stored.role))


def rejected() -> NotAuthenticated:
    """Return the error for a token that is missing or not valid."""
    return NotAuthenticated(
        "The call shows no valid token; accepted: a header 'Authorization: Basic <token>' with a token that was not "
        "revoked. An administrator makes one with: pywats-server token create NAME --role ROLE"
    )


def _split(token: str) -> tuple[str, str]:
    try:
        name, colon, secret = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise rejected() from None
    if not colon or not is_line(name):
        raise rejected()
    return name, secret


def _digest(secret: str) -> str:
    # The secret is 32 random bytes, so a fast hash cannot be guessed from.
    return hashlib.sha256(secret.encode()).hexdigest()
