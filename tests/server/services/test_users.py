"""Accounts: who may have which name, which role, and that somebody can always look after them."""

import asyncio
from typing import Any

import pytest

from databases import run
from pywats_server.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleViolation
from pywats_server.services import users
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Principal, Role, user_principal
from pywats_server.settings import Settings
from server.services.conftest import House


def changes(settings: Settings) -> list[tuple[Any, ...]]:
    """Return what the log of changes tells, oldest first."""
    statement = "SELECT subject, action, old_value, value FROM change_entry ORDER BY change_id"
    return run(settings.database_url, statement)[0]


def test_user_is_listed_with_role_and_no_secret(house: House, stored_password: HashedPassword) -> None:
    house.add("Anna", Role.MANAGER)
    user = house.users()["Anna"]
    assert (user.role, user.disabled_at, user.must_change_password) == ("manager", None, False)
    assert stored_password not in repr(user)


@pytest.mark.parametrize("name", ["Anna", "anna", "ＡＮＮＡ"], ids=["the same", "other case", "other width"])
def test_name_is_never_given_twice(house: House, name: str) -> None:
    house.add("Anna")
    house.do(users.add_user, "Bert", Role.ADMINISTRATOR, HashedPassword("x"), must_change_password=False)
    house.do(users.disable_user, "Anna")
    with pytest.raises(Conflict, match="a user named 'Anna'"):
        house.add(name)


@pytest.mark.parametrize("name", ["", " ", "a:b", " anna", "anna\t", "a" * 101, "a\x00b"])
def test_name_that_would_read_like_another_is_refused(house: House, name: str) -> None:
    with pytest.raises(InvalidInput, match="accepted"):
        house.add(name)
    assert house.users() == {}


@pytest.mark.parametrize("use_case", [users.disable_user, users.enable_user], ids=["disable", "enable"])
def test_user_who_is_not_there_is_told(house: House, use_case: Any) -> None:
    with pytest.raises(NotFound, match="no user named 'nobody'"):
        house.do(use_case, "nobody")


def test_role_is_changed_whatever_the_case_of_the_name(house: House) -> None:
    house.add("Anna", Role.VIEWER)
    house.do(users.set_role, "ANNA", Role.OPERATOR)
    assert house.users()["Anna"].role == "operator"


@pytest.mark.parametrize(
    "away",
    [lambda house: house.do(users.disable_user, "Anna"), lambda house: house.do(users.set_role, "Anna", Role.VIEWER)],
    ids=["disable", "demote"],
)
def test_last_administrator_who_can_sign_in_stays(house: House, away: Any) -> None:
    """Others do not count who are disabled, or have other roles."""
    for name, role in (("Anna", Role.ADMINISTRATOR), ("Bert", Role.ADMINISTRATOR), ("Cleo", Role.MANAGER)):
        house.add(name, role)
    house.do(users.disable_user, "Bert")
    with pytest.raises(RuleViolation, match="'Anna' is the last administrator"):
        away(house)
    house.do(users.enable_user, "Bert")
    away(house)
    assert house.users()["Bert"].disabled_at is None


def test_last_two_administrators_cannot_send_each_other_away_at_once(house: House) -> None:
    names = ("Anna", "Bert")
    for name in names:
        house.add(name)

    async def at_once() -> list[Any]:
        async with house.other_server() as other:
            servers = zip((house.backend, other), names, strict=True)
            away = [server.write(LOCAL_ADMINISTRATOR, users.disable_user, name) for server, name in servers]
            return await asyncio.gather(*away, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in house.run(at_once())) == ["NoneType", "RuleViolation"]
    assert len([user for user in house.users().values() if user.disabled_at is None]) == 1


def test_changes_of_users_are_told_in_the_log_without_passwords(
    house: House, settings: Settings, stored_password: HashedPassword
) -> None:
    house.add("Anna")
    house.add("Bert", Role.VIEWER)
    house.do(users.set_role, "Bert", Role.MANAGER)
    house.do(users.set_role, "Bert", Role.MANAGER)
    house.do(users.reset_password, "Bert", stored_password, must_change_password=True)
    house.do(users.disable_user, "bert")
    house.do(users.disable_user, "Bert")
    house.do(users.enable_user, "Bert")
    assert changes(settings) == [
        ("Anna", "created", None, "administrator"),
        ("Bert", "created", None, "viewer"),
        ("Bert", "changed", "viewer", "manager"),
        ("Bert", "password reset", None, None),
        ("Bert", "disabled", None, None),
        ("Bert", "enabled", None, None),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.MANAGER])
def test_only_administrators_manage_users(house: House, role: Role) -> None:
    house.add("Anna")
    with pytest.raises(NotAllowed, match=f"The user 'Bert' has the role {role.value}, which may not manage users"):
        house.run(house.backend.write(user_principal("Bert", role), users.disable_user, "Anna"))


def test_first_administrator_is_made_once_by_servers_that_start_together(
    house: House, stored_password: HashedPassword
) -> None:
    async def at_once() -> list[bool]:
        async with house.other_server() as other:
            made = [
                server.write(LOCAL_ADMINISTRATOR, users.add_first_administrator, "admin", stored_password)
                for server in (house.backend, other) * 2
            ]
            return await asyncio.gather(*made)

    assert sorted(house.run(at_once())) == [False, False, False, True]
    assert house.users()["admin"].must_change_password


def test_user_cannot_be_mistaken_for_a_token(house: House) -> None:
    principal = user_principal("Anna", Role.VIEWER)
    assert (principal.name, principal.user) == ("user:Anna", "Anna")
    assert Principal("Anna", Role.VIEWER).user is None
