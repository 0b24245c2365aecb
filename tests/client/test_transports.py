"""Both transports against a real server: what arrives, what comes back, and what each fault becomes."""

import asyncio
import builtins
import gc
import inspect
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3.exceptions
from aiohttp import client_exceptions

from client.fakes import Loopback, loopback
from pywats.blocking import run
from pywats.errors import ConnectionError, TimeoutError, TransportError
from pywats.http import aio, sync
from pywats.http.faults import Fault, translated
from pywats.http.request import Request, Response

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")

Send = Callable[..., Response]


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server on loopback."""
    with loopback() as running:
        yield running


@contextmanager
def sender(face: str, timeout: float = 10, **settings: Any) -> Iterator[Send]:
    """Sends requests one after the other through one transport, which keeps its connections between them."""
    if face == "blocking":
        blocking = sync.BlockingTransport(timeout, **settings)
        yield lambda *parts, **more: run(blocking.send(Request(*parts, **more)))
        run(blocking.close())
        return
    transport = aio.AsyncTransport(timeout, **settings)
    with asyncio.Runner() as runner:
        yield lambda *parts, **more: runner.run(transport.send(Request(*parts, **more)))
        runner.run(transport.close())


@pytest.fixture(params=["blocking", "asyncio"])
def face(request: pytest.FixtureRequest) -> str:
    """The name of one transport."""
    return str(request.param)


@pytest.fixture
def send(face: str) -> Iterator[Send]:
    """Sends requests through one transport."""
    with sender(face) as ready:
        yield ready


def echo(response: Response) -> dict[str, Any]:
    """What the server was asked."""
    return dict(json.loads(response.body))


def test_request_arrives_as_it_was_encoded(send: Send, server: Loopback) -> None:
    url = server.url + "/api/Asset/a%2Fb%20%25%2B%3F%23%27%C3%BC?$filter=x%20eq%20%27a%2Bb%27&n=%2F"
    told = echo(send("GET", url, {"Authorization": "Basic abc", "Accept": "application/json"}))
    assert told["raw"] == url.removeprefix(server.url)
    assert told["path"] == "/api/Asset/a/b %+?#'ü"
    assert told["query"] == {"$filter": "x eq 'a+b'", "n": "/"}
    assert told["headers"]["authorization"] == "Basic abc"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_body_arrives_byte_by_byte(send: Send, server: Loopback, method: str) -> None:
    told = echo(send(method, server.url + "/x", {"Content-Type": "application/json"}, b'["\xc3\xbc"]'))
    assert told["body"] == '["\xc3\xbc"]'
    assert told["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_request_without_body_says_that_it_is_empty(send: Send, server: Loopback, method: str) -> None:
    assert echo(send(method, server.url + "/x"))["headers"]["content-length"] == "0"


def test_response_carries_status_and_headers_in_lower_case(send: Send, server: Loopback) -> None:
    response = send("GET", server.url + "/faults/status")
    assert response.status == 503
    assert response.headers["retry-after"] == "7"
    assert response.request_id == "r-1"
    assert response.body == b'{"message": "busy"}'


def test_redirect_is_not_followed(send: Send, server: Loopback) -> None:
    assert send("GET", server.url + "/faults/redirect").status == 302
    assert server.received == ["GET /faults/redirect"]


@pytest.mark.parametrize(
    ("path", "error", "timeout"),
    [
        ("silence", TimeoutError, 0.1),
        ("drop", ConnectionError, 10),
        ("cut-head", ConnectionError, 10),
        ("cut-in-length", ConnectionError, 10),
        ("cut-in-encoding", ConnectionError, 10),
        ("cut", ConnectionError, 10),
        ("garbage", ConnectionError, 10),
        ("bad-gzip", ConnectionError, 10),
    ],
)
def test_fault_after_sending_becomes_our_error_and_says_it_may_have_arrived(
    face: str, server: Loopback, path: str, error: type[TransportError], timeout: float
) -> None:
    with sender(face, timeout) as send, pytest.raises(error) as caught:
        send("GET", f"{server.url}/faults/{path}")
    assert caught.value.may_have_arrived
    assert server.url in caught.value.message
    assert caught.value.__cause__ is not None


def test_refused_connection_says_that_nothing_arrived(send: Send) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionError) as caught:
            send("GET", f"http://127.0.0.1:{unheard.getsockname()[1]}/")
    assert not caught.value.may_have_arrived
    assert not caught.value.permanent
    assert isinstance(caught.value, builtins.ConnectionError)


def test_server_without_tls_is_a_permanent_fault(send: Send, server: Loopback) -> None:
    with pytest.raises(ConnectionError) as caught:
        send("GET", server.url.replace("http:", "https:"))
    assert caught.value.permanent


def test_certificate_that_nobody_vouches_for_is_refused_for_good(face: str) -> None:
    with loopback(SELF_SIGNED) as server, sender(face) as send, pytest.raises(ConnectionError) as caught:
        send("GET", server.url + "/x")
    assert caught.value.permanent
    assert "certificate verify failed" in caught.value.message
    assert server.received == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_certificate_is_not_looked_at_when_told_so(face: str) -> None:
    with loopback(SELF_SIGNED) as server, sender(face, verify_ssl=False) as send:
        assert send("GET", server.url + "/x").status == 200


@pytest.mark.parametrize("proxy_user", ["", "a%40b:p%C3%A4ss@"])
def test_requests_go_by_the_proxy(face: str, server: Loopback, proxy_user: str) -> None:
    proxy = server.url.replace("http://", f"http://{proxy_user}")
    with sender(face, proxy=proxy) as send:
        told = echo(send("PUT", "http://wats.test/api/Asset/Count?serialNumber=%2F", {"Authorization": "Basic x"}))
    assert told["raw"] == "http://wats.test/api/Asset/Count?serialNumber=%2F"
    assert told["headers"]["authorization"] == "Basic x"
    assert (told["headers"].get("proxy-authorization") is not None) is bool(proxy_user)


def test_proxy_that_is_away_says_that_nothing_arrived(face: str) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        proxy = f"http://user:hunter2@127.0.0.1:{unheard.getsockname()[1]}"
        with sender(face, proxy=proxy) as send, pytest.raises(ConnectionError) as caught:
            send("GET", "http://wats.test/x")
    assert not caught.value.may_have_arrived
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://a..b/", "ftp://127.0.0.1/"])
def test_impossible_address_becomes_our_error(send: Send, url: str) -> None:
    with pytest.raises(ConnectionError) as caught:
        send("GET", url)
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("method", ["PUT", "DELETE", "GET"])
def test_request_on_a_reused_connection_that_breaks_is_sent_once(send: Send, server: Loopback, method: str) -> None:
    """aiohttp repeats such requests by itself; `PUT /api/Asset/Count` would then count twice."""
    send("GET", server.url + "/first")
    with pytest.raises(ConnectionError):
        send(method, server.url + "/faults/drop")
    assert server.received == ["GET /first", f"{method} /faults/drop"]


def test_connection_is_used_again(send: Send, server: Loopback) -> None:
    accepted = []
    original = server.get_request
    server.get_request = lambda: accepted.append(1) or original()  # type: ignore[func-returns-value]
    for _ in range(3):
        send("GET", server.url + "/x")
    assert len(accepted) == 1


def library_errors(module: object, base: type[Exception]) -> list[type[Exception]]:
    """All error classes of a library's module, warnings aside."""
    found = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Exception)]
    return [cls for cls in found if cls.__module__ == base.__module__ and not issubclass(cls, Warning)]


