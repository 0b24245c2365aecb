"""Templates: what they know, and how a page is made of one."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pywats_server import __version__
from pywats_server.errors import DomainError, Sentence
from pywats_server.instants import moment
from pywats_server.pages import dates, static, words
from pywats_server.pages.languages import NAMES, WRITTEN_IN, translations
from pywats_server.pages.reader import current
from pywats_server.pages.security import CSRF_FIELD
from pywats_server.rules.sentences import Language

ONCE_FIELD = "once"
_Moment = str | datetime | date


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates. What stands in them is text, and becomes HTML only where a template says so."""
    environment = Environment(
        loader=PackageLoader("pywats_server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "day": _day,
        "when": _when,
        "month": _month,
        "ago": _ago,
        "number": _number,
        "said": _said,
        "word": words.word,
    }
    environment.globals |= {
        "static": static.address,
        "version": __version__,
        "LANGUAGES": NAMES,
        "STATES": words.STATES,
        "ALARM_STATES": words.ALARM_STATES,
        "slug": words.slug,
    }
    return environment


def render(request: Request, template: str, status: int = 200, visit: Any = None, **context: Any) -> Response:
    """
    Return a page for the reader of now.

    Templates know, beside *context*: `visit` (None where nobody is signed in), `may(permission)`, `csrf()` (the fields
    that each form needs), `reader`, `here` (the path of the page) and `static(file)`.
    """
    secret = "" if visit is None else visit.signed_in.csrf_secret
    known = {
        "visit": visit,
        "may": lambda permission: visit is not None and visit.may(permission),
        "csrf": lambda: csrf_field(secret),
        "csrf_secret": secret,
        "reader": current.get(),
        "here": request.url.path,
        "notice": None,
    }
    return HTMLResponse(templates().get_template(template).render(known | context), status)


def csrf_field(secret: str) -> Markup:
    """Return the hidden fields by which a form proves that this server made it, and is known if it comes again."""
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format(CSRF_FIELD, secret) + hidden.format(ONCE_FIELD, secrets.token_urlsafe(12))


def _gettext(message: str) -> str:
    return translations(current.get().language).gettext(message)


def _ngettext(one: str, many: str, n: int) -> str:
    return translations(current.get().language).ngettext(one, many, n)


def _day(value: _Moment | None) -> Markup:
    return _time(value, dates.day)


def _when(value: _Moment | None) -> Markup:
    return _time(value, dates.when)


def _ago(value: _Moment | None) -> Markup:
    """Return how far a moment is from now; the moment itself is shown to who points at it."""
    return _time(value, lambda moment, language, _: dates.relative(moment, current.get().now, language))


def _month(value: datetime | date) -> str:
    reader = current.get()
    return dates.month(value, reader.language, reader.zone)


def _said(message: DomainError | Sentence) -> str:
    """Return what was wrong, in the reader's language; what has no translation is marked as English."""
    language = current.get().language
    told = message.said(translations(language).gettext)
    if language is WRITTEN_IN or told != message.said(str):
        return told
    return Markup('<span lang="en">{}</span>').format(told)


def _number(value: float | None) -> str:
    return "–" if value is None else dates.number(value, current.get().language)


def _time(value: _Moment | None, form: Callable[[Any, Language, ZoneInfo], str]) -> Markup:
    if value is None:
        return Markup('<span class="none">–</span>')
    reader = current.get()
    read = moment(value) if isinstance(value, str) else value
    shown = form(read, reader.language, reader.zone)
    exact = dates.when(read, reader.language, reader.zone) if isinstance(read, datetime) else shown
    return Markup('<time datetime="{}" title="{}">{}</time>').format(read.isoformat(), exact, shown)
