"""Connections to PostgreSQL: opened when they are needed, and anew after they were lost."""

import asyncio
import logging
import re
from typing import Any

import asyncpg

from pywats_server.errors import Sentence, Unavailable

Raw = Any
"""A connection of asyncpg, which has no types."""

SECONDS_TO_CONNECT = 5.0
"""How long one host may take to answer."""

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
_SETTINGS = {
    "application_name": "pywats-server",
    # The statements are short; translating them to machine code takes longer than running them.
    "jit": "off",
    # The server's machine may vanish without a word: its locks must not outlive it for long.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "30s",
}
_HOSTS = re.compile(r"(?P<before>postgres(?:ql)?://(?:[^/?]*@)?)(?P<hosts>[^/?]*)(?P<after>.*)", re.DOTALL)
_OF_DRIVER = (asyncpg.InterfaceError, asyncpg.InternalClientError)
_LOST = (
    ConnectionError,
    TimeoutError,
    *_OF_DRIVER,
    asyncpg.PostgresConnectionError,
    # The server shuts down, has crashed, or starts up.
    asyncpg.OperatorInterventionError,
    # What was the primary is a standby now.
    asyncpg.ReadOnlySQLTransactionError,
)


def hosts(url: str) -> list[str]:
    """Return the address of each host that *url* names, as `postgresql://first,second/name` does."""
    parts = _HOSTS.fullmatch(url)
    if parts is None:
        return [url]
    return [f"{parts['before']}{host}{parts['after']}" for host in parts["hosts"].split(",")]


def is_lost(error: BaseException) -> bool:
    """Tell whether *error* means that the connection, or the server behind it, is gone."""
    # A query that was cancelled, because it took too long or somebody wanted it, leaves its connection in order.
    return isinstance(error, _LOST) and not isinstance(error, asyncpg.QueryCanceledError)


async def connect(url: str, *, seconds: float | None = None) -> Raw:
    """
    Connect to the first host of *url* that takes changes, or to what its `target_session_attrs` asks for.

    Args:
        seconds: How long a statement may wait for its answer until the connection counts as lost; None: for ever.

    Raises:
        Unavailable: No host can be used. The message says why the last one cannot.
    """
    failure: Exception | None = None
    for host in hosts(url):
        try:
            return await _connect(host, seconds)
        except (OSError, ValueError, asyncpg.PostgresError, *_OF_DRIVER) as error:
            failure = error
    assert failure is not None, "an address names a host"
    raise Unavailable(_explained(failure)) from failure


async def _connect(url: str, seconds: float | None) -> Raw:
    return await asyncpg.connect(
        url,
        timeout=SECONDS_TO_CONNECT,
        command_timeout=seconds,
        server_settings=_SETTINGS,
        target_session_attrs=None if "target_session_attrs=" in url else "read-write",
        statement_cache_size=256,
        max_cached_statement_lifetime=0,
    )


def _explained(error: Exception) -> str:
    match error:
        case asyncpg.InvalidCatalogNameError():
            return f"{error}. Make it first, with: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        case asyncpg.TargetServerAttributeNotMatched():
            return "No server of it takes changes: what answers is a standby."
        case TimeoutError():
            return f"PostgreSQL does not answer within {SECONDS_TO_CONNECT:g} s."
        case OSError():
            return f"PostgreSQL does not answer: {error}."
        case _:
            return f"PostgreSQL refuses: {error}."


_log = logging.getLogger(__name__)


class Line:
    """
    A connection that is opened when it is needed, and anew after it was lost.

    Args:
        url: The database.
        seconds: How long a statement may wait for its answer.
        is_read_only: Whether the database shall refuse changes that come this way.
    """

    def __init__(self, url: str, *, seconds: float, is_read_only: bool) -> None:
        self._url = url
        self._seconds = seconds
        self._is_read_only = is_read_only
        self._raw: Raw = None
        self._failures = 0
        self._lost_at = 0.0
        self._try_again_at = 0.0
        self._is_closed = False

    async def raw(self) -> Raw:
        """
        Return the open connection.

        Raises:
            Unavailable: There is none, and it cannot be opened now.
        """
        if self._raw is not None and not self._raw.is_closed():
            return self._raw
        if self._is_closed or asyncio.get_running_loop().time() < self._try_again_at:
            raise unavailable()
        try:
            self._raw = await self._open()
        except Unavailable as error:
            self._fail(error)
            raise unavailable() from error
        self._failures = 0
        return self._raw

    async def _open(self) -> Raw:
        raw = await connect(self._url, seconds=self._seconds)
        if self._is_read_only:
            await raw.execute("SET default_transaction_read_only = on")
        return raw

    def _fail(self, error: Unavailable) -> None:
        now = asyncio.get_running_loop().time()
        if not self._failures:
            self._lost_at = now
            _log.warning("The database cannot be reached: %s", error.message)
        self._try_again_at = now + self.pause
        self._failures += 1

    @property
    def pause(self) -> float:
        """Seconds to wait before the next try to connect; they grow with every try."""
        return _PAUSES[min(self._failures, len(_PAUSES) - 1)]

    @property
    def seconds_lost(self) -> float:
        """For how long no connection could be opened."""
        return asyncio.get_running_loop().time() - self._lost_at if self._failures else 0.0

    def drop(self) -> None:
        """Let go of a connection that is lost or in an unknown state."""
        if self._raw is not None:
            self._raw.terminate()
            self._raw = None

    async def close(self) -> None:
        """Take leave of the database for good."""
        self._is_closed = True
        if self._raw is not None and not self._raw.is_closed():
            try:
                await self._raw.close(timeout=SECONDS_TO_CONNECT)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self._raw.terminate()
        self._raw = None


def unavailable() -> Unavailable:
    """Return the error for a call that nothing came of, because the database does not answer."""
    return Unavailable(Sentence("The database does not answer. Nothing was changed; try again in a few seconds."))


def unknown() -> Unavailable:
    """Return the error for a change whose commit was under way when the database went away."""
    return Unavailable(
        "The database went away while the change was being stored, and whether it was is not known. Repeat the call "
        "with the same Idempotency-Key: it is then carried out once in either case."
    )
