"""Passwords: long ones are taken, what everybody tries first is not, and none is repeated in an error."""

import pytest

from pywats_server.errors import InvalidInput
from pywats_server.rules.passwords import LONGEST, check_password


@pytest.mark.parametrize(
    "password",
    [
        "seven green fixtures",
        "correcthorsebatterystaple",
        "nur kleine buchstaben",
        "48150623420915",
        "пароль длинный да",
        "治具の校正期限は来週の月曜日",
        "a" * 6 + "bcdef" * (LONGEST // 5 - 2),
        "k7mq-x2he-9stw-bb4c-d5fg",
        "Anna and her four fixtures",
    ],
)
def test_long_password_of_any_characters_is_taken(password: str) -> None:
    check_password(password, "Anna")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Xk9#mQ2$vB7",
        "seven green fixtures" * 7,
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "123456789012",
        "abcdefghijklmnopqrstuvwxyz",
        "password1234",
        "P@ssw0rd!2026"[:12],
        "passwordpassword",
        "qwertyuiop12",
        "administrator1!",
        "pywats-admin1",
        "Annemarie1234",
        "annemarieANNEMARIE",
        "            ",
    ],
)
def test_password_that_is_short_long_or_tried_first_is_refused_without_being_shown(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_password(password, "Annemarie")
    assert "accepted: 12 to 128 characters" in refused.value.message
    assert not password.strip() or password not in f"{refused.value.message} {refused.value.details}"


def test_length_is_that_of_what_a_reader_sees() -> None:
    """An accent of its own is no character more."""
    with pytest.raises(InvalidInput):
        check_password("e\u0301a\u0301u\u0301o\u0301i\u0301y\u0301", "Anna")
