"""Who may import whom, read from the import statements. The same rules stand in words in docs/architecture.md."""

import ast
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
ENUMS = "pywats.domains.asset.enums"


@dataclass(frozen=True)
class Part:
    """A file or folder: what it may import beside the standard library and itself, and why no more."""

    path: str
    may_import: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return self.path

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")

    def holds(self, file: Path) -> bool:
        relative = file.relative_to(SOURCE).as_posix()
        return relative == self.path or relative.startswith(f"{self.path}/")

    def forbidden(self, imported: str) -> bool:
        allowed = (*self.may_import, self.module)
        if imported.partition(".")[0] in sys.stdlib_module_names:
            return imported.startswith(("urllib.request", "http.client")) and imported not in allowed
        return not any(imported == name or imported.startswith(f"{name}.") for name in allowed)


def server(*names: str) -> tuple[str, ...]:
    return tuple(f"pywats_server.{name}" for name in names)


CLIENT = (
    Part("pywats/__init__.py", ("pywats.public",), "importing the package must cost nothing"),
    Part("pywats/public.py", ("pywats",), "the public names come from the client alone"),
    Part("pywats/version.py", (), "it reads the installed distribution"),
    Part("pywats/config.py", ("pywats.http.report",), "settings are plain data, and what is told of calls is, too"),
    Part("pywats/settings_file.py", (), "it reads a file, whatever its settings mean"),
    Part("pywats/tls.py", (), "certificates are the standard library's business"),
    Part(
        "pywats/settings.py",
        ("pywats.config", "pywats.settings_file", "pywats.tls", "pywats.http.proxies", "pywats.http.report"),
        "it makes what a client holds from what was told, and knows no client",
    ),
    Part("pywats/blocking.py", (), "running coroutines has nothing to do with what they do"),
    Part("pywats/tasks.py", ("pywats.blocking",), "whether there is a loop is all that it has to know"),
    Part("pywats/workers.py", (), "threads do not know what they work on"),
    Part("pywats/odata.py", (), "quoting is pure text"),
    Part("pywats/query.py", ("pydantic", "pywats.odata", "pywats.shared"), "conditions know no domain"),
    Part("pywats/errors.py", ("pywats.http.request",), "errors know answers as data and nothing above them"),
    Part(
        "pywats/http",
        (
            *("aiohttp", "yarl", "urllib3", "opentelemetry", "pywats.config", "pywats.errors", "pywats.version"),
            # Where the system keeps its proxies is known there; nothing is sent by it.
            *("urllib.request.getproxies", "urllib.request.proxy_bypass"),
        ),
        "it is the only folder that knows an HTTP library, and it knows no domain",
    ),
    Part(
        "pywats/shared",
        ("pydantic", "pydantic_core", "pywats.errors", "pywats.http.request", "pywats.tasks"),
        "what domains share knows requests as data, and no domain",
    ),
    Part("pywats/domains/asset/enums.py", (), "the server shares the enums, so they bring nothing along"),
    Part(
        "pywats/domains/asset/models.py",
        ("pydantic", "pywats.shared", ENUMS, "pywats.domains.asset.tags"),
        "models import nothing above them",
    ),
    Part(
        "pywats/domains/asset/readiness.py",
        (ENUMS, "pywats.domains.asset.models"),
        "judging a set-up is a matter of what the server said, and of nothing else",
    ),
    Part(
        "pywats/domains/asset/async_repository.py",
        (
            "pydantic",
            "pywats.shared",
            "pywats.errors",
            "pywats.odata",
            "pywats.http.request",
            ENUMS,
            "pywats.domains.asset.models",
            "pywats.domains.asset.serials",
        ),
        "the repository speaks of requests as data; which library sends them is not its business",
    ),
    Part(
        "pywats/domains",
        (
            *("pywats.shared", "pywats.errors", "pywats.odata", "pywats.query", "pywats.blocking", "pywats.tasks"),
            *("pywats.http.request", "pywats.http.retry.AWAY"),
        ),
        "services reach the server through their repository alone",
    ),
    Part(
        "pywats/outbox",
        (
            *("pywats.config", "pywats.errors", "pywats.blocking", "pywats.shared.dates"),
            *("pywats.http.request", "pywats.http.client", "pywats.http.retry"),
        ),
        "it keeps requests as data, whatever domain they come from",
    ),
    Part(
        "pywats/commands",
        (
            *("click", "pywats.client", "pywats.settings", "pywats.settings_file", "pywats.errors", "pywats.version"),
            *("pydantic.BaseModel", "pywats.domains.asset", "pywats.outbox", "pywats.config", "pywats.http.proxies"),
        ),
        "a command reads its arguments, calls what programs call, and prints",
    ),
    Part("pywats/__main__.py", ("pywats.commands",), "it only starts the command line"),
    Part("pywats/client.py", ("pywats",), "it joins the parts of the client, and only those"),
)
TESTING = (
    Part(
        "pywats/testing",
        (
            *("pywats", "fastapi", "structlog", "uvicorn"),
            *server("app", "clock", "commands.running", "services", "settings", "store.opening", "store.schema"),
        ),
        "tests of users start a real server in their own process; no program imports this",
    ),
    Part("pytest_pywats.py", ("pytest", "pywats.testing", "pywats.pyWATS"), "pytest imports it at every start"),
)
SERVER = (
    Part("pywats_server/__init__.py", (), "importing the server's version must cost nothing"),
    Part("pywats_server/errors.py", (), "everything imports the errors, so they import nothing"),
    Part("pywats_server/instants.py", (), "the form of a moment depends on nothing"),
    Part("pywats_server/clock.py", (), "the clock depends on nothing"),
    Part("pywats_server/settings.py", ("pydantic", "pydantic_settings", "platformdirs"), "settings are plain data"),
    Part(
        "pywats_server/logs.py", ("structlog", "msgspec", *server("settings")), "logging depends on the settings alone"
    ),
    Part("pywats_server/rules", ("msgspec", ENUMS, *server("errors")), "rules are pure: no I/O, no database, no clock"),
    Part(
        "pywats_server/odata",
        ("sqlalchemy", *server("errors", "instants")),
        "OData is built for any allow-list; which tables there are is the store's business",
    ),
    Part(
        "pywats_server/store",
        ("sqlalchemy", "alembic", "asyncpg", "msgspec", ENUMS, *server("odata", "errors", "instants", "rules")),
        "the store keeps what it is given; use cases are above it",
    ),
    Part(
        "pywats_server/services",
        ("msgspec", "argon2", ENUMS, *server("rules", "store", "errors", "instants", "clock", "odata.query")),
        "use cases have no words of HTTP and no SQL, so that the API and the command line share them",
    ),
    Part(
        "pywats_server/exchange",
        (
            *("python_calamine", "xlsxwriter", "msgspec", "structlog", ENUMS),
            *server("services", "rules", "errors", "instants", "odata.query"),
        ),
        "lists go in and out through the same use cases as everything else",
    ),
    Part(
        "pywats_server/labels",
        ("reportlab", "PIL", "pystrich"),
        "a label is made of plain data, whatever it is a label of",
    ),
    Part(
        "pywats_server/checking",
        (ENUMS, *server("services", "rules", "store", "errors", "instants")),
        "a check compares what is stored with what the rules say; a repair goes through use cases",
    ),
    Part(
        "pywats_server/demo",
        # Its sessions happen in the past, so it opens them itself, on a connection.
        (ENUMS, *server("services", "rules", "instants", "store.database")),
        "the demo's factory is made by the same use cases that a real one is",
    ),
    Part(
        "pywats_server/api",
        (
            *("fastapi", "fastapi_offline", "starlette", "pydantic", "msgspec", "structlog", "typing_extensions"),
            # The protocol of the web server answers what is no request at all.
            "uvicorn.protocols",
            ENUMS,
            *server("services", "rules", "errors", "instants", "logs", "odata.query", "__version__"),
        ),
        "an endpoint turns a request into a call of a use case and its result into an answer, without the store",
    ),
    Part(
        "pywats_server/pages",
        (
            *("starlette", "jinja2", "markupsafe", "babel", "msgspec", "structlog", ENUMS),
            # What an error is answered with, and how large a body may be, is one fact for programs and people.
            *server("api.problems.status_of", "api.middleware.SizeLimit"),
            *server("services", "exchange", "labels", "rules", "errors", "instants", "odata", "__version__"),
        ),
        "a page reads a form, calls use cases and renders a template, without the store and beside the API",
    ),
    Part(
        "pywats_server/commands",
        (
            *("typer", "rich", "uvicorn", "pydantic", "pywats"),
            # A file that is no database is told as such.
            "sqlalchemy.exc",
            *server("services", "exchange", "checking", "demo", "errors", "rules.texts", "clock", "settings", "logs"),
            *server(
                "app",
                "api.protocol",
                "store.opening",
                "store.schema",
                "store.backups",
                "store.contents",
                "store.copying",
                "__version__",
            ),
        ),
        "commands open the database and call use cases; they hold neither rules nor statements",
    ),
    Part(
        "pywats_server/housekeeping.py",
        ("structlog", *server("services")),
        "what the server does by itself it does through use cases, as everybody",
    ),
    Part("pywats_server/__main__.py", server("commands"), "it only starts the command line"),
    Part(
        "pywats_server/app.py",
        ("fastapi", "starlette.types", "pywats_server"),
        "it joins the parts of the server, and only those",
    ),
)
PARTS = (*CLIENT, *TESTING, *SERVER)


