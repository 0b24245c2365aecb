"""Tables that a reader takes along, as CSV or Excel. They wait on disk for their reader, and are removed then."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from pywats_server.exchange.writer import Written, write_table

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The endings that a table can have, and what they mean."""


async def table(name: str, headers: Sequence[str], rows: Iterable[Sequence[Written]], title: str) -> Response:
    """
    Return a table as a file.

    Args:
        name: Of the file; its ending is one of `KINDS`.
        title: Of the sheet.

    Raises:
        InvalidInput: An Excel sheet cannot hold so many rows.
    """
    folder = Path(tempfile.mkdtemp(prefix="pywats-"))
    try:
        await asyncio.to_thread(write_table, folder / name, headers, rows, title)
    except BaseException:
        _remove(folder)
        raise
    kind = KINDS[name.rpartition(".")[2]]
    return FileResponse(folder / name, media_type=kind, filename=name, background=BackgroundTask(_remove, folder))


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
