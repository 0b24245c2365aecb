"""What came of the rows of an import, as a file to keep or to send."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from pywats_server.exchange.records import Finding
from pywats_server.exchange.writer import Written, write_table
from pywats_server.pages.imports import Different, Shown, ToldRow, selection, tell, text
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_, word
from pywats_server.services import imports
from pywats_server.services.imports import StoredImport

_ROWS_AT_ONCE = 500
_HEADERS = (
    N_("Row"),
    N_("Serial number"),
    N_("Name"),
    N_("Outcome"),
    N_("Changes"),
    N_("Refused because"),
    N_("Warnings"),
    N_("Undone"),
    N_("Why not"),
)


async def report(visit: Visit, found: StoredImport, ending: str) -> FileResponse:
    """Return the rows of an import as a file with the *ending* `.csv` or `.xlsx`."""
    rows = [_row(row) async for row in _rows(visit, found)]
    folder = Path(tempfile.mkdtemp(prefix="pywats-report-"))
    path = folder / f"report{ending}"
    headers = [text(header) for header in _HEADERS]
    await asyncio.to_thread(write_table, path, headers, rows)
    name = f"{Path(found.file_name).stem} import {found.key}{ending}"
    return FileResponse(path, filename=name, background=BackgroundTask(shutil.rmtree, folder))


async def _rows(visit: Visit, found: StoredImport) -> AsyncIterator[ToldRow]:
    after = -1
    while page := await visit.read(imports.list_lines, found.key, after, _ROWS_AT_ONCE, **selection("")):
        for row in page:
            yield tell(row)
        after = page[-1].position


def _row(row: ToldRow) -> Sequence[Written]:
    return (
        row.number,
        row.serial_number,
        row.label,
        row.word,
        "\n".join(map(_difference, row.differences)),
        "\n".join(map(_finding, row.refusals)),
        "\n".join(map(_finding, row.warnings)),
        row.undone_word,
        row.reason,
    )


def _difference(different: Different) -> str:
    if different.old is None:
        return f"{different.label}: {_cell(different.new)}"
    return f"{different.label}: {_cell(different.old)} → {_cell(different.new)}"


def _cell(value: Shown) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else word(value)


def _finding(finding: Finding) -> str:
    return str(finding)
