"""One's own settings: who one is, how pages are shown, and where one is signed in."""

from datetime import timedelta

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.pages import reader
from pywats_server.pages.languages import preferred, translations
from pywats_server.pages.reader import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, ZONE_COOKIE
from pywats_server.pages.roles import MEANINGS
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import N_
from pywats_server.services import sessions

_THEMES = dict(zip(THEMES, (N_("As the system"), N_("Light"), N_("Dark")), strict=True))
_SAVED = N_("Saved. This browser shows pages so from now on.")


async def _show(visit: Visit) -> Response:
    cookies = visit.request.cookies
    return visit.render(
        "me/me.html",
        meaning=MEANINGS[visit.principal.role],
        chosen_language=cookies.get(LANGUAGE_COOKIE, ""),
        chosen_zone=cookies.get(ZONE_COOKIE, ""),
        zones=sorted(reader.zone_names()),
        themes=_THEMES,
        idle_hours=sessions.IDLE // timedelta(hours=1),
    )


async def _save(visit: Visit) -> Response:
    language, zone, theme = (visit.field(name) for name in (LANGUAGE_COOKIE, ZONE_COOKIE, THEME_COOKIE))
    # What is told is read in the language that was just chosen.
    told = translations(preferred(visit.request.headers.get("Accept-Language"), language)).gettext(_SAVED)
    response = visit.done("/me", told)
    for cookie, choice in ((LANGUAGE_COOKIE, language), (ZONE_COOKIE, zone), (THEME_COOKIE, theme)):
        reader.keep_choice(response, cookie, choice)
    return response


async def _sign_out_elsewhere(visit: Visit) -> Response:
    ended = await visit.write(sessions.end_other_sessions, visit.secret)
    if not ended:
        return visit.done("/me", visit.text("You were signed in nowhere else."))
    return visit.done(
        "/me", visit.texts("You are signed out in one other place.", "You are signed out in %(n)s other places.", ended)
    )


routes = [
    Route("/me", page(_show)),
    Route("/me", page(_save), methods=["POST"]),
    Route("/me/sign-out-elsewhere", page(_sign_out_elsewhere), methods=["POST"]),
]
