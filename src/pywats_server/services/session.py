"""Who does something, what they may do, and the transaction in which they do it."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from enum import Enum, StrEnum
from functools import reduce
from typing import Any, Concatenate, ParamSpec, TypeVar

from msgspec import Struct

from pywats_server.errors import NotAllowed, Sentence
from pywats_server.instants import Instant, instant
from pywats_server.store.database import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Permission(Enum):
    """What a use case needs. The value says it in words for an error message."""

    READ = "read assets"
    COUNT = "count uses"
    SET_STATE = "set the state of assets"
    RECORD_WORK = "record calibration and maintenance"
    RESET_COUNT = "reset running counts"
    POST_MESSAGE = "post messages"
    ATTACH_FILE = "attach files"
    EDIT_ASSET = "create and edit assets"
    EDIT_TYPE = "create and edit asset types"
    EDIT_TOTAL_COUNT = "set counts to a value (Edit Total count)"
    DELETE = "delete"
    MANAGE_TOKENS = "manage tokens"
    MANAGE_USERS = "manage users"
    KEEP_HOUSE = "look after the database"


class Role(StrEnum):
    """What a token or a user may do. Each role may do all that the one before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"

    def may(self, permission: Permission) -> bool:
        """Tell whether the role has *permission*."""
        return permission in _PERMISSIONS[self]


_VIEWER = frozenset({Permission.READ})
_OPERATOR = _VIEWER | {
    Permission.COUNT,
    Permission.SET_STATE,
    Permission.RECORD_WORK,
    Permission.RESET_COUNT,
    Permission.POST_MESSAGE,
    Permission.ATTACH_FILE,
}
_MANAGER = _OPERATOR | {Permission.EDIT_ASSET, Permission.EDIT_TYPE, Permission.EDIT_TOTAL_COUNT}
_PERMISSIONS = {
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _MANAGER
    | {Permission.DELETE, Permission.MANAGE_TOKENS, Permission.MANAGE_USERS, Permission.KEEP_HOUSE},
}


class Principal(Struct, frozen=True):
    """
    Who was authenticated, and their role.

    Attributes:
        name: As the log has it: the name of a token, or that of a user after `user:`. No token's name has a colon.
    """

    name: str
    role: Role

    @property
    def user(self) -> str | None:
        """The name of the user; None when it is no user."""
        return self.name.removeprefix(_USER) if self.name.startswith(_USER) else None


_USER = "user:"


def user_principal(name: str, role: Role) -> Principal:
    """Return the principal that a user is."""
    return Principal(_USER + name, role)


LOCAL_ADMINISTRATOR = Principal("local administrator", Role.ADMINISTRATOR)
"""Whoever runs a command on the server's own machine: they hold the database itself."""


class Session(Struct, frozen=True):
    """One caller's view of one transaction. `now` is aware, UTC, and the same for everything in it."""

    connection: Connection
    principal: Principal
    now: datetime

    @property
    def instant(self) -> Instant:
        """Now, in the form that is kept and sent."""
        return instant(self.now)


UseCase = Callable[Concatenate[Session, P], Coroutine[Any, Any, T]]


def use_case(permission: Permission) -> Callable[[UseCase[P, T]], UseCase[P, T]]:
    """Declare what permission a use case needs; `permission_of` reads it."""

    def declare(function: UseCase[P, T]) -> UseCase[P, T]:
        function.permission = permission  # type: ignore[attr-defined]
        return function

    return declare


def permission_of(function: Callable[..., Any]) -> Permission:
    """Return the permission that a use case was declared with."""
    permission: Permission = function.permission  # type: ignore[attr-defined]
    return permission


def require(principal: Principal, permission: Permission) -> None:
    """
    Let a caller pass who has *permission*.

    Raises:
        NotAllowed: The role does not have it. The message names the roles that do.
    """
    if principal.role.may(permission):
        return
    able = [role.value for role in Role if role.may(permission)]
    raise NotAllowed(
        Sentence(
            "The %(who)s has the role %(role)s, which may not %(what)s. It takes the role %(able)s.",
            who=_who(principal),
            role=Sentence(principal.role.value),
            what=Sentence(permission.value),
            able=reduce(lambda one, other: Sentence("%(one)s or %(other)s", one=one, other=other), map(Sentence, able)),
        ),
        role=principal.role.value,
        accepted=able,
    )


def _who(principal: Principal) -> Sentence:
    if principal.user is None:
        return Sentence("token %(name)r", name=principal.name)
    return Sentence("user %(name)r", name=principal.user)
