"""One request of somebody who is signed in, as the endpoints of pages see it."""

import hashlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

import structlog
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pywats_server.errors import DomainError, NotAllowed, NotAuthenticated, Sentence
from pywats_server.pages import reader, refusals, security
from pywats_server.pages.languages import translations
from pywats_server.pages.reader import Reader
from pywats_server.pages.rendering import ONCE_FIELD, render
from pywats_server.services.backend import Backend
from pywats_server.services.once import AlreadyDone
from pywats_server.services.once import Request as Once
from pywats_server.services.recent import Told
from pywats_server.services.session import Permission, Principal, UseCase, require
from pywats_server.services.sessions import SignedIn
from pywats_server.services.signing_in import who_is_signed_in

P = ParamSpec("P")
T = TypeVar("T")

MAX_FIELDS = 20_000
"""How many fields a form may have: as many as rows that somebody can select at once, and some."""

_WITHOUT_OWN_PASSWORD = frozenset({"/password", "/sign-out"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A request, who makes it, and how they read.

    Attributes:
        secret: Of the session.
        form: What was sent; empty unless it is a POST. Its origin has been checked.
    """

    request: Request
    backend: Backend
    secret: str
    signed_in: SignedIn
    reader: Reader
    form: FormData = field(default_factory=FormData)
    _changes: Iterator[int] = field(default_factory=count)

    @property
    def principal(self) -> Principal:
        """Who is signed in, and their role."""
        return self.signed_in.principal

    @property
    def query(self) -> QueryParams:
        """What stands behind the question mark of the address."""
        return self.request.query_params

    @property
    def here(self) -> str:
        """The address of this page on this server, with its query."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @property
    def is_partial(self) -> bool:
        """Whether a script asks, for a part of a page."""
        return refusals.is_partial(self.request)

    def may(self, permission: str) -> bool:
        """Tell whether the role has the `Permission` of this name."""
        return self.principal.role.may(Permission[permission])

    def require(self, permission: Permission) -> None:
        """
        Let those pass who may see a page at all.

        Raises:
            NotAllowed: The role does not have the permission.
        """
        require(self.principal, permission)

    def param(self, name: str) -> str:
        """Return what stands in the path for `{name}`."""
        return str(self.request.path_params[name])

    def field(self, name: str, default: str = "") -> str:
        """Return a field of the form without blanks around it; *default* when it is not there, or is a file."""
        value = self.form.get(name, default)
        return value.strip() if isinstance(value, str) else default

    def fields(self, name: str) -> list[str]:
        """Return all values of a field that may come several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def text(self, message: str, **values: object) -> str:
        """Return a message in the reader's language, with *values* in place of `%(name)s`."""
        translated = translations(self.reader.language).gettext(message)
        return translated % values if values else translated

    def texts(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the form of a message that fits a number, which stands in place of `%(n)s`."""
        return translations(self.reader.language).ngettext(one, many, n) % {"n": n, **values}

    async def read(self, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a short read."""
        return await self.backend.read(self.principal, function, *args, **kwargs)

    async def scan(self, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read that may take long."""
        return await self.backend.scan(self.principal, function, *args, **kwargs)

    async def recently(self, within: timedelta, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> Told[T]:
        """Return what a scan told at most *within* ago, or tells now."""
        return await self.backend.recently(within, self.principal, function, *args, **kwargs)

    async def write(self, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run a change; return when it is safe on disk.

        Raises:
            AlreadyDone: This very form was sent before, by a second click or a browser that tried again.
        """
        return await self.write_about(str(next(self._changes)), function, *args, **kwargs)

    async def write_about(self, what: str, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run one of the changes that a form makes; *what* it is about tells it from the others.

        Raises:
            AlreadyDone: This change was carried out before, by the very same form.
        """
        if not self.field(ONCE_FIELD):
            return await self.backend.write(self.principal, function, *args, **kwargs)
        # With the content in its key: a form that somebody changed, and sent again, is another.
        content = hashlib.sha256(repr([(name, _told(value)) for name, value in self.form.multi_items()]).encode())
        request = Once(f"form {content.hexdigest()} {what}", "")
        return await self.backend.write_once(self.principal, request, function, *args, **kwargs)

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page, with a message that waits for being shown when it is a whole one."""
        notice = None if self.is_partial else security.take_notice(self.request)
        response = render(self.request, template, status, self, notice=notice, **context)
        if notice is not None:
            security.forget_notice(self.request, response)
        return response

    def done(self, address: str, message: str | None = None) -> Response:
        """Lead on to a page after a change, which then tells the *message*."""
        response = refusals.lead_to(self.request, address)
        if message is not None:
            security.keep_notice(self.request, response, message)
        return response

    def back(self, default: str) -> str:
        """Return the page that a form named in its field `back`, if it is one of this server."""
        return security.local(self.field("back"), default)


Endpoint = Callable[[Visit], Coroutine[Any, Any, Response]]
Answering = Callable[[Request], Coroutine[Any, Any, Response]]


def page(endpoint: Endpoint) -> Answering:
    """
    Make an endpoint of *endpoint*, for people who are signed in.

    Others are asked to sign in first. A POST must come from a page of their session. Errors of the domain that the
    endpoint leaves become a page that says what was wrong.
    """

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        return await answering(request, lambda: _visit(request, endpoint))

    return answer


async def answering(request: Request, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
    """Return what *work* answers, or the page that tells what was wrong, for the reader who asked."""
    before = reader.current.set(reader.reader_of(request))
    try:
        return security.protect(await work())
    except AlreadyDone:
        return security.protect(_already_done(request))
    except NotAuthenticated:
        return security.protect(_to_sign_in(request))
    except DomainError as error:
        return security.protect(refusals.of_domain(request, error))
    except HTTPException as error:
        return security.protect(refusals.of_http(request, error))
    except ClientDisconnect:
        return security.protect(Response(status_code=400))  # for the log's sake: nobody is there to read it
    except Exception as error:  # noqa: BLE001 - whatever it is, its trace goes to the log and a page to the reader
        _log.error("request_failed", exc_info=error)
        return security.protect(refusals.of_defect(request))
    finally:
        reader.current.reset(before)


async def _visit(request: Request, endpoint: Endpoint) -> Response:
    secret = security.session_secret(request)
    if secret is None:
        raise NotAuthenticated("Nobody is signed in.")
    backend: Backend = request.app.state.backend
    signed_in = await who_is_signed_in(backend, secret)
    request.scope["state"]["principal"] = signed_in.principal.name
    form = await _form(request, signed_in)
    if signed_in.must_change_password and request.url.path not in _WITHOUT_OWN_PASSWORD:
        return refusals.lead_to(request, "/password")
    try:
        return await endpoint(Visit(request, backend, secret, signed_in, reader.current.get(), form))
    finally:
        await form.close()


async def _form(request: Request, signed_in: SignedIn) -> FormData:
    if request.method != "POST":
        return FormData()
    form = await request.form(max_fields=MAX_FIELDS)
    if not security.comes_from(signed_in.csrf_secret, request, form):
        await form.close()
        raise NotAllowed(
            Sentence(
                "The form was not sent by a page of this sign-in, or by one that was open for long; "
                "accepted: to open the page again and repeat what you did."
            )
        )
    return form


def _told(value: UploadFile | str) -> str:
    return value if isinstance(value, str) else f"{value.filename} {value.size}"


def _already_done(request: Request) -> Response:
    """Lead back to where the form was, which shows what came of it."""
    response = refusals.lead_to(request, security.local(_path_of(request.headers.get("Referer", ""))))
    message = translations(reader.current.get().language).gettext(
        "You sent this form before, and it was carried out then. Nothing was changed this time."
    )
    security.keep_notice(request, response, message)
    return response


def _to_sign_in(request: Request) -> Response:
    """Ask to sign in, and lead back to where they wanted to go, or were when they sent a form."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    path = request.url.path if request.method == "GET" and not refusals.is_partial(request) else _path_of(came_from)
    query = request.url.query if path == request.url.path else ""
    wanted = f"{path}?{query}" if query else path
    address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}"
    response = refusals.lead_to(request, address)
    security.forget_session(request, response)
    return response


def _path_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
