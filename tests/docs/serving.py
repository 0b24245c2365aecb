"""A server behind a real address, and programs of other processes that use it."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from docs.blocks import ROOT, Block
from pywats_server.app import create_app
from pywats_server.settings import Settings

SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: its address, an administrator's token, and its database."""

    url: str
    token: str
    database: Path

    def run(self, blocks: Sequence[Block], *, zone: str = "UTC", folder: Path = ROOT, is_plain: bool = False) -> str:
        """
        Run *blocks* in another process and return what they print.

        Args:
            zone: Local time zone of that process.
            folder: Where it runs; files that blocks name without a folder are there.
            is_plain: Whether blocks run without their awaits.
        """
        environment = {**os.environ, "TZ": zone, "PYWATS_BASE_URL": self.url, "PYWATS_TOKEN": self.token}
        done = subprocess.run(
            [sys.executable, "-W", "error", Path(__file__).with_name("run_blocks.py")],
            input=json.dumps({"blocks": [block.as_dict() for block in blocks], "is_plain": is_plain}),
            env=environment | {"PYTHONIOENCODING": "utf-8"},
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """Serve *database* on a free port of this machine; gives the address."""
    app = create_app(Settings(database=f"sqlite:///{database}"))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    # Requests that come before the server is ready wait in the socket.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
