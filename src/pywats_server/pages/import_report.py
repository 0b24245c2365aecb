"""What came of the rows of an import, as a file to keep or to send."""

from collections.abc import AsyncIterator, Sequence

from starlette.responses import Response

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.writer import Written
from pywats_server.pages import downloads
from pywats_server.pages.imports import Different, Shown, ToldRow, tell, text
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


async def report(visit: Visit, found: StoredImport, ending: str) -> Response:
    """Return the rows of an import as a file with an *ending* of `downloads.KINDS`."""
    rows = [_row(row) async for row in _rows(visit, found)]
    headers = [text(header) for header in _HEADERS]
    return await downloads.table(f"import-{found.key}.{ending}", headers, rows, text(N_("Import")))


async def _rows(visit: Visit, found: StoredImport) -> AsyncIterator[ToldRow]:
    after = -1
    while page := await visit.read(imports.list_lines, found.key, after, _ROWS_AT_ONCE):
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
        "\n".join(map(str, row.refusals)),
        "\n".join(map(str, row.warnings)),
        row.undone_word,
        row.reason,
    )


def _difference(different: Different) -> str:
    if different.old is None:
        return f"{different.label}: {_cell(different.new)}"
    return f"{different.label}: {_cell(different.old)} → {_cell(different.new)}"


def _cell(value: Shown) -> str:
    if isinstance(value, AssetState):
        return word(value)
    return "–" if value is None else str(value)
