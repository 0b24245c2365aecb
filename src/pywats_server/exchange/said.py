"""What is said about a list: as an English text, which command lines print, and as a sentence for other languages."""

from collections.abc import Mapping
from typing import Any

from pywats_server.errors import Sentence


class Told(str):
    """A sentence, or a part of one, as the English text that it is."""

    __slots__ = ("sentence",)

    sentence: Sentence

    def __new__(cls, sentence: Sentence) -> "Told":
        """Make the text of *sentence*."""
        told = super().__new__(cls, str(sentence))
        told.sentence = sentence
        return told


class Unreadable(ValueError):
    """A cell whose value cannot be taken. The message goes on after the value and says what would be accepted."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(str(message))
        self.told = Told(message)


def told(message: str, sentence: Sentence | None) -> str:
    """Return a message with its *sentence*, where it has one."""
    return message if sentence is None else Told(sentence)


def pack(text: str | Sentence) -> Any:
    """Return what is told as plain data; values that are neither texts nor numbers become texts."""
    sentence = getattr(text, "sentence", text)
    if not isinstance(sentence, Sentence):
        return text
    return {"text": sentence.text, "values": {name: _pack(value) for name, value in sentence.values.items()}}


def _pack(value: object) -> Any:
    if isinstance(value, Sentence):
        return pack(value)
    return value if type(value) in (int, float, str) else str(value)


def read(data: str | Mapping[str, Any]) -> str:
    """Return what `pack` gave *data* for."""
    return data if isinstance(data, str) else Told(_read(data))


def _read(data: Mapping[str, Any]) -> Sentence:
    text, values = data["text"], data["values"].items()
    return Sentence(text, **{name: _read(value) if isinstance(value, dict) else value for name, value in values})


def sentence_of(text: str) -> Sentence:
    """Return what is told as a sentence; of a plain text there is no other language."""
    return text.sentence if isinstance(text, Told) else Sentence(_AS_IT_IS, it=text)


# Apart, so that nobody is asked to translate it.
_AS_IT_IS = "%(it)s"
