"""
A bad network between clients and a server: drops, cuts, holds, repeats and reorders what passes, at every point.

Each request that comes is an exchange, which goes its way by one of the functions below: by `pass_on`, or by one of the
`FAULTS`. Nothing waits for a clock: what is held goes on when others have passed it, or when there are no others.
"""

import asyncio
import random
import re
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEYS = re.compile(rb"\r\nidempotency-key(-lifetime)?:[^\r]*", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)
_BETWEEN_GHOSTS = 20
_SHARE = 0.2


@dataclass(frozen=True)
class Message:
    """A request or an answer, byte by byte."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        """All of it."""
        return self.head + self.body


class Exchange:
    """A request on its way, and the connection that waits for its answer."""

    def __init__(
        self, proxy: "Proxy", request: Message, client: asyncio.StreamWriter, incoming: asyncio.StreamReader
    ) -> None:
        self.proxy = proxy
        self.request = request
        self._client = client
        self._incoming = incoming

    async def ask(self) -> Message:
        """The server's answer to the whole request."""
        return await self.proxy.ask(self.request)

    async def answer(self, answer: bytes) -> None:
        """Send the client *answer*, or a part of it."""
        self._client.write(answer)
        await self._client.drain()

    async def leave(self) -> None:
        """Wait until the client has given up."""
        await self._incoming.read(1)
        self.hang_up()

    def cut(self, part: bytes) -> bytes:
        """The beginning of *part*, and not all of it."""
        return part[: self.proxy.chance.randrange(len(part))]

    def hang_up(self) -> None:
        """Close the client's connection: in good order, or in the way of a cable that was pulled."""
        if self.proxy.chance.random() < 0.5:
            self._client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._client.close()


Way = Callable[[Exchange], Awaitable[None]]


async def pass_on(exchange: Exchange) -> None:
    """Nothing happens on the way."""
    await exchange.answer((await exchange.ask()).whole)


async def drop_request(exchange: Exchange) -> None:
    """It never comes to the server."""
    exchange.hang_up()


async def cut_head_of_request(exchange: Exchange) -> None:
    """The connection breaks within the head."""
    await exchange.proxy.send(exchange.cut(exchange.request.head))
    exchange.hang_up()


async def cut_body_of_request(exchange: Exchange) -> None:
    """The connection breaks within the body; the server may only guess what it would have been."""
    request = exchange.request
    await exchange.proxy.send(request.head + exchange.cut(request.body) if request.body else request.head[:-1])
    exchange.hang_up()


async def refuse_before(exchange: Exchange) -> None:
    """A gateway finds no server."""
    await exchange.answer(_problem(b"503 Service Unavailable"))


async def let_others_pass(exchange: Exchange) -> None:
    """Requests that came later are at the server earlier."""
    await exchange.proxy.others_pass()
    await pass_on(exchange)


async def duplicate(exchange: Exchange) -> None:
    """It comes to the server twice at the same time."""
    first, _ = await asyncio.gather(exchange.ask(), exchange.ask())
    await exchange.answer(first.whole)


async def deliver_late(exchange: Exchange) -> None:
    """It comes to the server when the client has long tried again."""
    exchange.proxy.ghosts.append(exchange.request)
    exchange.hang_up()


async def deliver_again_late(exchange: Exchange) -> None:
    """It comes to the server once more when the client has long got its answer."""
    exchange.proxy.ghosts.append(exchange.request)
    await pass_on(exchange)


async def drop_answer(exchange: Exchange) -> None:
    """The server has done it, and the answer never comes."""
    await exchange.ask()
    exchange.hang_up()


async def cut_head_of_answer(exchange: Exchange) -> None:
    """The connection breaks within the answer's head."""
    await exchange.answer(exchange.cut((await exchange.ask()).head))
    exchange.hang_up()


async def cut_body_of_answer(exchange: Exchange) -> None:
    """The connection breaks within the answer's body."""
    answer = await exchange.ask()
    await exchange.answer(answer.head + exchange.cut(answer.body))
    exchange.hang_up()


async def hold_answer(exchange: Exchange) -> None:
    """The answer takes longer than the client waits."""
    await exchange.ask()
    await exchange.leave()


async def refuse_after(exchange: Exchange) -> None:
    """A gateway loses its patience when the server has done it."""
    await exchange.ask()
    await exchange.answer(_problem(b"504 Gateway Timeout"))