@pytest.mark.parametrize("error", library_errors(urllib3.exceptions, urllib3.exceptions.HTTPError))
def test_every_error_of_urllib3_has_a_meaning_of_its_own(error: type[Exception]) -> None:
    assert error in sync.FAULTS


@pytest.mark.parametrize("error", library_errors(client_exceptions, client_exceptions.ClientError))
def test_every_error_of_aiohttp_has_a_meaning_of_its_own(error: type[Exception]) -> None:
    assert error in aio.FAULTS


def test_error_class_that_is_newer_than_the_table_takes_the_meaning_of_its_base() -> None:
    newer = type("Newer", (urllib3.exceptions.NewConnectionError,), {"__init__": lambda self: None})
    error = translated(newer(), sync.FAULTS, "http://wats.test/api/Asset?secret")
    assert (type(error), error.may_have_arrived) == (ConnectionError, False)
    assert error.message == "Cannot connect to http://wats.test: Newer"


@pytest.mark.parametrize("fault", Fault)
def test_every_meaning_has_a_sentence(fault: Fault) -> None:
    error = translated(OSError("why"), {OSError: fault}, "http://wats.test/")
    assert error.message.endswith("http://wats.test: why")


def test_blocking_transport_serves_threads_at_the_same_time(server: Loopback) -> None:
    transport = sync.BlockingTransport(5)
    answered = []

    def ask(number: int) -> None:
        answered.extend(
            echo(run(transport.send(Request("GET", f"{server.url}/{number}/{i}"))))["raw"] for i in range(5)
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(transport.close())
    assert sorted(answered) == sorted(f"/{number}/{i}" for number in range(8) for i in range(5))


# The first loop ended with a connection open, about which asyncio complains when it is forgotten.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_asyncio_transport_moves_to_the_next_loop(server: Loopback) -> None:
    transport = aio.AsyncTransport(5)
    for _ in range(2):
        asyncio.run(transport.send(Request("GET", server.url + "/x")))
    asyncio.run(transport.close())
    gc.collect()
    assert len(server.received) == 2


def test_asyncio_transport_refuses_a_second_running_loop(server: Loopback) -> None:
    transport = aio.AsyncTransport(5)

    async def use_twice() -> None:
        await transport.send(Request("GET", server.url + "/x"))
        other = asyncio.to_thread(lambda: asyncio.run(transport.send(Request("GET", server.url + "/y"))))
        with pytest.raises(RuntimeError, match="another running event loop"):
            await other
        await transport.close()

    asyncio.run(use_twice())


def test_asyncio_transport_lets_the_loop_go_on(server: Loopback) -> None:
    transport = aio.AsyncTransport(5)

    async def ask_while_waiting() -> bytes:
        waiting = asyncio.create_task(transport.send(Request("GET", server.url + "/faults/silence")))
        told = await transport.send(Request("GET", server.url + "/x"))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await transport.close()
        return told.body

    assert b'"raw": "/x"' in asyncio.run(ask_while_waiting())


def test_closed_transport_opens_new_connections(server: Loopback) -> None:
    transport = sync.BlockingTransport(5)
    for _ in range(2):
        assert run(transport.send(Request("GET", server.url + "/x"))).status == 200
        run(transport.close())


def test_pauses_use_the_clock_of_each_world(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = []
    monkeypatch.setattr(sync.time, "sleep", slept.append)
    run(sync.BlockingTransport(5).sleep(1.5))

    async def pause(seconds: float) -> None:
        slept.append(-seconds)

    monkeypatch.setattr(aio.asyncio, "sleep", pause)
    run(aio.AsyncTransport(5).sleep(2.5))
    assert slept == [1.5, -2.5]
