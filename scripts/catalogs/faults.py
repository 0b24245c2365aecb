"""What is wrong with a message or its translation. Pure functions."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Message

_MARKUP = re.compile(r"<[^>]*>|&\w+;")
_PLACEHOLDER = re.compile(r"%(\(\w+\)[sdr])")


def faults_of(message: Message, forms: int) -> Iterator[str]:
    """Tell what keeps the translation of *message* from being shown. A plural has so many *forms* in its language."""
    written, translated = _texts(message.id), _texts(message.string)
    expected = forms if isinstance(message.id, tuple | list) else 1
    if stray := [text for text in (*written, *translated) if _has_stray_percent(text)]:
        yield f"a percent sign is neither doubled nor a named placeholder in {stray[0]!r}"
    if message.fuzzy:
        yield "the translation is marked as fuzzy"
    elif len(translated) != expected or not all(translated):
        yield "there is no translation" if expected == 1 else f"there are not {expected} forms of the plural"
    else:
        yield from _differences(written, translated)


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, tuple | list):
        return [text or "" for text in value]
    return [str(value or "")]


def _has_stray_percent(text: str) -> bool:
    return "%" in _PLACEHOLDER.sub("", text.replace("%%", ""))


def _differences(written: Sequence[str], translated: Sequence[str]) -> Iterator[str]:
    """Compare each form with that of the code which is shown for the same numbers: the singular comes first, if any."""
    for index, text in enumerate(translated):
        one = written[min(index, len(written) - 1)] if len(translated) > 1 else written[-1]
        # A singular may do without the number, and languages with other rules may need it.
        wanted, allowed = _names(one), _names(" ".join(written))
        if not wanted <= _names(text) <= allowed:
            yield f"the placeholders of {text!r} are not those of {one!r}"
        if Counter(_MARKUP.findall(text)) != Counter(_MARKUP.findall(one)):
            yield f"the markup of {text!r} is not that of {one!r}"


def _names(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))
