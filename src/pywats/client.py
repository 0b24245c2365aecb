"""`AsyncWATS` and `pyWATS`: from settings by way of a transport to the services of the domains."""

from abc import ABC, abstractmethod
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from pywats.blocking import BlockingFace, blocking, run
from pywats.config import ClientConfig, RetryConfig
from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.async_service import AsyncAssetService
from pywats.domains.asset.service import AssetService
from pywats.domains.asset.start_gate import StartGate
from pywats.http.client import HttpClient
from pywats.http.report import OnRequest
from pywats.http.request import Sender, Transport
from pywats.settings import client_config
from pywats.workers import Workers

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from pywats.outbox.async_outbox import AsyncOutbox
    from pywats.outbox.outbox import Outbox

WORKERS = 32
"""Calls of one `pyWATS` that may be under way at a time from inside an event loop."""


class Client(ABC):
    """What both faces of a server have in common: their settings."""

    _config: ClientConfig

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        timeout: float | None = None,
        verify_ssl: bool | None = None,
        ca_file: str | Path | None = None,
        client_cert: str | Path | None = None,
        client_key: str | Path | None = None,
        client_key_password: str | None = None,
        profile: str | None = None,
        retry_config: RetryConfig | None = None,
        retry_enabled: bool = True,
        on_request: OnRequest | None = None,
        outbox: str | PathLike[str] | None = None,
    ) -> None:
        """
        A client with these settings. Nothing is sent yet.

        For a setting that is not told here, the environment stands in, `PYWATS_BASE_URL` for *base_url*, and then the
        settings file. Proxies are those of the environment, `HTTPS_PROXY` and `NO_PROXY`.

        Args:
            base_url: Address of the server, with or without `/api`.
            token: As the server printed it, base64 of `name:secret`.
            timeout: The longest silence in seconds, while connecting and while waiting for the answer; 30 at first.
            verify_ssl: Whether the server's certificate is checked; at first it is.
            ca_file: Certificates (PEM) to trust beside those that the system trusts.
            client_cert: The client's own certificate (PEM), for servers that ask for one.
            client_key: The key of *client_cert*, when it is in a file of its own.
            client_key_password: What opens the key, when it is encrypted.
            profile: The table of the settings file that holds for this server.
            retry_config: How often and how patiently failed requests are repeated.
            retry_enabled: False sends everything once.
            on_request: Is told how each call to the server went, for metrics.
            outbox: A file that keeps what was said while the server could not be reached, until it is delivered; made
                when it is not there. Processes of one machine may share it.

        Raises:
            ValueError: A setting is missing or cannot be right.
            OutboxError: The file of the outbox cannot be used.
        """
        config = client_config(
            base_url=base_url,
            token=token,
            timeout=timeout,
            verify_ssl=verify_ssl,
            ca_file=ca_file,
            client_cert=client_cert,
            client_key=client_key,
            client_key_password=client_key_password,
            profile=profile,
            retry_config=retry_config,
            retry_enabled=retry_enabled,
            on_request=on_request,
            outbox=outbox,
        )
        kept_in = None if config.outbox is None else _opened(config.outbox, config)
        self._connect(config, self._new_transport(config), kept_in)

    @classmethod
    def on(cls, config: ClientConfig, transport: Transport, outbox: "AsyncOutbox | None" = None) -> Self:
        """A client with these settings that sends on this *transport*, and keeps in this *outbox* what it cannot."""
        client = cls.__new__(cls)
        client._connect(config, transport, outbox)
        return client

    @abstractmethod
    def _connect(self, config: ClientConfig, transport: Transport, outbox: "AsyncOutbox | None") -> None: ...

    @staticmethod
    @abstractmethod
    def _new_transport(config: ClientConfig) -> Transport: ...

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._config.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled, because its token would be: make one in each process instead"
        )


