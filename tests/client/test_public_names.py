"""What users may import, and what importing costs them."""

import os
import subprocess
import sys

import pytest

import pywats
import pywats.domains.asset
import pywats.shared


def test_package_offers_exactly_these_names() -> None:
    assert sorted(pywats.__all__) == [
        "Asset", "AssetAlarmState", "AssetCounts", "AssetLog", "AssetLogType", "AssetNotReadyError", "AssetOutcome",
        "AssetReadiness", "AssetRun", "AssetState", "AssetStatus", "AssetType", "AssetUse", "AsyncWATS",
        "AuthenticationError", "AuthorizationError", "Condition", "ConflictError", "ConnectionError", "F",
        "IntervalMode", "NotCountedError", "NotFoundError", "OutboxError", "OutboxFullError", "PyWATSError", "Queued",
        "Readiness", "ReadinessPolicy", "RequestReport", "RetryConfig", "ServerError", "Setting", "TimeoutError",
        "ValidationError", "Verdict", "__version__", "pyWATS",
    ]  # fmt: skip
    assert all(hasattr(pywats, name) for name in pywats.__all__)


def test_asset_domain_offers_exactly_these_names() -> None:
    assert sorted(pywats.domains.asset.__all__) == [
        "Asset", "AssetAlarmState", "AssetCounts", "AssetLog", "AssetLogType", "AssetOutcome", "AssetReadiness",
        "AssetRun", "AssetState", "AssetStatus", "AssetType", "AssetUse", "AsyncAssetRepository", "AsyncAssetService",
        "F", "IntervalMode", "Readiness", "ReadinessPolicy", "StatusReason", "Verdict",
    ]  # fmt: skip


def test_shared_offers_settings() -> None:
    assert pywats.shared.Setting is pywats.Setting


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pywats.domains.asset.async_service", "AsyncAssetService"),
        ("pywats.domains.asset.async_repository", "AsyncAssetRepository"),
        ("pywats.domains.asset.models", "Asset"),
        ("pywats.domains.asset.enums", "AssetState"),
    ],
)
def test_paths_of_the_specification_hold(path: str, name: str) -> None:
    assert getattr(sys.modules[path], name) is getattr(pywats.domains.asset, name)


def test_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'pywats' has no attribute 'pyWAST'"):
        pywats.pyWAST  # noqa: B018 - reading it is what fails
    assert set(pywats.__all__) < set(dir(pywats))


def imported_by(program: str) -> set[str]:
    """The modules that a fresh interpreter holds after *program*; it measures no lines, which would bring in others."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())


def test_import_alone_loads_no_part_of_the_client() -> None:
    assert not imported_by("import pywats") & {"pydantic", "pywats.client"}


@pytest.mark.parametrize("module", ["pywats.domains.asset.enums", "pywats.commands.line"])
def test_enums_and_command_line_load_no_model(module: str) -> None:
    """The server shares the enums, and a shell asks the command line at each Tab."""
    assert not imported_by(f"import {module}") & {"pydantic", "pywats.client", "pywats.domains.asset.models"}


def test_client_brings_in_no_http_library_and_no_event_loop() -> None:
    heavy = {"aiohttp", "urllib3", "asyncio", "ssl", "http.client", "sqlite3", "opentelemetry"}
    assert not imported_by("from pywats import pyWATS") & heavy


def test_blocking_script_never_imports_the_asyncio_library() -> None:
    script = """
from pywats import ConnectionError, pyWATS
try:
    pyWATS("http://127.0.0.1:9", "dG9rZW4=", retry_enabled=False).asset.get_assets()
except ConnectionError:
    pass
"""
    assert not imported_by(script) & {"aiohttp", "asyncio"}
