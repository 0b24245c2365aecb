"""Pieces of Markdown: tables, and docstrings and signatures in it."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

_SECTION = re.compile(r"(Args|Attributes|Raises|Returns|Yields):")
_ITEM = re.compile(r"(?P<name>[\w.,* ]+): (?P<text>.*)", re.DOTALL)
_STARS: Mapping[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
_MODULE = re.compile(r"\b(?:[a-z_]\w*\.)+(?=\w)")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; line breaks and bars within a cell are made safe."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def documented(thing: object) -> str:
    """Return the docstring of *thing* as Markdown, its sections as lists."""
    paragraphs = (inspect.getdoc(thing) or "").split("\n\n")
    return "\n\n".join(_paragraph(paragraph) for paragraph in paragraphs) + "\n"


def _paragraph(text: str) -> str:
    title, _, rest = text.partition("\n")
    if not _SECTION.fullmatch(title):
        return text
    return f"*{title}*\n\n" + "\n".join(f"- {_item(item)}" for item in _items(rest))


def _items(text: str) -> Iterator[str]:
    """The entries of a section: a line and the deeper lines that follow it."""
    entry: list[str] = []
    for line in inspect.cleandoc(text).splitlines():
        if entry and not line.startswith(" "):
            yield " ".join(entry)
            entry = []
        entry.append(line.strip())
    yield " ".join(entry)


def _item(text: str) -> str:
    match = _ITEM.fullmatch(text)
    return f"`{match['name']}`: {match['text']}" if match else text


def signature(function: Any, name: str | None = None) -> str:
    """Return how *function* is called, one argument a line when it does not fit on one."""
    called = inspect.signature(function)
    parts = list(_parameters(called))
    result = "" if called.return_annotation is inspect.Signature.empty else f" -> {type_name(called.return_annotation)}"
    one_line = f"{name or function.__name__}({', '.join(parts)}){result}"
    if len(one_line) <= 100:
        return one_line
    return f"{name or function.__name__}(\n" + "".join(f"    {part},\n" for part in parts) + f"){result}"


def _parameters(called: inspect.Signature) -> Iterator[str]:
    was_keyword_only = False
    for name, parameter in called.parameters.items():
        if name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not was_keyword_only:
            was_keyword_only = True
            yield "*"
        default = "" if parameter.default is parameter.empty else f" = {_default(parameter.default)}"
        stars = _STARS.get(parameter.kind, "")
        yield f"{stars}{name}: {type_name(parameter.annotation)}{default}"


def type_name(annotation: Any) -> str:
    """Return a type as it is written, without the modules that it comes from."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return _MODULE.sub("", text)


def _default(value: Any) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, frozenset):
        return f"frozenset({{{', '.join(map(repr, sorted(value)))}}})"
    return repr(value)
