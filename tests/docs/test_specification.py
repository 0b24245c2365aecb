"""
Every example of the specification of the asset domain, verbatim.

The specification lies beside the repository, in `../shared`. A clone without it skips these tests; the examples of the
documentation cover the same ground.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from docs.blocks import ROOT, Block, blocks_of
from docs.server import Server

SPECIFICATION = ROOT.parent / "shared" / "spec" / "asset-domain.rst"
EXAMPLES = 15
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
TYPE_ID = "12345678-1234-1234-1234-123456789012"


@pytest.fixture(scope="module")
def examples() -> list[Block]:
    """All Python blocks of the specification."""
    if not SPECIFICATION.exists():
        message = f"The specification is not there: {SPECIFICATION}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return blocks_of(SPECIFICATION, "python")


def filled_in(example: Block, server: Server) -> Block:
    """An example with the server's own address, token and ids in place of what it leaves open."""
    named = server.named_in(example)
    code = named.code.replace('UUID("...")', f'UUID("{TYPE_ID}")').replace("datetime(...)", "datetime(2026, 1, 15)")
    return replace(named, code=code)


def fetch(server: Server, serial_number: str) -> dict[str, Any]:
    """An asset as it stands on the wire."""
    request = Request(f"{server.url}/api/Asset/{serial_number}", headers={"Authorization": f"Basic {server.token}"})
    with urlopen(request) as answer:
        return json.load(answer)


def on_wire(moment: datetime, zone: str) -> datetime:
    """A naive local *moment* of *zone* as naive UTC."""
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def check_outcome(server: Server, printed: str, zone: str) -> None:
    """What the examples leave on the server means the same moments, whatever the zone of their process."""
    scope, multimeter, fixture = (fetch(server, serial) for serial in ("SCOPE-042", "DMM-001", "FIXTURE-001"))
    in_a_year = on_wire(datetime.now(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=365), zone)
    assert abs(datetime.fromisoformat(scope["nextCalibrationDate"]) - in_a_year) < timedelta(minutes=2)
    assert datetime.fromisoformat(multimeter["lastCalibrationDate"]) == on_wire(datetime(2026, 1, 15), zone)
    assert datetime.fromisoformat(multimeter["nextCalibrationDate"]) == on_wire(datetime(2027, 1, 15), zone)
    assert (fixture["runningCount"], fixture["totalCount"], fixture["state"]) == (0, 50000, 1)
    assert fetch(server, "FIXTURE-A")["parentSerialNumber"] == "STATION-001"
    for told in (
        "Asset: ",
        "Created: Oscilloscope - Lab A",
        "SCOPE-042: ",
        "CALIBRATION STATUS REPORT",
        "Station STATION-001 has 1 fixtures:",
        "Recent activity for DMM-001:",
        "Annual calibration performed",
    ):
        assert told in printed


def with_client(examples: Sequence[Block], server: Server, client: str) -> list[Block]:
    """The examples, filled in, with the client of the first being a *client*."""
    first, *others = [filled_in(example, server) for example in examples]
    first = replace(first, code=first.code.replace("pyWATS", client))
    return [first, *others]


def test_specification_holds_the_examples_that_are_known(examples: list[Block]) -> None:
    """A pattern that no longer finds the blocks would let the other tests pass without running any."""
    assert len(examples) == EXAMPLES
    assert sum("await" in example.code for example in examples) == EXAMPLES - 2


@pytest.mark.parametrize("zone", ZONES)
def test_examples_run_as_written(examples: list[Block], server: Server, zone: str) -> None:
    printed = server.run(with_client(examples, server, "pyWATS"), zone=zone)
    check_outcome(server, printed, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_examples_run_with_the_asynchronous_client(examples: list[Block], server: Server, zone: str) -> None:
    closing = Block("closing", 0, "python", "await api.close()")
    printed = server.run([*with_client(examples, server, "AsyncWATS"), closing], zone=zone)
    check_outcome(server, printed, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_examples_run_without_await_in_a_script(examples: list[Block], server: Server, zone: str) -> None:
    printed = server.run(with_client(examples, server, "pyWATS"), zone=zone, is_plain=True)
    check_outcome(server, printed, zone)
