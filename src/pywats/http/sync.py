"""The blocking transport, on urllib3. Its coroutines never suspend, so that they run to their end without a loop."""

import os
import ssl
import time
from typing import Any
from urllib.parse import unquote

import urllib3
from urllib3 import exceptions as lib

from pywats.http.faults import Fault, translated
from pywats.http.request import Request, Response

CONNECTIONS = 64
"""Idle connections kept for threads that use one client together."""

_WITHOUT_BODY = frozenset({204, 304})

FAULTS: dict[type[Exception], Fault] = {
    lib.HTTPError: Fault.BROKEN,
    lib.PoolError: Fault.BROKEN,
    lib.RequestError: Fault.BROKEN,
    lib.MaxRetryError: Fault.BROKEN,
    lib.ProtocolError: Fault.BROKEN,
    lib.IncompleteRead: Fault.BROKEN,
    lib.InvalidChunkLength: Fault.BROKEN,
    lib.EmptyPoolError: Fault.NOT_CONNECTED,
    lib.FullPoolError: Fault.NOT_CONNECTED,
    lib.ClosedPoolError: Fault.NOT_CONNECTED,
    lib.NewConnectionError: Fault.NOT_CONNECTED,
    lib.NameResolutionError: Fault.NOT_CONNECTED,
    lib.ProxyError: Fault.NOT_CONNECTED,
    lib.ConnectTimeoutError: Fault.NOT_CONNECTED_IN_TIME,
    lib.TimeoutError: Fault.NO_ANSWER_IN_TIME,
    lib.ReadTimeoutError: Fault.NO_ANSWER_IN_TIME,
    lib.TimeoutStateError: Fault.REFUSED_TO_CONNECT,
    lib.SSLError: Fault.REFUSED_TO_CONNECT,
    lib.LocationValueError: Fault.REFUSED_TO_CONNECT,
    lib.LocationParseError: Fault.REFUSED_TO_CONNECT,
    lib.URLSchemeUnknown: Fault.REFUSED_TO_CONNECT,
    lib.ProxySchemeUnknown: Fault.REFUSED_TO_CONNECT,
    lib.ProxySchemeUnsupported: Fault.REFUSED_TO_CONNECT,
    lib.HostChangedError: Fault.REFUSED_TO_CONNECT,
    lib.UnrewindableBodyError: Fault.BROKEN,
    lib.DecodeError: Fault.GARBLED,
    lib.ResponseError: Fault.GARBLED,
    lib.ResponseNotChunked: Fault.GARBLED,
    lib.BodyNotHttplibCompatible: Fault.GARBLED,
    lib.InvalidHeader: Fault.GARBLED,
    lib.HeaderParsingError: Fault.GARBLED,
    OSError: Fault.BROKEN,
}


class BlockingTransport:
    """
    Sends from any thread and returns when the answer is there.

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
        self._timeout = urllib3.Timeout(connect=timeout, read=timeout)
        self._pool_settings = {"maxsize": CONNECTIONS, **_tls(ssl_context, verify_ssl)}
        self._proxy = proxy
        self._opened: tuple[int, urllib3.PoolManager] | None = None

    async def send(self, request: Request) -> Response:
        """
        Send *request* and return the complete answer, whatever its status.

        Raises:
            ConnectionError, TimeoutError: There is none.
        """
        try:
            # `request` would do the same, and copy the headers into texts that show the token in traces.
            answer = self._connections().urlopen(
                request.method,
                request.url,
                body=request.body,
                headers=dict(request.headers),
                timeout=self._timeout,
                retries=False,
                redirect=False,
            )
            _check_head(answer)
        except tuple(FAULTS) as fault:
            raise translated(fault, FAULTS, request.url) from fault
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, headers, answer.data)

    async def sleep(self, seconds: float) -> None:
        """Hold the thread for *seconds*."""
        time.sleep(seconds)  # noqa: ASYNC251 - holding the thread is what this transport is for

    async def close(self) -> None:
        """Close all idle connections. A later request opens new ones."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened[1].clear()

    def _connections(self) -> urllib3.PoolManager:
        opened = self._opened
        # A forked child shares its parent's sockets, and would read the answers meant for it. It could inherit a lock
        # that nobody opens, so there is none: should two threads come at once, one of the pools serves one request.
        if opened is None or opened[0] != os.getpid():
            self._opened = opened = os.getpid(), self._new_pool()
        return opened[1]

    def _new_pool(self) -> urllib3.PoolManager:
        if self._proxy is None:
            return urllib3.PoolManager(**self._pool_settings)
        user = urllib3.util.parse_url(self._proxy).auth
        asked = urllib3.make_headers(proxy_basic_auth=unquote(user)) if user else None
        return urllib3.ProxyManager(self._proxy, proxy_headers=asked, **self._pool_settings)


def _check_head(answer: urllib3.BaseHTTPResponse) -> None:
    # The library takes a connection that breaks within the head for the head's end, and what came of it for an answer.
    # The last header may be there in part: one that says no length, or no whole encoding, frames nothing.
    is_chunked = answer.headers.get("transfer-encoding", "").lower() == "chunked"
    is_framed = is_chunked or answer.headers.get("content-length", "").isdigit()
    if not (is_framed or answer.data or answer.status in _WITHOUT_BODY):
        raise lib.ProtocolError("the connection was closed within the head of the answer")


def _tls(ssl_context: ssl.SSLContext | None, verify_ssl: bool) -> dict[str, Any]:
    if ssl_context is not None:
        return {"ssl_context": ssl_context}
    return {} if verify_ssl else {"cert_reqs": "CERT_NONE", "assert_hostname": False}
