"""The asyncio transport, on aiohttp."""

import asyncio
import os
import ssl
from io import BytesIO
from typing import Final

import aiohttp
from aiohttp import client_exceptions as lib
from yarl import URL

from pywats.http.faults import Fault, translated
from pywats.http.request import Request, Response

CONNECTIONS = 64
"""Connections open at a time; further requests wait for one."""

LARGE_BODY = 256 * 1024
"""Bytes that a body may have to be sent in one piece."""

IDLE_SECONDS: Final = 4.0
"""
How long a connection is kept for the next request. Common servers close idle connections after 5 seconds; a request
that meets such a closing is lost in a way that looks as if it may have arrived.
"""

FAULTS: dict[type[Exception], Fault] = {
    lib.ClientError: Fault.BROKEN,
    lib.ClientConnectionError: Fault.BROKEN,
    lib.ClientConnectionResetError: Fault.BROKEN,
    lib.ClientOSError: Fault.BROKEN,
    lib.ServerConnectionError: Fault.BROKEN,
    lib.ServerDisconnectedError: Fault.BROKEN,
    lib.UploadAbortedError: Fault.BROKEN,
    lib.ClientPayloadError: Fault.BROKEN,
    lib.ClientConnectorError: Fault.NOT_CONNECTED,
    lib.ClientConnectorDNSError: Fault.NOT_CONNECTED,
    lib.ClientProxyConnectionError: Fault.NOT_CONNECTED,
    lib.UnixClientConnectorError: Fault.NOT_CONNECTED,
    lib.ConnectionTimeoutError: Fault.NOT_CONNECTED_IN_TIME,
    lib.ServerTimeoutError: Fault.NO_ANSWER_IN_TIME,
    lib.SocketTimeoutError: Fault.NO_ANSWER_IN_TIME,
    lib.ClientSSLError: Fault.REFUSED_TO_CONNECT,
    lib.ClientConnectorSSLError: Fault.REFUSED_TO_CONNECT,
    lib.ClientConnectorCertificateError: Fault.REFUSED_TO_CONNECT,
    lib.ServerFingerprintMismatch: Fault.REFUSED_TO_CONNECT,
    lib.InvalidURL: Fault.REFUSED_TO_CONNECT,
    lib.InvalidUrlClientError: Fault.REFUSED_TO_CONNECT,
    lib.NonHttpUrlClientError: Fault.REFUSED_TO_CONNECT,
    lib.RedirectClientError: Fault.REFUSED_TO_CONNECT,
    lib.InvalidUrlRedirectClientError: Fault.REFUSED_TO_CONNECT,
    lib.NonHttpUrlRedirectClientError: Fault.REFUSED_TO_CONNECT,
    lib.TooManyRedirects: Fault.REFUSED_TO_CONNECT,
    lib.ClientHttpProxyError: Fault.NOT_CONNECTED,
    lib.ClientResponseError: Fault.GARBLED,
    lib.ContentTypeError: Fault.GARBLED,
    lib.WSServerHandshakeError: Fault.GARBLED,
    lib.WSMessageTypeError: Fault.GARBLED,
    asyncio.TimeoutError: Fault.NO_ANSWER_IN_TIME,
    OSError: Fault.BROKEN,
    # A host name that cannot be one, such as `a..b`.
    UnicodeError: Fault.REFUSED_TO_CONNECT,
}


class AsyncTransport:
    """
    Sends within one event loop at a time, and lets the loop go on while it waits.

    Args:
        timeout: The longest silence in seconds, while connecting and while waiting for the next bytes.
        verify_ssl: Whether the server's certificate is checked.
        ssl_context: Whom to trust and how to show oneself, in place of *verify_ssl*.
        proxy: The address of an HTTP proxy by which all requests go, with user name and password if it asks for them.
    """

    def __init__(
        self,
        timeout: float,
        *,
        verify_ssl: bool = True,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout)
        self._ssl = ssl_context or verify_ssl
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = os.getpid()

    def __del__(self) -> None:
        self._forget()

    async def send(self, request: Request) -> Response:
        """
        Send *request* and return the complete answer, whatever its status.

        Raises:
            ConnectionError, TimeoutError: There is none.
            RuntimeError: Another event loop, which still runs, uses this transport.
        """
        session = self._session_here()
        try:
            async with session.request(
                request.method,
                URL(request.url, encoded=True),
                data=_payload(request.body),
                headers=request.headers,
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except _Attempted as attempt:
            raise translated(attempt.fault, FAULTS, request.url) from attempt.fault
        except tuple(FAULTS) as fault:
            raise translated(fault, FAULTS, request.url) from fault
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, headers, body)

    async def sleep(self, seconds: float) -> None:
        """Let others run for *seconds*."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Close all connections. A later request opens new ones."""
        if self._session is not None and self._is_here():
            session, self._session = self._session, None
            await session.close()
        self._forget()

    def _session_here(self) -> aiohttp.ClientSession:
        if self._session is None or not self._is_here():
            self._leave()
            self._session, self._loop, self._process = self._new_session(), asyncio.get_running_loop(), os.getpid()
        return self._session

    def _is_here(self) -> bool:
        return self._loop is asyncio.get_running_loop() and self._process == os.getpid()

    def _leave(self) -> None:
        is_running = self._loop is not None and self._loop.is_running() and self._process == os.getpid()
        if self._session is not None and is_running:
            raise RuntimeError("This AsyncWATS is in use by another running event loop; make one for each loop")
        self._forget()

    def _forget(self) -> None:
        """
        Let go of connections that cannot be closed from here: their loop stands still, or is another process's.

        They are closed with their loop, or by the server. A forked child that closed its parent's would take them from
        what the parent's loop watches.
        """
        session, self._session = self._session, None
        if session is not None:
            session.detach()

    def _new_session(self) -> aiohttp.ClientSession:
        connector = _Connector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS, ssl=self._ssl)
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_once,),
            proxy=self._proxy,
        )


class _Connector(aiohttp.TCPConnector):
    """Goes without a word when it was not closed: the library would complain in the log."""

    def __del__(self, *_: object) -> None:
        pass


def _payload(body: bytes | None) -> bytes | BytesIO | None:
    # A stream is sent in pieces, between which the loop goes on.
    return BytesIO(body) if body is not None and len(body) > LARGE_BODY else body


class _Attempted(Exception):
    """Carries an error out of the library."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(fault)
        self.fault = fault


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # When a reused connection breaks, aiohttp sends any PUT again by itself. A count would then count twice. An error
    # that it does not know stops it.
    try:
        return await handler(request)
    except tuple(FAULTS) as fault:
        raise _Attempted(fault) from fault
