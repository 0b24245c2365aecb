"""Runs a changing call: once for each Idempotency-Key, and answered in the form in which the answer is kept."""

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import Depends, Header, Request
from msgspec import Struct
from starlette.responses import Response

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.api import problems
from pywats_server.api.answers import Plain, json_response, number_response, raw_headers
from pywats_server.api.arguments import Caller, Server
from pywats_server.errors import DomainError
from pywats_server.services import once
from pywats_server.services.backend import Backend
from pywats_server.services.counting import CountCall
from pywats_server.services.identify import AssetRef
from pywats_server.services.once import Answer, Presentation
from pywats_server.services.session import Principal, UseCase

P = ParamSpec("P")
T = TypeVar("T")

# What a repeated answer does not share with the first: it is made anew for each.
_OWN_HEADERS = frozenset({"content-length"})


class Change(Struct, frozen=True):
    """A changing call: who makes it, and whether it may come again."""

    http: Request
    backend: Backend
    caller: Principal
    request: once.Request | None

    async def __call__(
        self, present: Callable[[T], Response], function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        """Run *function* and answer its result as *present* does; a call that comes again gets its first answer."""
        answer = await self.backend.answer(
            self.caller, self.request, self._presentation(present), function, *args, **kwargs
        )
        return _sent(answer)

    async def count(self, asset: AssetRef, increment_by: int | None, total_count: int | None) -> Response:
        """Count the uses of *asset* alone and answer the status number that it has then."""
        present: Presentation[AssetAlarmState] = Presentation(_kept_number, self._kept_error)
        answer = await self.backend.count(
            CountCall(self.caller, asset, increment_by, total_count, self.request, present)
        )
        return _sent(answer)

    def _presentation(self, present: Callable[[T], Response]) -> Presentation[T]:
        return Presentation(lambda result: _kept(present(result)), self._kept_error)

    def _kept_error(self, error: DomainError) -> Answer:
        return _kept(problems.domain_error(self.http, error))

    async def silently(self, function: UseCase[P, Any], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run *function* and answer null."""
        return await self(lambda _: json_response(None), function, *args, **kwargs)


def _sent(answer: Answer) -> Response:
    return Plain(answer.body, *raw_headers(answer.headers), status=answer.status)


def _kept(response: Response) -> Answer:
    headers = {name: value for name, value in response.headers.items() if name not in _OWN_HEADERS}
    return Answer(response.status_code, headers, bytes(response.body))


@lru_cache
def _kept_number(state: AssetAlarmState) -> Answer:
    return _kept(number_response(state))


async def _change(
    http: Request,
    backend: Server,
    caller: Caller,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Made before the first attempt: the same call with the same key is carried out once.",
        ),
    ] = None,
) -> Change:
    if key is None:
        return Change(http, backend, caller, None)
    made = fingerprint(http.method, http.url.path, http.query_params.multi_items(), await http.body())
    return Change(http, backend, caller, once.Request(once.check_key(key), made))


def fingerprint(method: str, path: str, query: Iterable[tuple[str, str]], body: bytes) -> str:
    """Return a hash of what a caller asks for: method, path, query in any order, and body."""
    parts = (method, path, *(f"{name}={value}" for name, value in sorted(query)))
    asked = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
    asked.update(b"\0\0" + body)
    return asked.hexdigest()


Changing = Annotated[Change, Depends(_change)]
