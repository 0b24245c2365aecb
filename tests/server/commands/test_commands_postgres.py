"""Commands on PostgreSQL: what they do, what they say when they cannot, and that they never tell passwords."""

import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner, Result

from databases import PostgresDatabases, run
from postgres import PASSWORD, Cluster, cluster
from pywats_server.commands.line import app
from pywats_server.store import opening


def command(*arguments: str) -> Result:
    """Run a command to its end, in this process."""
    done = CliRunner().invoke(app, arguments)
    for said in (done.stdout, done.stderr):
        assert PASSWORD not in said
        assert quote(PASSWORD, safe="") not in said
        assert "Traceback" not in said
    return done


@pytest.fixture
def empty(postgresql: PostgresDatabases) -> Iterator[str]:
    """The address of a database without tables."""
    address = postgresql.empty()
    yield address
    postgresql.drop(address)


def test_upgrade_makes_the_schema_and_shows_no_password(empty: str) -> None:
    for _ in range(2):
        said = command("db", "upgrade", "--database", empty).stdout
        assert re.fullmatch(r"postgresql://\w+:\*\*\*@\S+ is up to date\.\n", said)


def test_token_import_and_export_work(empty: str, tmp_path: Path) -> None:
    database = ("--database", empty)
    assert command("token", "create", "bench", "--role", "viewer", *database).exit_code == 0
    assert "bench" in command("token", "list", *database).stdout
    register = tmp_path / "register.csv"
    register.write_text("Serial number,Type\nDMM-001,Multimeter\n")
    assert command("import", str(register), *database).exit_code == 0
    exported = tmp_path / "exported.csv"
    assert "Wrote 1 assets" in command("export", str(exported), *database).stdout
    assert "DMM-001" in exported.read_text("utf-8-sig")


def test_database_of_another_program_is_refused(empty: str) -> None:
    run(empty, "CREATE TABLE invoice (number integer)")
    refused = command("token", "list", "--database", empty)
    assert refused.exit_code == 1
    assert "tables of another program" in refused.stderr


def test_database_that_cannot_keep_every_text_is_refused(postgresql: PostgresDatabases, empty: str) -> None:
    latin = empty + "_latin"
    name = latin.rpartition("/")[2]
    run(empty, f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    refused = command("serve", "--port", "0", "--database", latin)
    postgresql.drop(latin)
    assert refused.exit_code == 1
    assert "LATIN1" in refused.stderr
    assert "ENCODING 'UTF8'" in refused.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url: url.rpartition("/")[0] + "/nowhere", 'database "nowhere" does not exist. Make it first'),
        (lambda url: re.sub(r":\d+/", ":1/", url), "PostgreSQL does not answer: "),
        (lambda url: re.sub(r"//\w+:[^@]+@", "//nobody:wrong@", url), "password authentication failed"),
        (lambda url: re.sub(r"@[^/]+/", "@host.invalid/", url), "PostgreSQL does not answer: "),
        (lambda url: url + "?sslmode=loud", "PostgreSQL refuses: "),
    ],
    ids=["no such database", "nobody listens", "wrong password", "no such host", "malformed"],
)
def test_database_that_cannot_be_opened_is_told_with_the_reason(empty: str, change: Any, said: str) -> None:
    refused = command("serve", "--port", "0", "--database", change(empty))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert ":***@" in refused.stderr


def test_missing_driver_is_told_with_what_installs_it(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("pywats_server.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("pywats_server.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    refused = command("token", "list", "--database", empty)
    assert refused.exit_code == 1
    assert "pip install 'pywats-assets[postgres]'" in refused.stderr


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:secret@host/name", "postgresql://me:***@host/name"),
        ("postgresql://me:s@c:r/t@one:5432,two:5432/name", "postgresql://me:***@one:5432,two:5432/name"),
        ("postgresql://host/name?user=me&password=secret&x=1", "postgresql://host/name?user=me&password=***&x=1"),
        ("postgresql://me@host/name", "postgresql://me@host/name"),
        ("sqlite:////srv/a@b.sqlite", "sqlite:////srv/a@b.sqlite"),
    ],
)
def test_addresses_are_shown_without_passwords(address: str, shown: str) -> None:
    assert opening.masked(address) == shown


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers in processes of their own, and gives their addresses."""
    with ExitStack() as running:

        def start(address: str, *options: str) -> str:
            arguments = ("-m", "pywats_server", "serve", "--port", "0", "--database", address, *options)
            process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.PIPE, text=True)
            server = running.enter_context(process)
            said: list[str] = []
            for line in server.stderr or ():
                said.append(line)
                if found := re.search(r"on (http://\S+)$", line):
                    break
            else:
                pytest.fail("".join(said))
            # A server that nobody listens to would stop to talk, and to work.
            listener = threading.Thread(target=server.communicate)
            listener.start()
            running.callback(listener.join)
            running.callback(server.terminate)
            return found.group(1)

        yield start


def ask(url: str, method: str = "GET", token: str | None = None) -> tuple[int, Message, Any]:
    """Return status, headers and body of an answer; ask again while nobody listens yet."""
    headers = {"Authorization": f"Basic {token}"} if token else {}
    request = urllib.request.Request(url, method=method, headers=headers)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)
        except OSError:
            continue


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A cluster that tests may stop."""
    with cluster() as running:
        yield running


def test_server_outlives_its_database(own: Cluster, serve: Serve) -> None:
    address = own.create_database("outlived")
    token = command("token", "create", "bench", "--role", "manager", "--database", address).stdout.strip()
    url = serve(address)
    assert ask(f"{url}/readyz")[0] == 200
    own.kill()
    status, headers, problem = ask(f"{url}/readyz")
    assert (status, problem["code"]) == (503, "unavailable")
    assert int(headers["Retry-After"]) > 0
    assert ask(f"{url}/healthz")[0] == 200
    own.start()
    while ask(f"{url}/readyz")[0] != 200:
        pass
    assert ask(f"{url}/api/Asset", token=token)[::2] == (200, [])


def test_several_server_processes_share_a_database(own: Cluster, serve: Serve) -> None:
    address = own.create_database("shared")
    token = command("token", "create", "bench", "--role", "manager", "--database", address).stdout.strip()
    url = serve(address, "--workers", "2")
    answers = [ask(f"{url}/api/Asset/Types", token=token) for _ in range(20)]
    assert {status for status, _, _ in answers} == {200}


def test_servers_that_start_together_on_a_new_database_make_it_once(own: Cluster, serve: Serve) -> None:
    address = own.create_database("new")
    with ThreadPoolExecutor(2) as pool:
        urls = list(pool.map(serve, [address] * 2))
    assert [ask(f"{url}/readyz")[0] for url in urls] == [200, 200]
