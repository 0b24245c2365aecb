"""The names that `pywats` offers. It loads them with the first that is asked for."""

from pywats.client import AsyncWATS, pyWATS
from pywats.config import RetryConfig
from pywats.domains.asset import (
    Asset,
    AssetAlarmState,
    AssetCounts,
    AssetLog,
    AssetLogType,
    AssetOutcome,
    AssetReadiness,
    AssetRun,
    AssetState,
    AssetStatus,
    AssetType,
    AssetUse,
    F,
    IntervalMode,
    Readiness,
    ReadinessPolicy,
    Verdict,
)
from pywats.errors import (
    AssetNotReadyError,
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    ConnectionError,
    NotCountedError,
    NotFoundError,
    OutboxError,
    OutboxFullError,
    PyWATSError,
    ServerError,
    TimeoutError,
    ValidationError,
)
from pywats.http.report import RequestReport
from pywats.http.request import Queued
from pywats.query import Condition
from pywats.shared import Setting
from pywats.version import __version__

__all__ = [
    "Asset",
    "AssetAlarmState",
    "AssetCounts",
    "AssetLog",
    "AssetLogType",
    "AssetNotReadyError",
    "AssetOutcome",
    "AssetReadiness",
    "AssetRun",
    "AssetState",
    "AssetStatus",
    "AssetType",
    "AssetUse",
    "AsyncWATS",
    "AuthenticationError",
    "AuthorizationError",
    "Condition",
    "ConflictError",
    "ConnectionError",
    "F",
    "IntervalMode",
    "NotCountedError",
    "NotFoundError",
    "OutboxError",
    "OutboxFullError",
    "PyWATSError",
    "Queued",
    "Readiness",
    "ReadinessPolicy",
    "RequestReport",
    "RetryConfig",
    "ServerError",
    "Setting",
    "TimeoutError",
    "ValidationError",
    "Verdict",
    "__version__",
    "pyWATS",
]
