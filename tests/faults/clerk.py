"""Somebody who works with the pages of a server, and repeats what was not answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from pywats_server.clock import system_clock
from pywats_server.services import users
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.store.opening import open_database
from server.pages.conftest import PASSWORD_HASH, Page, open_session

_NAME = "clerk"


class Clerk:
    """
    A manager who is signed in.

    Attributes:
        unanswered: How many attempts ended without an answer.
    """

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.unanswered = 0

    async def get(self, address: str) -> Page:
        """Open a page."""
        return await self._ask("GET", address)

    async def send(self, page: Page, form: str, changes: dict[str, Any] | None = None, **files: Any) -> Page:
        """Fill in and send the form of a CSS selector of a page."""
        action = str(page.one(form).get("action") or page.address)
        return await self._ask("POST", action, data=page.fields(form) | (changes or {}), files=files or None)

    async def _ask(self, method: str, address: str, **content: Any) -> Page:
        while True:
            try:
                page = Page(await self._client.request(method, address, **content))
            except httpx2.TransportError:
                self.unanswered += 1
                await asyncio.sleep(0.005)
            else:
                assert page.status == 200, page.text
                return page


@asynccontextmanager
async def clerk(database: str, url: str) -> AsyncIterator[Clerk]:
    """Sign somebody in on the *database* of the server at *url*, which need not run yet."""
    opened = open_database(database, scan_seconds=1)
    try:
        backend = Backend(opened, system_clock)
        added = (_NAME, Role.MANAGER, PASSWORD_HASH)
        await backend.write(LOCAL_ADMINISTRATOR, users.add_user, *added, must_change_password=False)
        secret = await backend.write(LOCAL_ADMINISTRATOR, open_session, _NAME)
    finally:
        await opened.close()
    how: dict[str, Any] = {"cookies": {"pywats_session": secret}, "headers": {"Accept": "text/html"}}
    async with httpx2.AsyncClient(base_url=url, follow_redirects=True, timeout=60, **how) as client:
        yield Clerk(client)
