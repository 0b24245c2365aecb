"""Every Python block of the documentation, page by page, on a server with the demo factory."""

from dataclasses import replace
from pathlib import Path

import pytest

from docs.blocks import PAGES, ROOT, Block, blocks_of, page_id
from docs.server import Server

WITH_EXAMPLES = [page for page in PAGES if blocks_of(page, "python")]
WITH_TESTS = [page for page in WITH_EXAMPLES if any("def test_" in block.code for block in blocks_of(page, "python"))]
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
RUNS = [
    pytest.param(page, zone, id=f"{page_id(page)}-{zone}")
    for page in WITH_EXAMPLES
    for zone in (ZONES if "datetime" in page.read_text("utf-8") else ZONES[:1])
]
PROGRAMS = sorted((ROOT / "examples").glob("*.py"))


def filled_in(block: Block, server: Server, folder: Path) -> Block:
    """A block with this server's address and token, and folders of this test, in place of those of the page."""
    named = server.named_in(block)
    code = named.code.replace("/var/lib/pywats", str(server.database.parent)).replace("/backup", str(folder))
    return replace(named, code=code)


def test_pages_with_examples_are_found() -> None:
    """A pattern that no longer finds the blocks would let the next test pass without running any."""
    assert {"README.md", "docs/getting-started.md", "docs/guides/odata.md"} <= set(map(page_id, WITH_EXAMPLES))
    assert sum(len(blocks_of(page, "python")) for page in WITH_EXAMPLES) > 50


@pytest.mark.parametrize(("page", "zone"), RUNS)
def test_examples_of_a_page_run_in_their_order(page: Path, zone: str, server: Server, tmp_path: Path) -> None:
    """Pages about dates run in three zones."""
    server.run([filled_in(block, server, tmp_path) for block in blocks_of(page, "python")], zone=zone, folder=tmp_path)


@pytest.mark.parametrize("page", WITH_TESTS, ids=page_id)
def test_tests_on_a_page_pass(page: Path, server: Server, tmp_path: Path) -> None:
    """As a reader would run them who put the blocks into one file."""
    written = tmp_path / "test_page.py"
    written.write_text("\n\n".join(block.code for block in blocks_of(page, "python")), "utf-8")
    server.run([Block(str(page), 0, "python", run_pytest_on(written))], folder=tmp_path)


def run_pytest_on(file: Path) -> str:
    """A program that runs the tests of *file* as users do, and ends with its code."""
    return f"import pytest\nassert pytest.main(['-q', '-p', 'no:schemathesis', {str(file)!r}]) == 0"


@pytest.mark.parametrize("program", PROGRAMS, ids=page_id)
def test_example_program_runs_and_prints(program: Path, server: Server) -> None:
    whole = Block(str(program), 0, "python", program.read_text("utf-8"))
    assert server.run([whole])
