"""People's accounts: names, roles and passwords. At least one administrator can sign in at all times."""

from dataclasses import replace

from pywats_server.errors import Conflict, InvalidInput, NotFound, RuleViolation, Sentence
from pywats_server.rules.texts import case_key, check_name
from pywats_server.services import sessions
from pywats_server.services.journal import tell_change
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import Permission, Role, Session, use_case
from pywats_server.services.tries import forget_tries
from pywats_server.store import users
from pywats_server.store.users import StoredUser as StoredUser

MAX_NAME = 100


@use_case(Permission.MANAGE_USERS)
async def add_user(
    session: Session, name: str, role: Role, password: HashedPassword, *, must_change_password: bool
) -> None:
    """
    Make an account.

    Args:
        name: What the person signs in with. The log names them `user:` and this.
        must_change_password: Somebody else knows the password, so it serves only for choosing another.

    Raises:
        InvalidInput: The name has a colon, blanks around it, or cannot be printed.
        Conflict: Somebody has, or had, this name, perhaps in other case; the log would no longer tell who is meant.
    """
    _check_name(name)
    if (other := await users.find(session.connection, case_key(name))) is not None:
        raise Conflict(
            Sentence(
                "There is, or was, a user named %(name)r. Names are never given twice, so that the log stays clear; "
                "choose another.",
                name=other.name,
            ),
            field="name",
            value=name,
        )
    made = StoredUser(name, case_key(name), role.value, password, must_change_password, session.instant, None)
    await users.add(session.connection, made)
    await tell_change(session, "user", name, "created", property="role", value=role.value)


def _check_name(name: str) -> None:
    check_name(name, "name", MAX_NAME)
    if ":" in name or name != name.strip():
        accepted = Sentence("a name without a colon, and without blanks around it")
        message = Sentence("name is %(name)r; accepted: %(accepted)s.", name=name, accepted=accepted)
        raise InvalidInput(message, field="name", value=name, accepted=str(accepted))


@use_case(Permission.MANAGE_USERS)
async def add_first_administrator(session: Session, name: str, password: HashedPassword) -> bool:
    """Make an administrator where there is no user at all; return whether there was none."""
    if await users.count(session.connection):
        return False
    await add_user(session, name, Role.ADMINISTRATOR, password, must_change_password=True)
    return True


@use_case(Permission.MANAGE_USERS)
async def list_users(session: Session) -> list[StoredUser]:
    """Return every account, disabled ones too, by name."""
    return await users.all_users(session.connection)


@use_case(Permission.MANAGE_USERS)
async def set_role(session: Session, name: str, role: Role) -> None:
    """
    Give a user another role. They have to sign in again.

    Raises:
        NotFound: There is no such user.
        RuleViolation: It is the last administrator who can sign in.
    """
    user = await _find(session, name)
    if user.role == role:
        return
    await _require_another_administrator(session, user)
    await _change(session, replace(user, role=role.value))
    await tell_change(session, "user", user.name, "changed", property="role", old_value=user.role, value=role.value)


@use_case(Permission.MANAGE_USERS)
async def reset_password(session: Session, name: str, password: HashedPassword, *, must_change_password: bool) -> None:
    """
    Give a user another password, and let them try it at once. They have to sign in again.

    Raises:
        NotFound: There is no such user.
    """
    user = await _find(session, name)
    await _change(session, replace(user, password_hash=password, must_change_password=must_change_password))
    await forget_tries(session, name)
    await tell_change(session, "user", user.name, "password reset")


@use_case(Permission.MANAGE_USERS)
async def disable_user(session: Session, name: str) -> None:
    """
    Let a user sign in no more, and end where they are signed in.

    Raises:
        NotFound: There is no such user.
        RuleViolation: It is the last administrator who can sign in.
    """
    user = await _find(session, name)
    if user.disabled_at is not None:
        return
    await _require_another_administrator(session, user)
    await _change(session, replace(user, disabled_at=session.instant))
    await tell_change(session, "user", user.name, "disabled")


@use_case(Permission.MANAGE_USERS)
async def enable_user(session: Session, name: str) -> None:
    """
    Let a user sign in again, who may try at once.

    Raises:
        NotFound: There is no such user.
    """
    user = await _find(session, name)
    await forget_tries(session, name)
    if user.disabled_at is None:
        return
    await _change(session, replace(user, disabled_at=None))
    await tell_change(session, "user", user.name, "enabled")


async def change_password(session: Session, user: StoredUser, password: HashedPassword, *, secret: str) -> None:
    """Give a *user* the password that they chose, and end where else than in the session of *secret* they are."""
    await users.change(session.connection, replace(user, password_hash=password, must_change_password=False))
    await sessions.end_sessions(session, user.name, but=secret)
    await tell_change(session, "user", user.name, "password changed")


async def _find(session: Session, name: str) -> StoredUser:
    user = await users.find(session.connection, case_key(name))
    if user is None:
        raise NotFound(Sentence("There is no user named %(name)r.", name=name), field="name", value=name)
    return user


async def _require_another_administrator(session: Session, user: StoredUser) -> None:
    if user.role != Role.ADMINISTRATOR or user.disabled_at is not None:
        return
    if await users.count_enabled(session.connection, Role.ADMINISTRATOR.value) < 2:
        raise RuleViolation(
            Sentence(
                "%(name)r is the last administrator who can sign in; accepted: to make another one first.",
                name=user.name,
            ),
            field="name",
            value=user.name,
        )


async def _change(session: Session, user: StoredUser) -> None:
    await users.change(session.connection, user)
    await sessions.end_sessions(session, user.name)
