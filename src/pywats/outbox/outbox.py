"""`AsyncOutbox` for programs without an event loop."""

from pywats.blocking import BlockingFace, blocking
from pywats.outbox.async_outbox import AsyncOutbox


class Outbox(BlockingFace[AsyncOutbox]):
    """
    What was said while the server could not be reached. Each method does what its namesake in `AsyncOutbox` does.

    Inside a running event loop each method returns an awaitable instead.
    """

    def __len__(self) -> int:
        return len(self._service)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return repr(self._service).removeprefix("Async")

    pending = blocking(AsyncOutbox.pending)
    refused = blocking(AsyncOutbox.refused)
    uncertain = blocking(AsyncOutbox.uncertain)
    flush = blocking(AsyncOutbox.flush)
    discard = blocking(AsyncOutbox.discard)
    retry = blocking(AsyncOutbox.retry)
    export = blocking(AsyncOutbox.export)
