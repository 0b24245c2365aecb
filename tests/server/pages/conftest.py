"""The pages as somebody sees them who signed in, without a browser."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx2
import pytest
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI
from starlette.testclient import TestClient

from pywats.testing import ManualClock
from pywats_server.services import sessions, tokens, users
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Permission, Role, Session, use_case
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

PASSWORD_HASH = "$argon2id$nobody-signs-in-by-this"


@use_case(Permission.MANAGE_USERS)
async def open_session(session: Session, user: str) -> str:
    """Sign a user in, and return the secret of the session."""
    return await sessions.open_session(session, user=user)


class Page:
    """An answer, read as a page."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.address = str(response.url.raw_path, "ascii")
        self.soup = BeautifulSoup(response.text, "html.parser")

    @property
    def text(self) -> str:
        """All that a reader sees, blanks made one."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def notice(self) -> str | None:
        """The message about what was done."""
        found = self.soup.select_one("#notices .notice")
        return None if found is None else found.get_text(" ", strip=True)

    def one(self, selector: str) -> Tag:
        """The only element of a CSS selector."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} of {selector}"
        return found[0]

    def all(self, selector: str) -> list[Tag]:
        """The elements of a CSS selector."""
        return list(self.soup.select(selector))

    def fields(self, form: str) -> dict[str, Any]:
        """What a browser would send of the form of a CSS selector, as it stands; files are left out."""
        return dict(_sent(self.one(form)))


def _sent(form: Tag) -> Iterator[tuple[str, str]]:
    for control in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(control["name"]), control.get("type")
        if control.name == "textarea":
            yield name, control.get_text()
        elif control.name == "select":
            chosen = control.select("option[selected]") or control.select("option")[:1]
            yield from ((name, str(option.get("value", option.get_text()))) for option in chosen)
        elif kind not in ("file", "checkbox", "radio", "submit") or control.has_attr("checked"):
            yield name, str(control.get("value", "on" if kind in ("checkbox", "radio") else ""))


class Browser:
    """Somebody's browser: it keeps cookies, and follows where it is led."""

    def __init__(self, client: TestClient, csrf: str = "") -> None:
        self.client = client
        self.csrf = csrf

    def get(self, address: str, **kwargs: Any) -> Page:
        """Open a page."""
        return Page(self.client.get(address, **kwargs))

    def part(self, address: str, **kwargs: Any) -> Page:
        """Ask for a part of a page, as htmx does."""
        return self.get(address, headers={"HX-Request": "true"}, **kwargs)

    def post(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        """Send a form as one of the session's own pages does."""
        return Page(self.client.post(address, data={"csrf": self.csrf, **(data or {})}, **kwargs))

    def post_as_stranger(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        """Send a form as the page of another site would."""
        return Page(self.client.post(address, data=data, **kwargs))

    def send(self, page: Page, form: str, changes: dict[str, Any] | None = None) -> Page:
        """Fill in and send the form of a CSS selector of a page."""
        action = str(page.one(form).get("action") or page.address)
        return Page(self.client.post(action, data=page.fields(form) | (changes or {})))


class Site:
    """The pages of a server, its backend, and people to look at them."""

    def __init__(self, client: TestClient, backend: Backend, clock: ManualClock) -> None:
        self.client = client
        self.backend = backend
        self.clock = clock
        self._users: set[Role] = set()
        self._numbers = count()

    def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a coroutine function in the server's loop and return its result."""

        async def call() -> Any:
            return await function(*args, **kwargs)

        return self.client.portal.call(call)

    def write(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a change as whoever holds the server."""
        return self.run(self.backend.write, LOCAL_ADMINISTRATOR, use_case, *args, **kwargs)

    def read(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a read as whoever holds the server."""
        return self.run(self.backend.read, LOCAL_ADMINISTRATOR, use_case, *args, **kwargs)

    def api(self, role: Role = Role.ADMINISTRATOR) -> dict[str, str]:
        """Headers of a new token, for calls of the API on `client`."""
        name = f"token {next(self._numbers)}"
        return {"Authorization": f"Basic {self.write(tokens.create_token, name, role)}"}

    def sign_in(self, role: Role = Role.ADMINISTRATOR) -> Browser:
        """A browser in which a user of this role, named as the role, is signed in."""
        if role not in self._users:
            self.write(users.add_user, role.value, role, PASSWORD_HASH, must_change_password=False)
            self._users.add(role)
        secret = self.write(open_session, role.value)
        signed_in = self.read(sessions.find_session, secret)
        browser = Browser(self._another(), signed_in.csrf_secret)
        browser.client.cookies.set("pywats_session", secret)
        return browser

    def stranger(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self._another())

    def _another(self) -> TestClient:
        client = TestClient(self.client.app, raise_server_exceptions=False)
        # All browsers ask the one application that runs.
        client.portal = self.client.portal
        client.headers |= {"Accept": "text/html"}
        return client


@pytest.fixture
def site(built: FastAPI, settings: Settings, clock: ManualClock) -> Iterator[Site]:
    """The pages on a fresh database."""
    with TestClient(built, raise_server_exceptions=False) as client:
        database = open_database(settings.database_url, scan_seconds=settings.query_seconds)
        built.state.backend = Backend(database, clock)
        yield Site(client, built.state.backend, clock)
        client.portal.call(database.close)
