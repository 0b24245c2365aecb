"""`AsyncOutbox` and `Outbox`: the same calls without and with an event loop."""

import asyncio
import inspect
from pathlib import Path

import pytest

from client.fakes import TOKEN
from pywats import AsyncWATS, pyWATS
from pywats.outbox.async_outbox import AsyncOutbox
from pywats.outbox.outbox import Outbox

CALLS = ["pending", "refused", "uncertain", "flush", "discard", "retry", "export"]
NOBODY = "http://127.0.0.1:9"


def test_face_offers_all_that_users_call() -> None:
    assert [name for name in vars(Outbox) if not name.startswith("_")] == CALLS


@pytest.mark.parametrize("name", CALLS)
def test_method_of_both_faces_has_the_same_signature_and_docstring(name: str) -> None:
    blocking, asyncio_ = getattr(Outbox, name), getattr(AsyncOutbox, name)
    assert inspect.signature(blocking) == inspect.signature(asyncio_)
    assert inspect.getdoc(blocking) == inspect.getdoc(asyncio_)


def test_both_faces_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with pyWATS(NOBODY, TOKEN, outbox=path) as api:
        assert api.asset.increment_count(serial_number="A")
        assert (len(api.outbox), bool(api.outbox), repr(api.outbox)) == (1, True, f"Outbox({str(path)!r})")

    async def inside() -> None:
        async with AsyncWATS(NOBODY, TOKEN, outbox=path) as api:
            assert await api.asset.increment_count(serial_number="A")
            assert (len(api.outbox), bool(api.outbox), repr(api.outbox)) == (2, True, f"AsyncOutbox({str(path)!r})")
        async with pyWATS(NOBODY, TOKEN, outbox=path) as entered:
            assert await entered.asset.increment_count(serial_number="A")

    asyncio.run(inside())
    with pyWATS(NOBODY, TOKEN, outbox=path) as api:
        assert len(api.outbox.pending()) == 3
