"""Signing in with a password or a token, and choosing another password. No transaction waits for a hash."""

from pywats_server.errors import InvalidInput, NotAuthenticated, Sentence
from pywats_server.rules.texts import case_key, is_line
from pywats_server.services import passwords, sessions, tokens, tries, users
from pywats_server.services.backend import Backend
from pywats_server.services.session import Permission, Principal, Role, Session, use_case
from pywats_server.services.sessions import SignedIn
from pywats_server.services.users import StoredUser
from pywats_server.store.users import find

DOORKEEPER = Principal("signing in", Role.ADMINISTRATOR)
"""Who looks at accounts for people of whom it is not known yet who they are."""


async def sign_in(backend: Backend, name: str, password: str, address: str) -> str:
    """
    Sign a person in; return the secret of the session, for their browser alone.

    Args:
        address: Where the person is, as a text that is the same next time.

    Raises:
        NotAuthenticated: There is no such name, the password is another, or the account is disabled. Which of these is
            not said, nor to be told by how long it takes.
        TooManyTries: Signing in failed too often; `details` says for how long to wait.
    """
    user = await _checked(backend, name, password, address)
    return await backend.write(DOORKEEPER, _open_for_user, user, address)


async def sign_in_with_token(backend: Backend, token: str) -> str:
    """
    Sign the holder of a token in; return the secret of the session. Tokens cannot be guessed, so nobody has to wait.

    Raises:
        NotAuthenticated: The token is not valid.
    """
    return await backend.write(DOORKEEPER, _open_for_token, token)


async def who_is_signed_in(backend: Backend, secret: str) -> SignedIn:
    """
    Return who holds the *secret* of a session, which thereby is used.

    Raises:
        NotAuthenticated: It is no session's, or none's any more.
    """
    found = await backend.read(DOORKEEPER, sessions.find_session, secret)
    if found.is_to_be_seen(backend.clock()):
        await backend.write(DOORKEEPER, sessions.see_session, secret)
    return found


async def change_password(backend: Backend, secret: str, old: str, new: str, address: str) -> None:
    """
    Give the user who holds the *secret* of a session another password, and end their other sessions.

    Raises:
        NotAuthenticated: The old password is another, or it is no user's session.
        TooManyTries: As for `sign_in`: a browser left alone is no place for guessing either.
        InvalidInput: The new password is too short, too long, easily guessed, or the old one.
    """
    name = (await who_is_signed_in(backend, secret)).principal.user
    if name is None:
        raise NotAuthenticated(
            Sentence("Whoever signed in with a token has no password; accepted: to sign in as a user.")
        )
    if new == old:
        raise InvalidInput(Sentence("The new password is the old one; accepted: another."), field="password")
    user = await _checked(backend, name, old, address)
    await backend.write(DOORKEEPER, _change_password, user, await passwords.hashed(new, name), secret, address)


async def _checked(backend: Backend, name: str, password: str, address: str) -> StoredUser:
    """Return the user of this name, if the password is theirs."""
    if len(name) > users.MAX_NAME or not is_line(name):
        raise _rejected()
    user = await backend.write(DOORKEEPER, _begin, name, address)
    is_right = await passwords.fits(password, None if user is None else user.password_hash)
    if user is None or not is_right or user.disabled_at is not None:
        raise _rejected()
    return user


@use_case(Permission.MANAGE_USERS)
async def _begin(session: Session, name: str, address: str) -> StoredUser | None:
    await tries.count_try(session, name, address)
    return await find(session.connection, case_key(name))


@use_case(Permission.MANAGE_USERS)
async def _open_for_user(session: Session, user: StoredUser, address: str) -> str:
    await _confirm(session, user, address)
    return await sessions.open_session(session, user=user.name)


@use_case(Permission.MANAGE_USERS)
async def _change_password(
    session: Session, user: StoredUser, password: passwords.HashedPassword, secret: str, address: str
) -> None:
    await _confirm(session, user, address)
    await users.change_password(session, user, password, secret=secret)


async def _confirm(session: Session, user: StoredUser, address: str) -> None:
    # The account may have been changed while the password was compared.
    if await find(session.connection, user.name_key) != user:
        raise _rejected()
    await tries.tell_success(session, user.name, address)


@use_case(Permission.MANAGE_USERS)
async def _open_for_token(session: Session, token: str) -> str:
    principal = await tokens.authenticate(session.connection, token)
    return await sessions.open_session(session, token=principal.name)


def _rejected() -> NotAuthenticated:
    return NotAuthenticated(Sentence("There is no user with this name and password who may sign in."))
