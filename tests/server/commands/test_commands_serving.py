"""`serve` and `demo` as a person starts them: real processes, real ports, real signals."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands, and ends what a test left running. Their temporary folders stand below the test's own."""
    running: list[subprocess.Popen[str]] = []

    def start_command(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "pywats_server", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path)},
            # A group of its own, so that workers end with it whatever happens.
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start_command
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def read_until(stream: Any, pattern: str) -> re.Match[str]:
    """Read lines until one matches."""
    for line in stream:
        match = re.search(pattern, line)
        if match:
            return match
    raise AssertionError(f"the command ended without a line like {pattern}")


def get(url: str, token: str | None = None) -> Any:
    """Return the JSON that a GET answers."""
    headers = {"Authorization": f"Basic {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)


def get_soon(url: str) -> Any:
    """Return the JSON that a GET answers as soon as somebody listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return get(url)
        except urllib.error.URLError:
            assert time.monotonic() < deadline, f"nobody listens on {url}"


def refusal_soon(url: str, token: str) -> int:
    """Return the status of the first answer that is an error; another process is believed within a second."""
    deadline = time.monotonic() + 30
    while True:
        try:
            get(url, token)
        except urllib.error.HTTPError as error:
            return error.code
        assert time.monotonic() < deadline, f"{url} still answers"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_demo_prints_address_and_token_and_leaves_nothing_behind(
    start: Start, tmp_path: Path, ending: signal.Signals
) -> None:
    demo = start("demo", "--port", "0")
    link = read_until(demo.stdout, r"(http://\S+)$").group(1)
    url = read_until(demo.stdout, r"^URL: (http://127\.0\.0\.1:\d+)$").group(1)
    token = read_until(demo.stdout, r"^Token: (\S+)$").group(1)
    assert link == f"{url}/sign-in#token={token}"
    assert len(get(f"{url}/api/Asset", token)) == 300
    assert list(tmp_path.glob("pywats-demo-*"))
    demo.send_signal(ending)
    _, said = demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert "Traceback" not in said
    assert not list(tmp_path.glob("pywats-demo-*"))


def test_demo_keeps_a_data_folder_that_was_named_and_refuses_it_again(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    demo = start("demo", "--port", "0", "--data", str(folder))
    read_until(demo.stdout, r"^Token: ")
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    assert (folder / "pywats.sqlite").exists()
    again = start("demo", "--port", "0", "--data", str(folder))
    _, said = again.communicate(timeout=30)
    assert again.returncode == 1
    assert f"pywats-server serve --data {folder}" in said


def test_serve_makes_its_database_and_tells_how_to_get_a_token(start: Start, tmp_path: Path) -> None:
    server = start("serve", "--port", "0", "--data", str(tmp_path / "new"))
    url = read_until(server.stderr, r"on (http://\S+)$").group(1)
    read_until(server.stderr, r"pywats-server token create NAME --role administrator")
    assert get(f"{url}/readyz") == {"status": "ok"}


def test_first_start_tells_a_file_how_to_make_a_user_and_makes_none(start: Start, tmp_path: Path) -> None:
    """What is no terminal may be a log, which no password belongs into."""
    folder = ("--data", str(tmp_path / "new"))
    server = start("serve", "--port", "0", *folder)
    read_until(server.stderr, r"pywats-server user add NAME --role administrator --generate --data \S+new$")
    listed, _ = start("user", "list", *folder).communicate(timeout=30)
    assert "admin" not in listed


@pytest.mark.skipif(sys.platform == "win32", reason="the terminal of a test is one of Unix")
def test_first_start_on_a_terminal_makes_an_administrator_and_shows_the_password_once(tmp_path: Path) -> None:
    folder = ("--data", str(tmp_path))
    first, second = (on_terminal("serve", "--port", "0", *folder) for _ in range(2))
    shown = re.search(r"Made the user admin\. .*: (\S+)\r?$", first, re.MULTILINE)
    assert shown
    assert re.search(r"sign in with a browser: http://127\.0\.0\.1:\d+/sign-in\r?$", first, re.MULTILINE)
    assert "Made the user" not in second
    assert "sign in" not in second
    assert shown.group(1) not in second


def on_terminal(*arguments: str) -> str:
    """Run the server on a terminal until it has started, and return what it showed."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "pywats_server", *arguments], stderr=theirs) as server:
        os.close(theirs)
        shown = ""
        while "startup complete" not in shown:
            shown += os.read(ours, 4096).decode()
        server.send_signal(signal.SIGINT)
    os.close(ours)
    return shown


def test_serve_tells_that_its_port_is_in_use(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = start("serve", "--port", str(port), "--data", str(tmp_path))
        _, said = server.communicate(timeout=30)
    assert server.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_serve_with_two_workers_answers_and_ends(start: Start, tmp_path: Path) -> None:
    server = start("serve", "--port", "0", "--workers", "2", "--data", str(tmp_path))
    url = read_until(server.stderr, r"on (http://\S+)$").group(1)
    read_until(server.stderr, r"startup complete")
    # Workers say that they have started a moment before they listen.
    read_until(server.stderr, r"startup complete")
    assert get_soon(f"{url}/healthz") == {"status": "ok"}
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=30)
    assert server.returncode == 0


def test_revoked_token_is_worthless_within_a_second_on_a_running_server(start: Start, tmp_path: Path) -> None:
    folder = ("--data", str(tmp_path / "data"))
    token = start("token", "create", "bench", "--role", "viewer", *folder).communicate(timeout=30)[0].strip()
    server = start("serve", "--port", "0", *folder)
    url = read_until(server.stderr, r"on (http://\S+)$").group(1)
    assert get(f"{url}/api/Asset", token) == []
    start("token", "revoke", "bench", *folder).communicate(timeout=30)
    assert refusal_soon(f"{url}/api/Asset", token) == 401
