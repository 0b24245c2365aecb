"""Texts that stand in a template as they are, where no catalog can reach them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment

_WORD = re.compile(r"[^\W\d_]{2,}")
_READ_OUT = ("alt", "aria-label", "placeholder", "title")
# What is no language: code, names of programs.
_NO_TEXT = ("code", "kbd", "script", "style")
# Attributes come alone where a template adds them to a tag of another.
_NO_WORDS = re.compile(r"""\b(pywats|mm|CSV|Excel|PDF|ZPL)\b|[\w-]+="[^"]*\"""")


def bare_texts(environment: Environment, source: str) -> list[str]:
    """Return the words of a template that readers see and that are not marked as messages."""
    reader = _Reader()
    reader.feed("".join(_without_code(environment, source)))
    return reader.found


def _without_code(environment: Environment, source: str) -> Iterator[str]:
    """Leave out of a template what is computed, and the messages between `trans` and `endtrans`."""
    is_message, opened = False, ""
    for _, kind, value in environment.lex(source):
        if kind == "data" and not is_message:
            yield value
        elif kind == "name" and opened == "block_begin":
            is_message = (is_message or value == "trans") and value != "endtrans"
        opened = kind if kind != "whitespace" else opened


class _Reader(HTMLParser):
    """Collects the words of a page, and of what is read out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        for name, value in attrs:
            if name in _READ_OUT:
                self._see(value or "")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(tag in self._within for tag in _NO_TEXT):
            self._see(data)

    def _see(self, text: str) -> None:
        if _WORD.search(_NO_WORDS.sub("", text)):
            self.found.append(" ".join(text.split()))