def part_of(file: Path) -> Part | None:
    """The part that a file belongs to: of those that hold it, the one with the longest path."""
    return max((part for part in PARTS if part.holds(file)), key=lambda part: len(part.path), default=None)


def imports(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that *source*, a module in *package*, imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def test_files_all_belong_to_a_part() -> None:
    """A new folder states in the table above what it may import."""
    assert [str(file.relative_to(SOURCE)) for file in sources() if part_of(file) is None] == []


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_imports_of_a_part_stay_within_what_it_may_import(part: Part) -> None:
    """The message of a failure gives the reason of the rule."""
    files = [file for file in sources() if part_of(file) is part]
    assert files, f"{part} is in the table of rules but not in src"
    found = [
        f"{file.relative_to(SOURCE)}:{line} imports {name}: {part.why}"
        for file in files
        for line, name in imports(file.read_text("utf-8"), ".".join(file.relative_to(SOURCE).parent.parts))
        if part.forbidden(name)
    ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("package", ["pywats", "pywats_server"])
def test_architecture_page_names_every_part(package: str) -> None:
    page = (SOURCE.parent / "docs" / "architecture.md").read_text("utf-8")
    parts = [path for path in (SOURCE / package).iterdir() if path.suffix == ".py" or path.is_dir()]
    names = [path.name + ("/" if path.is_dir() else "") for path in parts if not path.name.startswith("__")]
    assert [name for name in names if f"`{name}" not in page] == []


def test_client_never_imports_the_server() -> None:
    assert [part for part in CLIENT if any(name.startswith("pywats_server") for name in part.may_import)] == []


def test_client_never_imports_what_tests_of_users_import() -> None:
    """Where it could, the server would come along."""
    found = [
        (file.name, name)
        for file in sources()
        if part_of(file) in CLIENT
        for _, name in imports(file.read_text("utf-8"), ".".join(file.relative_to(SOURCE).parent.parts))
        if name.startswith("pywats.testing")
    ]
    assert found == []


@pytest.mark.parametrize(
    ("part", "statement"),
    [
        ("pywats/domains", "import aiohttp"),
        ("pywats/client.py", "def later():\n    from pywats_server import app"),
        ("pywats/config.py", "import urllib.request"),
        ("pywats_server/rules", "from ..store import assets"),
        ("pywats_server/rules", "import sqlalchemy as sa"),
        ("pywats_server/services", "from starlette.requests import Request"),
        ("pywats_server/api", "from pywats_server.store import assets"),
        ("pywats_server/api", "from pywats.domains.asset.models import Asset"),
        ("pywats_server/commands", "from pywats_server.store.assets import add"),
        ("pywats_server/store", "from pywats_server.services import assets"),
    ],
)
def test_rules_catch_a_statement_that_breaks_them(part: str, statement: str) -> None:
    rule = next(rule for rule in PARTS if rule.path == part)
    [(_, name)] = imports(statement, rule.module)
    assert rule.forbidden(name)


@pytest.mark.parametrize("folder", ["rules", "store", "services"])
def test_code_below_the_api_has_no_words_of_http(folder: str) -> None:
    """Jobs and commands call the services too: a status code or an endpoint would mean nothing to them."""
    words = ("http", "status_code", "endpoint")
    found = []
    for file in sorted((SOURCE / "pywats_server" / folder).rglob("*.py")):
        with file.open("rb") as stream:
            found += [
                f"{file.name}:{token.start[0]} {token.string}"
                for token in tokenize.tokenize(stream.readline)
                if token.type == tokenize.NAME and any(word in token.string.lower() for word in words)
            ]
    assert found == []
