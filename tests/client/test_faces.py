"""`pyWATS` and `AsyncWATS`: the same calls without and with an event loop, over a fake transport and a real one."""

import asyncio
import inspect
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from client.fakes import TOKEN, FakeTransport, Loopback, answer, asset_document, config, loopback
from pywats import Asset, AsyncWATS, ConnectionError, RetryConfig, pyWATS
from pywats.domains.asset import AsyncAssetService
from pywats.domains.asset.service import AssetService
from pywats.outbox.async_outbox import AsyncOutbox
from pywats.outbox.outbox import Outbox


def public_methods(cls: type) -> dict[str, object]:
    """The methods that users see."""
    return {name: value for name, value in vars(cls).items() if callable(value) and not name.startswith("_")}


FACES: list[tuple[type, type]] = [(AssetService, AsyncAssetService), (Outbox, AsyncOutbox), (pyWATS, AsyncWATS)]
INNER = {"waits", "keep", "close"}
"""What the client alone asks its outbox for."""
METHODS = [
    pytest.param(blocking, asyncio_, name, id=f"{blocking.__name__}.{name}")
    for blocking, asyncio_ in FACES
    for name in public_methods(blocking)
]


@pytest.mark.parametrize(("blocking", "asyncio_"), FACES)
def test_faces_have_the_same_methods(blocking: type, asyncio_: type) -> None:
    theirs = [name for name in public_methods(asyncio_) if asyncio_ is not AsyncOutbox or name not in INNER]
    assert list(public_methods(blocking)) == theirs


@pytest.mark.parametrize(("blocking", "asyncio_", "name"), METHODS)
def test_method_of_both_faces_has_the_same_signature(blocking: type, asyncio_: type, name: str) -> None:
    assert inspect.signature(getattr(blocking, name)) == inspect.signature(getattr(asyncio_, name))
    assert not inspect.iscoroutinefunction(getattr(blocking, name))


@pytest.mark.parametrize("name", public_methods(AsyncAssetService))
def test_method_of_both_faces_has_the_same_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(AssetService, name)) == inspect.getdoc(getattr(AsyncAssetService, name))


def test_clients_take_the_same_settings() -> None:
    assert inspect.signature(pyWATS) == inspect.signature(AsyncWATS)
    assert list(inspect.signature(pyWATS).parameters) == [
        "base_url", "token", "timeout", "verify_ssl", "ca_file", "client_cert", "client_key", "client_key_password",
        "profile", "retry_config", "retry_enabled", "on_request", "outbox",
    ]  # fmt: skip


def test_blocking_face_returns_values() -> None:
    api = pyWATS.on(config(), FakeTransport(answer([asset_document()])))
    assert api.asset.get_assets() == [Asset(**asset_document())]
    assert [asset.serial_number for asset in api.asset.iter_assets()] == ["DMM-001"]
    assert api.asset.is_in_alarm(Asset(serial_number="A")) is False


def test_blocking_face_inside_a_loop_is_awaited_as_the_specification_shows() -> None:
    api = pyWATS.on(config(), FakeTransport(answer([asset_document()])))

    async def script() -> tuple[list[Asset], list[Asset], bool]:
        assets = await api.asset.get_assets()  # type: ignore[misc]
        walked = [asset async for asset in api.asset.iter_assets()]
        return assets, walked, api.asset.is_in_alarm(assets[0])

    assets, walked, alarm = asyncio.run(script())
    assert assets == walked == [Asset(**asset_document())]
    assert not alarm


def test_asyncio_face_is_awaited() -> None:
    async def script() -> list[Asset]:
        async with AsyncWATS.on(config(), FakeTransport(answer([asset_document()]))) as api:
            return await api.asset.get_assets()

    assert asyncio.run(script()) == [Asset(**asset_document())]


def test_leaving_either_face_closes_its_transport() -> None:
    first, second = FakeTransport(), FakeTransport()
    with pyWATS.on(config(), first):
        pass

    async def script() -> None:
        async with AsyncWATS.on(config(), second):
            pass

    asyncio.run(script())
    assert first.closed
    assert second.closed


def test_version_is_told_by_both_faces() -> None:
    assert pyWATS.on(config(), FakeTransport(answer("1.2.3"))).version() == "1.2.3"
    assert asyncio.run(AsyncWATS.on(config(), FakeTransport(answer("1.2.3"))).version()) == "1.2.3"


# Over a real connection


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server on loopback."""
    with loopback() as running:
        yield running


def test_calls_reach_a_real_server_from_every_face(server: Loopback) -> None:
    with pyWATS(server.url + "/api/", TOKEN) as api:
        assert api.asset.set_asset_state(3, serial_number="a/b+c")

        async def inside() -> None:
            assert await api.asset.set_asset_state(3, serial_number="a/b+c")  # type: ignore[misc]
            async with pyWATS(server.url, TOKEN) as entered:
                assert isinstance(entered, AsyncWATS)
                assert await entered.asset.set_asset_state(3, serial_number="a/b+c")
            async with AsyncWATS(server.url, TOKEN) as other:
                assert await other.asset.set_asset_state(3, serial_number="a/b+c")

        asyncio.run(inside())
    assert server.received == ["PUT /api/Asset/State?serialNumber=a%2Fb%2Bc&state=3"] * 4


def test_entering_twice_shares_one_client_and_the_last_to_leave_closes_it(server: Loopback) -> None:
    async def script() -> None:
        api = pyWATS(server.url, TOKEN)
        async with api as outer:
            async with api as inner:
                assert inner is outer
            await outer.version()
        async with api as again:
            assert again is not outer

    asyncio.run(script())


def test_loops_of_several_threads_enter_one_client(server: Loopback) -> None:
    api = pyWATS(server.url, TOKEN)
    all_are_inside = threading.Barrier(4, timeout=10)

    async def script() -> AsyncWATS:
        async with api as inside:
            await asyncio.to_thread(all_are_inside.wait)
            await inside.version()
        return inside

    with ThreadPoolExecutor(4) as threads:
        entered = list(threads.map(asyncio.run, (script() for _ in range(4))))
    assert len(set(entered)) == 4
    api.close()


def test_blocking_face_is_shared_by_threads(server: Loopback) -> None:
    api = pyWATS(server.url, TOKEN)
    failures: list[Exception] = []

    def use(number: int) -> None:
        try:
            for index in range(5):
                api.asset.increment_count(serial_number=f"{number}-{index}")
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    api.close()
    assert failures == []
    assert len(set(server.received)) == len(server.received) == 30


@pytest.mark.parametrize("inside_a_loop", [False, True])
def test_unreachable_server_is_an_error_of_ours(inside_a_loop: bool) -> None:
    api = pyWATS("http://127.0.0.1:9", TOKEN, retry_config=RetryConfig(base_delay=0))

    async def script() -> None:
        await api.asset.get_assets()  # type: ignore[misc]

    with pytest.raises(ConnectionError, match=r"Cannot connect to http://127.0.0.1:9.*in asset.get_all"):
        asyncio.run(script()) if inside_a_loop else api.asset.get_assets()
