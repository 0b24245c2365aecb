"""Names and texts in the target of a request, as clients write them and as endpoints know them."""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_PARAMETER = re.compile(r"\{\w+(:path)?\}")


class CanonicalNames:
    """
    Lets clients write paths and query names in any case, as servers that existing clients know do, and values in UTF-8
    or in the Windows code page.
    """

    def __init__(self, app: ASGIApp, *, routes: Iterable[APIRoute]) -> None:
        self.app = app
        self._fixed: dict[tuple[str, str], str] = {}
        self._patterns: list[tuple[set[str], re.Pattern[str], str]] = []
        for route in routes:
            self._learn(route)

    def _learn(self, route: APIRoute) -> None:
        methods = route.methods or set()
        if "{" in route.path:
            self._patterns.append((methods, _pattern(route.path), route.path))
        else:
            # A path of another method is still better known by its own name: the answer is a 405 then, not a 404.
            self._fixed |= {(method, route.path.lower()): route.path for method in methods}
            self._fixed.setdefault(("", route.path.lower()), route.path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            scope["path"] = self._path(scope["method"], _decoded_path(scope))
            scope["query_string"] = _query(scope["query_string"])
        await self.app(scope, receive, send)

    def _path(self, method: str, path: str) -> str:
        lower = path.lower()
        known = self._fixed.get((method, lower))
        if known is not None:
            return known
        for methods, pattern, template in self._patterns:
            match = pattern.fullmatch(path) if method in methods else None
            if match is not None:
                return _filled(template, match.groups())
        return self._fixed.get(("", lower), path)


def _pattern(path: str) -> re.Pattern[str]:
    """Return a pattern that takes *path* in any case, with a group for each parameter."""
    fixed = _PARAMETER.split(path)[::2]
    groups = ["(.*)" if match.group(1) else "([^/]*)" for match in _PARAMETER.finditer(path)]
    parts = [re.escape(text) + group for text, group in zip(fixed, [*groups, ""], strict=True)]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _filled(template: str, values: Iterable[str]) -> str:
    waiting = iter(values)
    return _PARAMETER.sub(lambda _: next(waiting), template)


def _decoded_path(scope: Scope) -> str:
    path: str = scope["path"]
    # The web server has put this character for every byte that is not UTF-8.
    return _text(unquote_to_bytes(scope["raw_path"])) if "\ufffd" in path and scope.get("raw_path") else path


def _text(raw: bytes) -> str:
    """Read what is not UTF-8 as what old Windows programs send."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


QUERY_NAMES = {
    name.lower().encode(): name.encode()
    for name in (
        *("id", "serialNumber", "assetId", "parentId", "filename", "name", "level", "state"),
        *("translate", "cultureCode", "incrementBy", "incrementChildren", "totalCount", "runningCount"),
        *("comment", "dateTime", "fromDate", "toDate"),
        *("$filter", "$orderby", "$top", "$skip", "$select", "$count"),
    )
}
"""The names of all parameters in queries, by their lower case."""


def _query(query: bytes) -> bytes:
    """Return a query string with the names that endpoints know; a dollar sign may come encoded."""
    if not query:
        return query
    return b"&".join(_pair(pair) for pair in query.split(b"&"))


def _pair(pair: bytes) -> bytes:
    name, equals, value = pair.partition(b"=")
    known = QUERY_NAMES.get(name.lower().replace(b"%24", b"$"))
    return (known or name) + equals + _value(value)


def _value(value: bytes) -> bytes:
    """Return a value in percent-encoded UTF-8, whichever bytes it came in."""
    if value.isascii() and b"%" not in value:
        return value
    raw = unquote_to_bytes(value.replace(b"+", b"%20"))
    text = _text(raw)
    return value if value.isascii() and text.encode() == raw else quote(text, safe="").encode()
