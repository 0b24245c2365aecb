"""Signing in and out, and choosing another password."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pywats_server.api.problems import status_of
from pywats_server.errors import DomainError, InvalidInput, NotAllowed, NotAuthenticated, Sentence, TooManyTries
from pywats_server.pages import refusals, security
from pywats_server.pages.rendering import csrf_field, render
from pywats_server.pages.visit import Visit, answering, page
from pywats_server.services import sessions, signing_in


def _for_anybody(work: Callable[[Request], Coroutine[Any, Any, Response]]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await answering(request, lambda: work(request))

    return answer


async def _show(request: Request) -> Response:
    who = await _who(request)
    return _sign_in_page(request, next=request.query_params.get("next", "/"), who=who)


async def _who(request: Request) -> str | None:
    """Return who is signed in already, so that no link makes them somebody else without being asked."""
    secret = security.session_secret(request)
    if secret is None:
        return None
    try:
        signed_in = await signing_in.who_is_signed_in(request.app.state.backend, secret)
    except NotAuthenticated:
        return None
    return signed_in.principal.user or signed_in.principal.name


async def _sign_in(request: Request) -> Response:
    form = await request.form()
    next = security.local(_text(form.get("next")))
    if not security.comes_from(security.visitor(request), request, form):
        raise NotAllowed(Sentence("The form was open for too long; accepted: to open the page again and sign in."))
    name, password, token = (_text(form.get(field)) for field in ("name", "password", "token"))
    backend = request.app.state.backend
    try:
        if token:
            secret = await signing_in.sign_in_with_token(backend, token.strip())
        else:
            secret = await signing_in.sign_in(backend, name, password, address_of(request))
    except (NotAuthenticated, TooManyTries) as error:
        return _sign_in_page(request, next=next, name=name, error=error, by_token=bool(token))
    response = refusals.lead_to(request, next)
    security.keep_session(request, response, secret)
    return response


def _sign_in_page(
    request: Request,
    *,
    next: str,
    name: str = "",
    error: DomainError | None = None,
    by_token: bool = False,
    who: str | None = None,
) -> Response:
    visitor = security.visitor(request)
    context = {"next": security.local(next), "name": name, "error": error, "by_token": by_token, "who": who}
    status = 200 if error is None else status_of(error)
    response = render(request, "signing/sign_in.html", status, **context, csrf=lambda: csrf_field(visitor))
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.details["retryAfterSeconds"])
    security.keep_visitor(request, response, visitor)
    return response


async def _sign_out(visit: Visit) -> Response:
    await visit.backend.write(signing_in.DOORKEEPER, sessions.end_session, visit.secret)
    response = visit.done("/sign-in")
    security.forget_session(visit.request, response)
    return response


async def _show_password(visit: Visit) -> Response:
    return visit.render("signing/password.html", error=None)


async def _change_password(visit: Visit) -> Response:
    old, new, again = (_text(visit.form.get(field)) for field in ("old", "password", "again"))
    try:
        _check_repeated(new, again)
        await signing_in.change_password(visit.backend, visit.secret, old, new, address_of(visit.request))
    except (InvalidInput, NotAuthenticated, TooManyTries) as error:
        status = 422 if isinstance(error, InvalidInput | NotAuthenticated) else status_of(error)
        return visit.render("signing/password.html", status, error=error)
    return visit.done("/", visit.text("Your password was changed. Wherever else you were signed in, you are not now."))


def _check_repeated(password: str, again: str) -> None:
    if password != again:
        raise InvalidInput(Sentence("The new password was typed in two ways; accepted: the same twice."), field="again")


def address_of(request: Request) -> str:
    """Return the network address of whoever makes a request; behind a proxy, what a trusted one says."""
    return request.client.host if request.client is not None else "unknown"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


routes = [
    Route("/sign-in", _for_anybody(_show)),
    Route("/sign-in", _for_anybody(_sign_in), methods=["POST"]),
    Route("/sign-out", page(_sign_out), methods=["POST"]),
    Route("/password", page(_show_password)),
    Route("/password", page(_change_password), methods=["POST"]),
]
