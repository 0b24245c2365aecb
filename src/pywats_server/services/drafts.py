"""What a caller wants an asset or a type to be. A field that was not given is `UNSET`; None was given, and clears."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, TypeVar

from pywats.domains.asset.enums import AssetState

T = TypeVar("T")


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Stands for a field that was not given."""


def given(value: T | Unset, otherwise: T) -> T:
    """Return *value*, or *otherwise* when it was not given."""
    return otherwise if value is UNSET else value


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDraft:
    """
    An asset as somebody wants it. Moments are aware, UTC.

    Counts and dates take effect only when the asset is created; later they change by calls of their own.
    """

    asset_id: str | None = None
    serial_number: str
    type_id: str | None = None
    parent_asset_id: str | Unset | None = UNSET
    parent_serial_number: str | Unset | None = UNSET
    asset_name: str | Unset | None = UNSET
    part_number: str | Unset | None = UNSET
    revision: str | Unset | None = UNSET
    client_id: int | Unset | None = UNSET
    state: AssetState | Unset = UNSET
    description: str | Unset | None = UNSET
    location: str | Unset | None = UNSET
    tags: Sequence[tuple[str, str]] | Unset = UNSET
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_calibration_at: datetime | None = None
    next_calibration_at: datetime | None = None
    last_maintenance_at: datetime | None = None
    next_maintenance_at: datetime | None = None
    running_count: int | None = None
    total_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDraft:
    """An asset type as somebody wants it; limits, intervals and thresholds as in `rules.model.Demands`."""

    type_id: str | None = None
    type_name: str
    running_count_limit: int | Unset | None = UNSET
    total_count_limit: int | Unset | None = UNSET
    calibration_interval_days: float | Unset | None = UNSET
    maintenance_interval_days: float | Unset | None = UNSET
    warning_threshold_percent: float | Unset | None = UNSET
    alarm_threshold_percent: float | Unset | None = UNSET
    is_readonly: bool | Unset = UNSET
    icon: str | Unset | None = UNSET
