"""Answers that are shared for a while."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pywats.testing import ManualClock
from pywats_server.errors import Conflict, NotAllowed
from pywats_server.services import overview, users
from pywats_server.services.recent import Recent
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Permission, Principal, Role, Session, use_case

WITHIN = timedelta(seconds=2)


class Question:
    """Answers how often it was asked before; fails as long as it shall."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False

    async def __call__(self) -> int:
        await asyncio.sleep(0)
        self.times += 1
        if self.fails:
            raise Conflict("not now")
        return self.times


@pytest.mark.parametrize(
    ("seconds", "answer", "age"),
    [
        pytest.param(0, 1, 0, id="at once"),
        pytest.param(2, 1, 2, id="at the last moment"),
        pytest.param(2.001, 2, 0, id="too late"),
        pytest.param(-1, 2, 0, id="before, by a clock that was put back"),
    ],
)
def test_answer_serves_for_a_while_and_tells_its_age(
    clock: ManualClock, seconds: float, answer: int, age: float
) -> None:
    async def ask() -> None:
        recent, question = Recent(clock), Question()
        await recent.tell("how often", WITHIN, question)
        clock.advance(seconds=seconds)
        told = await recent.tell("how often", WITHIN, question)
        assert (told.answer, clock.now - told.at) == (answer, timedelta(seconds=age))

    asyncio.run(ask())


def test_those_who_ask_at_the_same_time_share_one_answer(clock: ManualClock) -> None:
    async def ask() -> None:
        recent, question = Recent(clock), Question()
        told = await asyncio.gather(*(recent.tell("how often", WITHIN, question) for _ in range(5)))
        assert [one.answer for one in told] == [1] * 5

    asyncio.run(ask())


def test_questions_have_answers_of_their_own(clock: ManualClock) -> None:
    async def ask() -> None:
        recent, question = Recent(clock), Question()
        assert [(await recent.tell(name, WITHIN, question)).answer for name in ("one", "other", "one")] == [1, 2, 1]

    asyncio.run(ask())


def test_error_is_told_to_all_who_wait_and_not_kept(clock: ManualClock) -> None:
    async def ask() -> None:
        recent, question = Recent(clock), Question()
        question.fails = True
        errors = await asyncio.gather(
            *(recent.tell("how often", WITHIN, question) for _ in range(2)), return_exceptions=True
        )
        assert [type(error) for error in errors] == [Conflict, Conflict]
        question.fails = False
        assert (await recent.tell("how often", WITHIN, question)).answer == 2

    asyncio.run(ask())


def test_caller_that_goes_away_leaves_the_answer_to_the_others(clock: ManualClock) -> None:
    async def ask() -> None:
        recent, question = Recent(clock), Question()
        leaving, staying = (asyncio.create_task(recent.tell("how often", WITHIN, question)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).answer == 1

    asyncio.run(ask())


@use_case(Permission.DELETE)
async def _secret(session: Session) -> str:
    return session.principal.name


def test_answer_that_is_there_is_told_only_to_those_who_may_ask(house: Any) -> None:
    backend = house.backend
    assert house.run(backend.recently(WITHIN, LOCAL_ADMINISTRATOR, _secret)).answer == LOCAL_ADMINISTRATOR.name
    with pytest.raises(NotAllowed):
        house.run(backend.recently(WITHIN, Principal("bench", Role.MANAGER), _secret))


def test_overview_is_recent_for_as_long_as_the_caller_says(house: Any, clock: ManualClock) -> None:
    def weeks() -> Any:
        return house.run(house.backend.recently(WITHIN, LOCAL_ADMINISTRATOR, overview.list_due_by_week))

    first = weeks()
    clock.advance(seconds=1)
    assert weeks() == first
    clock.advance(days=7)
    assert weeks().answer[0].monday == first.answer[0].monday + timedelta(days=7)


def test_change_by_the_same_server_shows_at_once(house: Any) -> None:
    def users_there() -> Any:
        return house.run(house.backend.recently(WITHIN, LOCAL_ADMINISTRATOR, users.list_users)).answer

    assert users_there() == []
    house.add("Anna")
    assert [user.name for user in users_there()] == ["Anna"]
