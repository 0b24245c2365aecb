"""What a reader is shown when something cannot be done: which error, in words, and what to do now."""

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pywats_server import errors
from pywats_server.api.problems import status_of
from pywats_server.errors import DomainError, Sentence
from pywats_server.pages import reader, security
from pywats_server.pages.rendering import render
from pywats_server.pages.words import N_

_log = structlog.get_logger(__name__)

_TITLES: dict[type[DomainError], str] = {
    errors.InvalidInput: N_("This cannot be read"),
    errors.RuleViolation: N_("A rule forbids this"),
    errors.NotFound: N_("This is not here"),
    errors.Conflict: N_("What is stored forbids this"),
    errors.PreconditionFailed: N_("Somebody changed this in the meantime"),
    errors.TooManyTries: N_("Too many tries"),
    errors.NotAllowed: N_("Your role does not allow this"),
    errors.TooExpensive: N_("This question takes too much work"),
    errors.TooLarge: N_("This is too large"),
    errors.Busy: N_("The server has too much to do at the moment"),
    errors.Unavailable: N_("The database does not answer"),
    errors.StorageFull: N_("The server's disk is full"),
    DomainError: N_("This cannot be done"),
}
_TRY_AGAIN = (errors.Busy, errors.Unavailable)


def is_partial(request: Request) -> bool:
    """Return whether a script asks, for a part of a page."""
    return "HX-Request" in request.headers


def lead_to(request: Request, address: str) -> Response:
    """Lead the browser on to another page, whether it asked for a page or a script for a part of one."""
    if is_partial(request):
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def of_domain(request: Request, error: DomainError) -> Response:
    """Return the page for an error of the domain."""
    if isinstance(error, errors.Unavailable):
        _log.error("database_does_not_answer", exc_info=error.__cause__)
    title = next(_TITLES[cls] for cls in type(error).__mro__ if cls in _TITLES)
    response = _refusal(request, status_of(error), title, error, again=isinstance(error, _TRY_AGAIN))
    if isinstance(error, errors.TooManyTries):
        response.headers["Retry-After"] = str(error.details["retryAfterSeconds"])
    return response


def too_large(request: Request, error: Exception) -> Response:
    """Return the page for a form that is not even read."""
    assert isinstance(error, DomainError)
    before = reader.current.set(reader.reader_of(request))
    try:
        return security.protect(of_domain(request, error))
    finally:
        reader.current.reset(before)


def of_http(request: Request, error: HTTPException) -> Response:
    """Return the page for what the framework refuses."""
    if isinstance(error.__cause__, DomainError):
        return of_domain(request, error.__cause__)
    if error.status_code == HTTPStatus.NOT_FOUND:
        message = Sentence("There is no page at this address. It may have been moved, or typed wrongly.")
        return _refusal(request, HTTPStatus.NOT_FOUND, _TITLES[errors.NotFound], message)
    return _refusal(
        request,
        HTTPStatus(error.status_code),
        _TITLES[errors.InvalidInput],
        Sentence("The server answers: %(what)s.", what=error.detail),
    )


def of_defect(request: Request) -> Response:
    """Return the page for an error that nobody expected."""
    message = Sentence(
        "The server made a mistake. Nothing was changed; tell the administrator the number of this request."
    )
    return _refusal(request, HTTPStatus.INTERNAL_SERVER_ERROR, N_("The server made a mistake"), message)


def _refusal(
    request: Request, status: HTTPStatus, title: str, message: DomainError | Sentence, *, again: bool = False
) -> Response:
    template = "refusal_partial.html" if is_partial(request) else "refusal.html"
    id = request.scope.get("state", {}).get("request_id")
    shown_id = id if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    response = render(request, template, status, title=title, message=message, again=again, request_id=shown_id)
    if is_partial(request):
        # The part of the page that was asked for stays as it is.
        response.headers["HX-Retarget"] = "#refusals"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
