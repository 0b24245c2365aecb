"""Signing in, staying signed in, and being slowed down where it fails."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from databases import run
from pywats.testing import ManualClock
from pywats_server.errors import DomainError, InvalidInput, NotAuthenticated, TooManyTries
from pywats_server.housekeeping import tidy
from pywats_server.rules.tries import FREE_BY_ADDRESS, FREE_BY_NAME
from pywats_server.services import passwords, sessions, tokens, tries, users
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Permission, Principal, Role, Session, use_case
from pywats_server.services.signing_in import change_password, sign_in, sign_in_with_token, who_is_signed_in
from pywats_server.settings import Settings
from server.services.conftest import PASSWORD, House

BENCH, ELSEWHERE = "10.0.0.5", "192.0.2.77"


@pytest.fixture
def anna(house: House) -> House:
    """A house in which Anna is a manager; the administrator is another."""
    house.add("Chief")
    house.add("Anna", Role.MANAGER)
    return house


def enter(house: House, name: str = "Anna", password: str = PASSWORD, address: str = BENCH) -> str:
    """Sign somebody in, and return the secret of the session."""
    return house.run(sign_in(house.backend, name, password, address))


def who(house: House, secret: str) -> sessions.SignedIn:
    return house.run(who_is_signed_in(house.backend, secret))


def is_signed_in(house: House, secret: str) -> bool:
    try:
        who(house, secret)
    except NotAuthenticated:
        return False
    return True


@use_case(Permission.READ)
async def open_session(session: Session, **whose: str) -> str:
    """Open a session without a password, which takes long to compare."""
    return await sessions.open_session(session, **whose)


def signed_in_with_token(house: House, name: str) -> str:
    """Make a token and sign in with it."""
    token = house.do(tokens.create_token, name, Role.VIEWER)
    return house.run(sign_in_with_token(house.backend, token))


@use_case(Permission.READ)
async def fail(session: Session, name: str, address: str) -> None:
    """Count a try that fails."""
    await tries.count_try(session, name, address)


@use_case(Permission.READ)
async def succeed(session: Session, name: str, address: str) -> None:
    """Count a try that does not fail."""
    await tries.count_try(session, name, address)
    await tries.tell_success(session, name, address)


def test_person_signs_in_whatever_the_case_of_the_name(anna: House) -> None:
    signed_in = who(anna, enter(anna, "ANNA"))
    assert (signed_in.principal.name, signed_in.principal.role) == ("user:Anna", Role.MANAGER)
    assert not signed_in.must_change_password


def test_password_is_the_same_however_a_keyboard_composes_it(house: House) -> None:
    stored = house.run(passwords.hashed("größer als ein Prüfplatz", "Anna"))
    assert house.run(passwords.fits("gro\u0308ßer als ein Pru\u0308fplatz", stored))


@pytest.mark.parametrize(
    ("name", "password"),
    [("Anna", "seven green fixture"), ("Berta", PASSWORD), ("Gone", PASSWORD), ("A\x00", PASSWORD), ("A" * 999, "x")],
    ids=["wrong password", "unknown name", "disabled", "unprintable name", "long name"],
)
def test_who_may_not_sign_in_hears_the_same_whatever_the_reason(anna: House, name: str, password: str) -> None:
    anna.add("Gone")
    anna.do(users.disable_user, "Gone")
    with pytest.raises(NotAuthenticated) as refused:
        enter(anna, name, password)
    assert str(refused.value) == "There is no user with this name and password who may sign in."
    assert refused.value.details == {}


def test_unknown_name_takes_as_much_work_as_a_wrong_password(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash each, by the same measure; counted, because time cannot be told on a busy machine."""
    made: list[str] = []
    hasher = passwords._hasher()
    for name in ("hash", "verify"):
        real = getattr(type(hasher), name)
        monkeypatch.setattr(type(hasher), name, lambda *args, name=name, real=real: made.append(name) or real(*args))
    house.add("Anna")
    for name in ("Anna", "Berta"):
        with pytest.raises(NotAuthenticated):
            enter(house, name, "seven green fixture")
    assert made == ["verify", "hash"]


def test_hashing_leaves_the_event_loop_free(house: House) -> None:
    async def meanwhile() -> bool:
        work = asyncio.create_task(passwords.fits(PASSWORD, None))
        await asyncio.sleep(0)
        return work.done()

    assert house.run(meanwhile()) is False


def test_session_is_kept_as_a_hash_alone(anna: House, settings: Settings) -> None:
    secret = anna.do(open_session, user="Anna")
    rows = run(settings.database_url, "SELECT * FROM web_session", "SELECT * FROM user_account")
    assert secret not in str(rows)
    assert PASSWORD not in str(rows)


