"""Lists to import: small ones written here, and the real ones that lie beside the checkout."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pywats_server.exchange.instructions import instructions
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.records import Plan

SAMPLES = Path(__file__).parent / "samples"
REAL_LISTS = Path(__file__).resolve().parents[3].parent / "shared" / "data"


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def real_lists() -> Path:
    if not REAL_LISTS.is_dir():
        reason = f"{REAL_LISTS} is not there; the samples cover the same traps"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return REAL_LISTS


@pytest.fixture
def plan_text(tmp_path: Path) -> Callable[..., Plan]:
    """Return a function that plans the import of a CSV given as text."""

    def plan(text: str, columns: dict[str, str] | None = None, **options: object) -> Plan:
        path = tmp_path / "list.csv"
        path.write_text(text, "utf-8")
        return plan_file(path, instructions(columns or {}, options.pop("defaults", {}), **options))  # type: ignore[arg-type]

    return plan
