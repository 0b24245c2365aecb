"""Tables that a reader takes along, as CSV or Excel."""

import asyncio
import io
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import msgspec
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from pywats_server.exchange.writer import Written, write_csv, write_table

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The endings that a table can have, and what they mean."""

Rows = Sequence[Sequence[Written]]


async def table(name: str, headers: Sequence[str], rows: Iterable[Sequence[Written]], title: str) -> Response:
    """
    Return a table as a file, which waits on disk for its reader.

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


async def long_table(name: str, headers: Sequence[str], parts: AsyncIterator[Rows], title: str) -> Response:
    """
    Return a table that comes in *parts*, as `table` does. A CSV goes to its reader part by part, so that it begins at
    once; an Excel file can only be had as a whole.
    """
    if name.endswith(".csv"):
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(_csv(headers, parts), media_type=KINDS["csv"], headers=disposition)
    with tempfile.TemporaryFile() as file:
        sizes = [file.write(msgspec.msgpack.encode(rows)) async for rows in parts]
        file.seek(0)
        rows = (row for size in sizes for row in msgspec.msgpack.decode(file.read(size)))
        return await table(name, headers, rows, title)


async def _csv(headers: Sequence[str], parts: AsyncIterator[Rows]) -> AsyncIterator[bytes]:
    # Excel takes a CSV for UTF-8 only when it begins with a byte order mark.
    yield _lines([headers]).encode("utf-8-sig")
    async for rows in parts:
        yield (await asyncio.to_thread(_lines, rows)).encode()


def _lines(rows: Rows) -> str:
    text = io.StringIO(newline="")
    write_csv(text, rows)
    return text.getvalue()
