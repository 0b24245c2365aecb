"""The parts of the benchmarks at a tiny size, so that they work when somebody wants to measure."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.bench import Bench, Site
from benchmarks.clients.caller import CALLS
from benchmarks.clients.processes import caller, loaded, ours
from benchmarks.load import Load, Plan, carry_out, generators, is_complete, request
from benchmarks.processes import ceiling, server
from benchmarks.report import Figure, at_least, at_most, table
from benchmarks.rows import counting, lists, pages, process, reading
from benchmarks.seeds import sqlite
from benchmarks.seeds.factory import RARE_NAMES, RARE_WORD, Factory, asset_id, serial_number
from benchmarks.stores import SqliteStore
from rich.console import Console

from pywats_server.store.sqlite import connect

# Benchmarks run servers as they are, without anything that measures lines.
pytestmark = pytest.mark.usefixtures("unmeasured")

SIZE = 200
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class NoProgress:
    """Tells nobody how far seeding has come."""

    def advance(self, assets: int) -> None:
        """Say nothing."""

    def say(self, step: str) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed of 200 assets."""
    path = tmp_path_factory.mktemp("seed") / "seed.sqlite"
    sqlite.fill(path, SIZE, NOW, NoProgress())
    return path


def test_seed_is_what_the_server_itself_would_have_written(seed):
    command = [sys.executable, "-m", "pywats_server", "db", "check", "--database", f"sqlite:///{seed}"]

    checked = subprocess.run(command, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_seed_made_again_is_the_same(seed, tmp_path):
    sqlite.fill(tmp_path / "again.sqlite", SIZE, NOW, NoProgress())

    dumps = []
    for path in (seed, tmp_path / "again.sqlite"):
        raw = connect(path)
        dumps.append(raw.execute("SELECT * FROM asset JOIN log_entry ON asset_key = key ORDER BY key").fetchall())
        raw.close()
    assert len(dumps[0]) == SIZE
    assert dumps[0] == dumps[1]


def test_factory_of_ten_thousand_has_a_tree_of_a_thousand_and_rare_names():
    factory = Factory(10_000)
    roots: dict[int, int] = {}
    for number in range(factory.size):
        parent = factory.parent(number)
        roots[number] = number if parent is None else roots[parent]

    assert list(roots.values()).count(0) == 1 + 1000
    assert sum(RARE_WORD in factory.name(number, "Adapter") for number in range(factory.size)) == RARE_NAMES


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}", False),
        (b"HTTP/1.1 200 OK\r\ncontent-len", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n", True),
    ],
    ids=["whole", "short", "head only", "chunk missing", "all chunks"],
)
def test_answer_is_complete_when_nothing_is_missing(answer, expected):
    assert is_complete(answer) is expected


def test_load_tells_refused_requests_from_good_ones(tmp_path):
    with ceiling(tmp_path) as running:
        good = carry_out(Plan(running.address, [request("GET", "/", "token")], connections=2, seconds=0.1, warm_up=0))
        bad = carry_out(Plan(running.address, [b"NONSENSE\r\n\r\n"], connections=2, seconds=0.1, warm_up=0))

    assert (good.errors, good.first_error) == (0, "")
    assert good.rate > 0
    assert bad.rate == 0
    assert bad.errors


@pytest.mark.parametrize("keyed", [False, True], ids=["plain", "keyed"])
def test_load_of_counts_is_counted_exactly(seed, tmp_path, keyed):
    store = SqliteStore(tmp_path, tmp_path)
    database = tmp_path / "counted.sqlite"
    database.write_bytes(seed.read_bytes())
    targets = counting.count_targets(range(SIZE))
    before = _total(database)

    with server(f"sqlite:///{database}", tmp_path) as running:
        requests = [request("PUT", target, running.token, open_end=keyed) for target in targets]
        load = carry_out(Plan(running.address, requests, connections=4, seconds=0.3, warm_up=0, keyed=keyed))

    assert store.process is None
    assert load.errors == 0, load.first_error
    assert _total(database) == before + load.sent


def _total(database: Path) -> int:
    raw = connect(database)
    (total,) = raw.execute("SELECT sum(total_count) FROM asset_counter").fetchone()
    raw.close()
    return total


def test_rows_are_measured_without_faults(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "addresses", lambda: iter(["/assets?due=90&sort=due", "/assets?q=a&tag=b&sort=name"]))
    urls = []
    for name in ("small", "large"):
        (tmp_path / name).write_bytes(seed.read_bytes())
        urls.append(f"sqlite:///{tmp_path / name}")
    with (
        server(urls[0], tmp_path) as small,
        server(urls[1], tmp_path) as large,
        ceiling(tmp_path) as constant,
        generators() as executor,
    ):
        factory = Factory(SIZE)
        sites = [Site(factory, urls[0], small), Site(factory, urls[1], large)]
        bench = Bench(SqliteStore(tmp_path, tmp_path), sites, constant, executor, starts=[1.0], seconds=0.1, rounds=1)
        listed = (lists.thousand, lists.tree, lists.export)
        rows = (counting.spread, counting.batch, reading.one, reading.status, *listed, pages.pages, process.memory)
        figures = [figure for row in rows for figure in row(bench)]

    assert [figure for figure in figures if figure.fault] == []
    assert all(figure.value for figure in figures)


def test_clients_measure_what_they_are_told(seed, tmp_path):
    (tmp_path / "called.sqlite").write_bytes(seed.read_bytes())

    with (
        server(f"sqlite:///{tmp_path / 'called.sqlite'}", tmp_path) as running,
        caller(ours(), running, [serial_number(number) for number in range(SIZE)]) as our,
    ):
        measured = [our.ask(json.dumps([callers, call, 0.05])) for callers in (0, 4) for call in CALLS]
    (imported, _), (made, mebibytes) = loaded(ours())

    assert all(rate > 0 and failed == 0 for rate, failed in measured)
    assert 0 < imported < made
    assert mebibytes > 0


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("SQLite", "count", "1 /s", "2 /s", 0.5, at_least(0.4)), True),
        (Figure("SQLite", "count", "1 /s", "2 /s", 0.5, at_least(0.6)), False),
        (Figure("SQLite", "start", "1 s", value=1.0, goal=at_most(2, "s")), True),
        (Figure("SQLite", "start", "1 s", value=1.0, goal=at_most(2, "s"), fault="1 error"), False),
        (Figure("SQLite", "start", "1 s"), None),
    ],
    ids=["at least, reached", "at least, missed", "at most, reached", "fault", "no goal"],
)
def test_goal_is_reached_on_the_right_side_without_faults(figure, reached):
    console = Console(record=True, width=200)
    console.print(table([figure]))
    text = console.export_text()

    assert figure.is_reached is reached
    assert ("yes" in text, "NO" in text) == (reached is True, reached is False)


def test_load_without_answers_is_a_fault():
    from benchmarks.bench import fault

    load = Load(rate=0, p50_ms=0, p99_ms=0, answers=0, errors=0, first_error="", cpu_seconds=0.1, sent=4)

    assert fault(load) == "no answer"


def test_ids_and_serial_numbers_depend_on_the_number_alone():
    assert asset_id(7) == asset_id(7)
    assert len({asset_id(number) for number in range(1000)}) == 1000
    assert serial_number(7) == "SN-0000007"