class AsyncWATS(Client):
    """
    A WATS server, for programs with an event loop.

        async with AsyncWATS("https://wats.example.com", token) as api:
            asset = await api.asset.get_asset(serial_number="DMM-001")
    """

    def _connect(self, config: ClientConfig, transport: Transport, outbox: "AsyncOutbox | None") -> None:
        self._config = config
        self._http = HttpClient(config, transport)
        self._outbox = outbox
        self._asset_repository = AsyncAssetRepository(_sender(self._http, outbox))
        self._asset = AsyncAssetService(self._asset_repository, StartGate(self._asset_repository, config.base_url))

    @staticmethod
    def _new_transport(config: ClientConfig) -> Transport:
        # Imported when it is needed: aiohttp takes longer to import than all the rest together.
        from pywats.http.aio import AsyncTransport

        return AsyncTransport(
            config.timeout, verify_ssl=config.verify_ssl, ssl_context=config.ssl_context, proxy=config.proxy
        )

    @property
    def asset(self) -> AsyncAssetService:
        """Test equipment: assets, their types, counters, calibrations, maintenances and logs."""
        return self._asset

    @property
    def outbox(self) -> "AsyncOutbox":
        """
        What waits to be delivered.

        Raises:
            ValueError: This client was made without an outbox.
        """
        if self._outbox is None:
            raise ValueError("This client has no outbox; name its file when you make the client: outbox=...")
        return self._outbox

    async def version(self) -> str:
        """The version of the server."""
        return await self._asset_repository.get_version()

    async def close(self) -> None:
        """Close all connections. What waits in the outbox stays there."""
        await self._http.close()
        if self._outbox is not None:
            await self._outbox.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class pyWATS(Client, BlockingFace[AsyncWATS]):  # noqa: N801 - the name that programs know
    """
    A WATS server, for scripts: each call blocks until it is done. Threads may share it, and forked children go on with
    it; processes that are started otherwise make one of their own.

        api = pyWATS("https://wats.example.com", token)
        asset = api.asset.get_asset(serial_number="DMM-001")

    Inside a running event loop the same calls return awaitables, and `async with pyWATS(...) as api` gives an
    `AsyncWATS` with the same settings.
    """

    def _connect(self, config: ClientConfig, transport: Transport, outbox: "AsyncOutbox | None") -> None:
        BlockingFace.__init__(self, AsyncWATS.on(config, transport, outbox), Workers(WORKERS))
        self._config = config
        self._asset = AssetService(self._service.asset, self._executor)
        self._inside: dict[AbstractEventLoop, tuple[AsyncWATS, int]] = {}

    @staticmethod
    def _new_transport(config: ClientConfig) -> Transport:
        from pywats.http.sync import BlockingTransport

        return BlockingTransport(
            config.timeout, verify_ssl=config.verify_ssl, ssl_context=config.ssl_context, proxy=config.proxy
        )

    @property
    def asset(self) -> AssetService:
        """Test equipment: assets, their types, counters, calibrations, maintenances and logs."""
        return self._asset

    @property
    def outbox(self) -> "Outbox":
        """
        What waits to be delivered.

        Raises:
            ValueError: This client was made without an outbox.
        """
        from pywats.outbox.outbox import Outbox

        return Outbox(self._service.outbox, self._executor)

    version = blocking(AsyncWATS.version)

    def close(self) -> None:
        """
        Close all connections, and end the worker threads that calls from event loops used.

        What waits in the outbox stays there.
        """
        run(self._service.close())
        self._executor.shutdown(wait=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> AsyncWATS:
        loop = _running_loop()
        client, entered = self._inside.get(loop) or (self._new_inside(), 0)
        self._inside[loop] = client, entered + 1
        return client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = _running_loop()
        client, entered = self._inside.pop(loop)
        if entered > 1:
            self._inside[loop] = client, entered - 1
        else:
            # The outbox is this client's, which goes on.
            await client._http.close()

    def _new_inside(self) -> AsyncWATS:
        return AsyncWATS.on(self._config, AsyncWATS._new_transport(self._config), self._service._outbox)


def _running_loop() -> "AbstractEventLoop":
    # Inside a loop this costs nothing: it has been imported.
    import asyncio

    return asyncio.get_running_loop()


def _opened(path: Path, config: ClientConfig) -> "AsyncOutbox":
    """The outbox in this file, with a way of its own to the server, because its thread outlives event loops."""
    # Imported when it is needed, because most programs have none.
    from pywats.outbox.async_outbox import AsyncOutbox
    from pywats.outbox.file import OutboxFile

    once = replace(config, retry=replace(config.retry, enabled=False))
    return AsyncOutbox(OutboxFile(path), HttpClient(once, pyWATS._new_transport(once)))


def _sender(http: HttpClient, outbox: "AsyncOutbox | None") -> Sender:
    if outbox is None:
        return http
    from pywats.outbox.sender import KeepingSender

    return KeepingSender(http, outbox)