LOSING: tuple[Way, ...] = (
    *(drop_request, cut_head_of_request, cut_body_of_request, refuse_before, let_others_pass),
    *(drop_answer, cut_head_of_answer, cut_body_of_answer, refuse_after),
)
"""What a network does that loses things, or changes their order."""

REPEATING: tuple[Way, ...] = (duplicate, deliver_late, deliver_again_late)
"""What a network does that says a thing twice, or late."""


class Proxy:
    """
    The way to one server.

    Attributes:
        url: Its own address.
        chance: Decides what happens to whom.
        happened: How often requests went which way.
        ghosts: Requests that still wander about.
    """

    def __init__(self, server: str, chance: random.Random, faults: Collection[Way], *, hide_keys: bool) -> None:
        parts = urlsplit(server)
        self._server = parts.hostname, parts.port
        self._hide_keys = hide_keys
        self._faults = tuple(faults)
        self._under_way = 0
        self._held: list[asyncio.Event] = []
        self._carrying: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._seen = 0
        self.url = ""
        self.chance = chance
        self.happened: Counter[str] = Counter()
        self.ghosts: list[Message] = []

    async def serve(self, incoming: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """Carry what comes on one connection of a client."""
        # The loop itself does not hold a task whose client has gone.
        self._carrying[client] = asyncio.current_task()
        try:
            while not client.is_closing() and (request := await _read(incoming)):
                await self._carry(Exchange(self, self._shown(request), client, incoming))
        except OSError:
            # The client has gone, which is its right.
            pass
        finally:
            client.close()
            del self._carrying[client]

    async def ask(self, request: Message) -> Message:
        """What the server answers to *request*."""
        incoming, server = await asyncio.open_connection(*self._server)
        try:
            server.write(request.whole)
            answer = await _read(incoming)
        finally:
            server.close()
        assert answer is not None, "the server must answer what comes to it"
        return self._shown(answer)

    async def send(self, part: bytes) -> None:
        """Send the server a *part* of a request, and no more."""
        _, server = await asyncio.open_connection(*self._server)
        server.write(part)
        await server.drain()
        server.close()

    async def others_pass(self) -> None:
        """Wait until other requests have come to the server, or there are no others."""
        event = asyncio.Event()
        self._held.append(event)
        if len(self._held) == self._under_way:
            self._release()
        await event.wait()

    async def appear(self) -> None:
        """Deliver all ghosts, whom nobody waits for any longer."""
        ghosts, self.ghosts = self.ghosts, []
        for ghost in ghosts:
            await self.ask(ghost)

    async def close(self) -> None:
        """Close all connections of clients, and deliver what still wanders."""
        for client in self._carrying:
            client.close()
        await asyncio.gather(*filter(None, self._carrying.values()))
        await self.appear()

    async def _carry(self, exchange: Exchange) -> None:
        way = self._chosen()
        self.happened[way.__name__] += 1
        self._under_way += 1
        try:
            await way(exchange)
        finally:
            self._under_way -= 1
            self._release()
        self._seen += 1
        if self._seen % _BETWEEN_GHOSTS == 0:
            await self.appear()

    def _chosen(self) -> Way:
        return self.chance.choice(self._faults) if self.chance.random() < _SHARE else pass_on

    def _release(self) -> None:
        while self._held:
            self._held.pop().set()

    def _shown(self, message: Message) -> Message:
        return Message(_KEYS.sub(b"", message.head), message.body) if self._hide_keys else message


@asynccontextmanager
async def proxy(
    server: str, chance: random.Random, faults: Collection[Way], *, hide_keys: bool = False
) -> AsyncIterator[Proxy]:
    """
    A way to *server* on which *faults* happen.

    Args:
        hide_keys: Whether the server looks like one that honours no keys.
    """
    way = Proxy(server, chance, faults, hide_keys=hide_keys)
    listener = await asyncio.start_server(way.serve, "127.0.0.1", 0, backlog=512)
    async with listener:
        way.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield way
        await way.close()


async def _read(incoming: asyncio.StreamReader) -> Message | None:
    try:
        head = await incoming.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return Message(head, await incoming.readexactly(int(length[1])) if length else b"")
    except asyncio.IncompleteReadError:
        return None


def _problem(status: bytes) -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
