"""Passwords: hashed and compared on threads aside, because that takes a good part of a second on purpose."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, NewType, TypeVar

from pywats_server.rules.passwords import check_password, composed

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

HashedPassword = NewType("HashedPassword", str)
"""The hash of a password that its owner may have. Only `hashed` makes one."""

HASH_PREFIX = "$argon2id$"
"""What every hash of a password begins with."""

# Each hash takes 64 MiB for as long as it takes, so those who come together wait for each other.
_THREADS = ThreadPoolExecutor(2, "passwords")
# Nothing that reads like another character, and nothing that is hard to find on a foreign keyboard.
_LETTERS = "abcdefghjkmnpqrstuvwx23456789"
_GROUPS, _GROUP_LENGTH = 5, 4


def generated_password() -> str:
    """Return a new password that can be read out, such as `k7mq-x2he-…`, of 97 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


async def hashed(password: str, name: str) -> HashedPassword:
    """
    Return the hash of a *password* for the user *name*.

    Raises:
        InvalidInput: The password is too short, too long or easily guessed. The error does not hold it.
    """
    check_password(password, name)
    return HashedPassword(await _aside(lambda: _hasher().hash(_encoded(password))))


async def fits(password: str, stored: str | None) -> bool:
    """Tell whether *stored* is the hash of *password*. Where nothing is stored it takes as long to say no."""
    return await _aside(lambda: _fits(_encoded(password), stored))


def _fits(password: bytes, stored: str | None) -> bool:
    from argon2.exceptions import VerificationError

    if stored is None:
        _hasher().hash(password)
        return False
    try:
        return _hasher().verify(stored, password)
    except VerificationError:
        return False


@cache
def _hasher() -> "PasswordHasher":
    # Imported where it is needed: a start should not wait for it.
    from argon2 import PasswordHasher

    return PasswordHasher()


def _encoded(password: str) -> bytes:
    return composed(password).encode("utf-8", "surrogatepass")


async def _aside(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
