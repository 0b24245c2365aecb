"""What keeps pages, and those who are signed in, safe from other sites: headers, cookies, proofs of origin."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from pywats_server.services.sessions import LONGEST

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""All that a page may do: use what comes from this server, and be shown by nobody else."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}
"""Headers of every page. What an answer says of these by itself stays."""

CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
_SESSION, _VISITOR, _NOTICE = "pywats_session", "pywats_visitor", "pywats_notice"


def protect(response: Response) -> Response:
    """Give *response* the headers of every page."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def session_secret(request: Request) -> str | None:
    """Return the secret of the session that the browser holds, whether it is worth anything or not."""
    return request.cookies.get(_named(request, _SESSION))


def keep_session(request: Request, response: Response, secret: str) -> None:
    """Let the browser hold the *secret* of a session."""
    _set(request, response, _SESSION, secret, max_age=int(LONGEST.total_seconds()))


def forget_session(request: Request, response: Response) -> None:
    """Let the browser forget its session."""
    _forget(request, response, _SESSION)


def visitor(request: Request) -> str:
    """Return what only this browser and the forms that it was shown know, before anybody is signed in."""
    return request.cookies.get(_named(request, _VISITOR)) or secrets.token_urlsafe(32)


def keep_visitor(request: Request, response: Response, value: str) -> None:
    """Let the browser hold what `visitor` told."""
    _set(request, response, _VISITOR, value)


def keep_notice(request: Request, response: Response, message: str) -> None:
    """Let the next page that the browser is shown tell a *message*."""
    _set(request, response, _NOTICE, message.encode().hex(), max_age=60)


def take_notice(request: Request) -> str | None:
    """Return the message that waits for being shown; `forget_notice` must follow."""
    try:
        return bytes.fromhex(request.cookies.get(_named(request, _NOTICE), "")).decode() or None
    except ValueError:
        return None


def forget_notice(request: Request, response: Response) -> None:
    """Let the browser forget the message that was shown."""
    _forget(request, response, _NOTICE)


def comes_from(expected: str, request: Request, form: FormData) -> bool:
    """Return whether a form was sent by a page that knows the *expected* secret, and not by another site."""
    shown = form.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER)
    return isinstance(shown, str) and secrets.compare_digest(shown.encode(), expected.encode())


def local(address: str | None, default: str = "/") -> str:
    """Return *address* when it is a page of this server, or else the *default*: nobody is to be led elsewhere."""
    if not address or not address.startswith("/") or not address.isprintable() or "\\" in address:
        return default
    try:
        parts = urlsplit(address)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc or address.startswith("//") else address


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _named(request: Request, name: str) -> str:
    # Browsers take a name that begins like this only over https, for the whole of one host, and from nobody else.
    return f"__Host-{name}" if _is_secure(request) else name


def _set(request: Request, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        _named(request, name), value, max_age=max_age, httponly=True, secure=_is_secure(request), samesite="lax"
    )


def _forget(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(_named(request, name), httponly=True, secure=_is_secure(request), samesite="lax")
