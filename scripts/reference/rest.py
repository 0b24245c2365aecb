"""The page about the HTTP interface, from the server's own description of it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pywats_server.app import create_app
from pywats_server.settings import Settings
from reference.markdown import table

_OPENING = """\
# The HTTP interface

The server describes itself on `/docs`, for people, and on `/openapi.json`, for programs. How dates, names, lists and
tokens are written is told once, in [the wire](../wire-contract.md). Errors that every call can meet (400, 401, 403,
413, 500, 503) are in [a table of their own](errors.md); a call's list names only the others.
"""
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}
_EVERYWHERE = {"200", "400", "401", "403", "413", "500", "503"}


def page() -> str:
    """Return the page."""
    described = create_app(Settings()).openapi()
    return "\n".join((_OPENING, *_operations(described), *_shapes(described)))


def _operations(described: dict[str, Any]) -> Iterator[str]:
    calls = [
        (operation["tags"][0], f"{method.upper()} {path}", operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    for tag, group in groupby(calls, key=lambda call: call[0]):
        yield f"## {tag}\n"
        yield from (_operation(name, operation) for _, name, operation in group)


def _operation(name: str, operation: dict[str, Any]) -> str:
    parts = [f"### {name}\n", operation["description"] + "\n", _facts(operation)]
    parameters = [_parameter(parameter) for parameter in operation.get("parameters", [])]
    return "\n".join([*parts, *([table(("parameter", "type", "what it says"), parameters)] if parameters else [])])


def _facts(operation: dict[str, Any]) -> str:
    """Body, answer and errors, one a line."""
    answer = _content(operation["responses"].get("200", {}))
    body = _content(operation.get("requestBody", {}))
    errors = ", ".join(sorted(operation["responses"].keys() - _EVERYWHERE))
    facts = (("Takes", body), ("Answers", answer), ("Errors of its own", errors))
    return "".join(f"- {name}: {text}\n" for name, text in facts if text)


def _content(message: dict[str, Any]) -> str:
    return ", ".join(
        "bytes" if kind == "application/octet-stream" else _type(content["schema"])
        for kind, content in message.get("content", {}).items()
        if content.get("schema") or kind == "application/octet-stream"
    )


def _parameter(parameter: dict[str, Any]) -> tuple[str, str, str]:
    where = "" if parameter["in"] == "query" else f" ({parameter['in']})"
    required = " Required." if parameter.get("required") and parameter["in"] == "query" else ""
    # What need not be given is never sent as null.
    kind = _type(parameter["schema"]).removesuffix(" or null")
    return f"`{parameter['name']}`{where}", kind, parameter.get("description", "") + required


def _type(schema: dict[str, Any]) -> str:
    """Return a schema in words: `text or null`, `list of Tag`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind: str = schema.get("type", "anything")
    return _WORDS.get(kind, kind)


def _shapes(described: dict[str, Any]) -> Iterator[str]:
    yield "## Shapes\n"
    for name, schema in sorted(described["components"]["schemas"].items()):
        yield f"### {name}\n"
        yield " ".join(schema.get("description", "").split()) + "\n"
        if "properties" in schema:
            yield table(("property", "type", "what it says"), _properties(schema))
        else:
            yield _type(schema) + "\n"


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", []) if schema.get("title", "").endswith("Body") else []
    for name, property in schema["properties"].items():
        told = property.get("description", "") + (" Required." if name in required else "")
        yield f"`{name}`", _type(property), told.strip()