def test_holder_of_a_token_signs_in_until_it_is_revoked(house: House) -> None:
    token = house.do(tokens.create_token, "bench", Role.OPERATOR)
    secret = house.run(sign_in_with_token(house.backend, token))
    assert who(house, secret).principal == Principal("bench", Role.OPERATOR)
    house.do(tokens.revoke_token, "bench")
    assert not is_signed_in(house, secret)
    with pytest.raises(NotAuthenticated):
        house.run(sign_in_with_token(house.backend, token))


@pytest.mark.parametrize("secret", ["", "x", "\udcff", "x" * 10_000])
def test_secret_of_no_session_is_refused(house: House, secret: str) -> None:
    assert not is_signed_in(house, secret)


def test_session_nobody_uses_ends_after_a_shift(anna: House, clock: ManualClock) -> None:
    used, unused = (anna.do(open_session, user="Anna") for _ in range(2))
    clock.advance(hours=11)
    assert is_signed_in(anna, used)
    clock.advance(hours=1)
    assert is_signed_in(anna, used)
    assert not is_signed_in(anna, unused)


def test_session_ends_after_thirty_days_however_much_it_is_used(anna: House, clock: ManualClock) -> None:
    secret = anna.do(open_session, user="Anna")
    for _ in range(29 * 3 + 2):
        clock.advance(hours=8)
        assert is_signed_in(anna, secret)
    clock.advance(hours=8)
    assert not is_signed_in(anna, secret)


def test_session_of_a_clock_that_was_ahead_ends_with_its_correction(anna: House, clock: ManualClock) -> None:
    clock.advance(days=365)
    secret = anna.do(open_session, user="Anna")
    clock.advance(days=-365)
    assert not is_signed_in(anna, secret)


@pytest.mark.parametrize(
    "change",
    [
        lambda house, password: house.do(users.disable_user, "Anna"),
        lambda house, password: house.do(users.set_role, "Anna", Role.VIEWER),
        lambda house, password: house.do(users.reset_password, "Anna", password, must_change_password=True),
    ],
    ids=["disabled", "another role", "another password"],
)
def test_sessions_of_a_user_end_when_the_account_changes(
    anna: House, stored_password: HashedPassword, change: Any
) -> None:
    ended, other = anna.do(open_session, user="Anna"), anna.do(open_session, user="Chief")
    change(anna, stored_password)
    assert not is_signed_in(anna, ended)
    assert is_signed_in(anna, other)


def test_person_who_signs_out_leaves_other_browsers_alone(anna: House) -> None:
    one, other = (anna.do(open_session, user="Anna") for _ in range(2))
    anna.do(sessions.end_session, one)
    assert (is_signed_in(anna, one), is_signed_in(anna, other)) == (False, True)


def test_person_signs_out_everywhere_else(anna: House) -> None:
    [here, *elsewhere] = [anna.do(open_session, user="Anna") for _ in range(3)]
    chief, token = anna.do(open_session, user="Chief"), signed_in_with_token(anna, "Anna")
    assert anna.run(anna.backend.write(who(anna, here).principal, sessions.end_other_sessions, here)) == 2
    assert [is_signed_in(anna, secret) for secret in (here, chief, token)] == [True, True, True]
    assert [is_signed_in(anna, secret) for secret in elsewhere] == [False, False]


def test_holder_of_a_token_signs_out_everywhere_else(anna: House) -> None:
    here, elsewhere = signed_in_with_token(anna, "Anna"), anna.do(open_session, token="Anna")
    user = anna.do(open_session, user="Anna")
    assert anna.run(anna.backend.write(who(anna, here).principal, sessions.end_other_sessions, here)) == 1
    assert [is_signed_in(anna, secret) for secret in (here, elsewhere, user)] == [True, False, True]


def test_person_chooses_another_password_and_other_browsers_are_signed_out(house: House) -> None:
    house.add("Anna", must_change_password=True)
    here, elsewhere = (house.do(open_session, user="Anna") for _ in range(2))
    assert who(house, here).must_change_password
    house.run(change_password(house.backend, here, PASSWORD, "a better fixture", BENCH))
    assert not who(house, here).must_change_password
    assert not is_signed_in(house, elsewhere)
    with pytest.raises(NotAuthenticated):
        enter(house)
    assert is_signed_in(house, enter(house, password="a better fixture"))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("seven blue fixtures", "a better fixture", NotAuthenticated),
        (PASSWORD, "too brief", InvalidInput),
        (PASSWORD, PASSWORD, InvalidInput),
    ],
    ids=["wrong old password", "short new password", "the same again"],
)
def test_password_stays_when_another_cannot_be_chosen(
    anna: House, old: str, new: str, error: type[DomainError]
) -> None:
    secret = anna.do(open_session, user="Anna")
    before = anna.users()
    with pytest.raises(error) as refused:
        anna.run(change_password(anna.backend, secret, old, new, BENCH))
    assert new not in str(refused.value)
    assert anna.users() == before


