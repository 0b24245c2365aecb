"""What an error says, in English and in other languages."""

import pytest

from pywats_server.errors import Conflict, InvalidInput, Sentence

NORWEGIAN = {
    "%(field)s is %(value)s; accepted: %(accepted)s.": "%(field)s er %(value)s; godtatt: %(accepted)s.",
    "up to %(most)s": "inntil %(most)s",
}
TOO_MANY = Sentence(
    "%(field)s is %(value)s; accepted: %(accepted)s.",
    field="tags",
    value=101,
    accepted=Sentence("up to %(most)s", most=100),
)


def test_sentence_is_english_by_itself() -> None:
    assert str(TOO_MANY) == str(InvalidInput(TOO_MANY)) == InvalidInput(TOO_MANY).message
    assert str(TOO_MANY) == "tags is 101; accepted: up to 100."


def test_sentence_is_said_in_another_language_with_the_sentences_in_it() -> None:
    told = InvalidInput(TOO_MANY).said(lambda text: NORWEGIAN.get(text, text))
    assert told == "tags er 101; godtatt: inntil 100."


@pytest.mark.parametrize("value", ["50 %", "%(name)s", "%s"])
def test_values_may_have_percent_signs(value: str) -> None:
    assert str(Sentence("The name %(name)s is taken.", name=value)) == f"The name {value} is taken."


def test_error_of_a_plain_text_is_said_as_it_is() -> None:
    error = Conflict("50 % is taken.")
    assert error.said(str.upper) == error.message == "50 % is taken."
