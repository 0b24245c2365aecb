"""How answers leave the server: those that fit go in one piece, and none is lost or held back."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from pywats_server.api.protocol import Protocol
from pywats_server.commands.running import configuration

PART = b"x" * 40_000


class _Recorder(asyncio.Transport):
    """A transport that keeps what it is asked to send, call by call."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closed = False

    def writelines(self, list_of_data: Any) -> None:
        self.sent.append(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    parts = int(scope["path"][1:])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(parts):
        await send({"type": "http.response.body", "body": PART, "more_body": True})
    await send({"type": "http.response.body", "body": b"end"})


async def _answer(request: bytes, *, lost: bool = False) -> _Recorder:
    config = configuration(_app)
    protocol = Protocol(config, ServerState(), {}, asyncio.get_running_loop())
    transport = _Recorder()
    protocol.connection_made(transport)
    protocol.data_received(request)
    transport.closed |= lost
    for _ in range(10):
        await asyncio.sleep(0)
    if protocol.timeout_keep_alive_task is not None:
        protocol.timeout_keep_alive_task.cancel()
    return transport


def _answered(request: bytes, *, lost: bool = False) -> _Recorder:
    return asyncio.run(_answer(request, lost=lost))


def _get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def test_head_and_body_of_an_answer_are_sent_together() -> None:
    transport = _answered(_get("/0"))
    assert len(transport.sent) == 1
    assert transport.sent[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert transport.sent[0].endswith(b"\r\n\r\n3\r\nend\r\n0\r\n\r\n")


def test_long_answer_is_not_gathered_before_it_is_sent() -> None:
    transport = _answered(_get("/10"))
    assert max(map(len, transport.sent)) < 3 * len(PART)
    assert b"".join(transport.sent).count(PART) == 10
    assert transport.sent[-1].endswith(b"0\r\n\r\n")


def test_requests_sent_ahead_are_all_answered_in_order() -> None:
    transport = _answered(_get("/0") + _get("/1"))
    first, second = b"".join(transport.sent).split(b"HTTP/1.1 200 OK")[1:]
    assert PART not in first
    assert PART in second


@pytest.mark.parametrize("request_", [_get("/0", "Connection: close"), b"no http\r\n\r\n"], ids=["asked", "unreadable"])
def test_answer_goes_out_before_the_connection_is_ended(request_: bytes) -> None:
    transport = _answered(request_)
    assert transport.closed
    assert transport.sent[0].startswith(b"HTTP/1.1 ")
    assert len(transport.sent) == 1


def test_nothing_is_sent_to_a_caller_who_has_gone() -> None:
    assert _answered(_get("/0"), lost=True).sent == []
