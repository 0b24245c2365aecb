"""What every repository does with a call: send it, turn what went wrong into our errors, and read the answer."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from pydantic import ValidationError
from pydantic_core import from_json

from pywats.errors import ErrorHandler, PyWATSError
from pywats.http.request import KEY_HEADER, Queued, Repeat, Request, Response, Sender, segment, with_query
from pywats.shared.model import WireModel

Result = TypeVar("Result")
Model = TypeVar("Model", bound=WireModel)
Query = Iterable[tuple[str, str | int | bool | None]]


class Repository:
    """
    Base of the repositories.

    Args:
        http_client: Sends requests; completes those whose URL is only a path.
        base_url: Address before `/api`, when the client does not know it.
        error_handler: Makes errors from answers.
    """

    domain: ClassVar[str]

    def __init__(self, http_client: Sender, base_url: str = "", error_handler: ErrorHandler | None = None) -> None:
        self._http = http_client
        self._base_url = base_url.rstrip("/")
        self._errors = error_handler or ErrorHandler()

    async def _call(
        self,
        operation: str,
        method: str,
        path: str,
        query: Query = (),
        *,
        repeat: Repeat,
        name: str = "",
        asks: bool = False,
        patient: bool = True,
        queueable: bool = False,
        dated_by: str | None = None,
        content: object = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """
        The answer of a call that succeeded.

        *name* stands in the place of `{name}` in *path*. *content* travels as JSON, a *body* as it is. *asks* says that
        nothing changes, although the method is not GET. A call that is not *patient* fails at once while the server is
        away.
        """
        headers = dict(headers or {})
        if method != "GET" and not asks:
            headers[KEY_HEADER] = str(uuid4())
        if content is not None:
            body, headers["Content-Type"] = json.dumps(content, ensure_ascii=False).encode(), "application/json"
        url = self._base_url + with_query(path.replace("{name}", segment(name)), query)
        called = f"{self.domain}.{operation}"
        request = Request(method, url, headers, body, repeat, queueable, dated_by, called, path, patient)
        try:
            response = await self._http.send(request)
        except PyWATSError as fault:
            self._errors.name(fault, called)
            raise
        self._errors.check(response, called)
        return response

    async def _report(
        self,
        operation: str,
        method: str,
        path: str,
        query: Query = (),
        *,
        repeat: Repeat,
        content: object = None,
        dated_by: str | None = None,
    ) -> bool | Queued:
        """True once the server knows what happened; its place in the outbox when it will be told later."""
        response = await self._call(
            operation, method, path, query, repeat=repeat, queueable=True, dated_by=dated_by, content=content
        )
        return response.queued or True

    def _read(self, operation: str, response: Response, shape: Callable[[Any], Result]) -> Result:
        """The answer's JSON in its *shape*, a function that raises ValueError for anything else."""
        try:
            return shape(_content(response.body))
        except ValueError as error:
            raise self._errors.unreadable(response, f"{self.domain}.{operation}", _why(error)) from error


def many(model: type[Model]) -> Callable[[Any], list[Model]]:
    """The shape of a list of *model*; null is an empty one."""
    return lambda data: [model.loaded(document) for document in _list(data)]


def texts(data: Any) -> list[str]:
    """The shape of a list of texts; null is an empty one."""
    if all(isinstance(text, str) for text in _list(data)):
        return list(_list(data))
    raise ValueError("a list of texts was expected")


def _content(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        # It takes a fraction of the time, and is stricter: about a byte order mark, for one.
        return json.loads(body)


def _list(data: Any) -> list[Any]:
    if data is None:
        return []
    if not isinstance(data, list):
        raise ValueError(f"a list was expected, not {type(data).__name__}")
    return data


def _why(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return "it is no JSON"
    return str(error)