def test_holder_of_a_token_has_no_password_to_change(house: House) -> None:
    house.do(tokens.create_token, "bench", Role.OPERATOR)
    secret = house.do(open_session, token="bench")
    with pytest.raises(NotAuthenticated, match="has no password"):
        house.run(change_password(house.backend, secret, PASSWORD, "a better fixture", BENCH))


def test_name_that_failed_often_has_to_wait_wherever_it_is_tried(anna: House, clock: ManualClock) -> None:
    for number in range(FREE_BY_NAME):
        anna.do(fail, "anna", f"10.0.0.{number}")
    for name in ("Anna", "ANNA"):
        with pytest.raises(TooManyTries) as refused:
            enter(anna, name, address=ELSEWHERE)
        assert refused.value.details == {"retryAfterSeconds": 1}
    clock.advance(seconds=1)
    assert is_signed_in(anna, enter(anna, address=ELSEWHERE))


def test_tries_made_side_by_side_are_all_counted(anna: House) -> None:
    async def at_once() -> list[Any]:
        guesses = (sign_in(anna.backend, "Anna", f"guess number {number}", BENCH) for number in range(FREE_BY_NAME + 3))
        return await asyncio.gather(*guesses, return_exceptions=True)

    outcomes = [type(outcome) for outcome in anna.run(at_once())]
    assert outcomes.count(NotAuthenticated) == FREE_BY_NAME
    assert outcomes.count(TooManyTries) == 3


def test_name_that_is_nobodys_has_to_wait_as_well(house: House) -> None:
    for _ in range(FREE_BY_NAME):
        house.do(fail, "nobody", BENCH)
    with pytest.raises(TooManyTries):
        enter(house, "nobody")


def test_success_lets_the_name_fail_again_but_not_the_address(house: House, clock: ManualClock) -> None:
    """Else whoever has an account could guess at the others for ever."""
    for number in range(FREE_BY_ADDRESS - 1):
        house.do(fail, f"name {number}", BENCH)
        house.do(succeed, "mine", BENCH)
    house.do(fail, "the last one", BENCH)
    with pytest.raises(TooManyTries):
        house.do(succeed, "mine", BENCH)
    house.do(succeed, "mine", ELSEWHERE)


def test_asking_too_early_makes_nobody_wait_longer(house: House, clock: ManualClock) -> None:
    for _ in range(FREE_BY_NAME):
        house.do(fail, "Anna", BENCH)
    for _ in range(10):
        with pytest.raises(TooManyTries):
            house.do(fail, "Anna", BENCH)
    clock.advance(seconds=1)
    house.do(succeed, "Anna", BENCH)


@pytest.mark.parametrize(
    "let_in",
    [
        lambda house, password: house.do(users.reset_password, "Anna", password, must_change_password=False),
        lambda house, password: house.do(users.enable_user, "Anna"),
    ],
    ids=["another password", "enable"],
)
def test_administrator_lets_somebody_try_again_at_once(
    anna: House, stored_password: HashedPassword, let_in: Any
) -> None:
    for _ in range(FREE_BY_NAME):
        anna.do(fail, "Anna", ELSEWHERE)
    let_in(anna, stored_password)
    anna.do(succeed, "Anna", BENCH)


def test_failures_of_a_clock_that_was_ahead_lock_nobody_out(house: House, clock: ManualClock) -> None:
    clock.advance(days=365)
    for _ in range(FREE_BY_NAME):
        house.do(fail, "Anna", BENCH)
    clock.advance(days=-365)
    house.do(succeed, "Anna", BENCH)


def test_account_that_changes_while_its_password_is_compared_lets_nobody_in(
    anna: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.fits

    async def fits(password: str, stored: str | None) -> bool:
        await anna.backend.write(LOCAL_ADMINISTRATOR, users.disable_user, "Anna")
        return await real(password, stored)

    monkeypatch.setattr(passwords, "fits", fits)
    with pytest.raises(NotAuthenticated):
        enter(anna)


def test_housekeeping_forgets_what_is_over(anna: House, clock: ManualClock, settings: Settings) -> None:
    rows = ("SELECT count(*) FROM web_session", "SELECT count(*) FROM failed_sign_in")
    anna.do(open_session, user="Anna")
    anna.do(fail, "Anna", BENCH)
    anna.run(tidy(anna.backend, "me", timedelta(hours=1)))
    assert run(settings.database_url, *rows) == [[(1,)], [(2,)]]
    clock.advance(hours=12)
    anna.do(open_session, user="Anna")
    anna.run(tidy(anna.backend, "me", timedelta(hours=1)))
    assert run(settings.database_url, *rows) == [[(1,)], [(0,)]]
