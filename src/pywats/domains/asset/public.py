"""The names that `pywats.domains.asset` offers. It loads them with the first that is asked for."""

from pywats.domains.asset.async_repository import AsyncAssetRepository
from pywats.domains.asset.async_service import AsyncAssetService
from pywats.domains.asset.bulk import AssetOutcome
from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState, IntervalMode
from pywats.domains.asset.fields import F
from pywats.domains.asset.models import Asset, AssetCounts, AssetLog, AssetStatus, AssetType, AssetUse, StatusReason
from pywats.domains.asset.readiness import AssetReadiness, Readiness, ReadinessPolicy, Verdict
from pywats.domains.asset.start_gate import AssetRun

__all__ = [
    "Asset",
    "AssetAlarmState",
    "AssetCounts",
    "AssetLog",
    "AssetLogType",
    "AssetOutcome",
    "AssetReadiness",
    "AssetRun",
    "AssetState",
    "AssetStatus",
    "AssetType",
    "AssetUse",
    "AsyncAssetRepository",
    "AsyncAssetService",
    "F",
    "IntervalMode",
    "Readiness",
    "ReadinessPolicy",
    "StatusReason",
    "Verdict",
]
