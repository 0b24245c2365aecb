"""Assets, their types, logs and statuses, as Python objects. Names and numbers are those of the WATS asset API."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, WrapValidator, model_validator

from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState
from pywats.domains.asset.tags import tags_from_xml
from pywats.shared.model import Identifier, LocalDatetime, WireModel
from pywats.shared.number import or_unnamed
from pywats.shared.setting import Setting

State = Annotated[AssetState, WrapValidator(or_unnamed(AssetState))]
AlarmState = Annotated[AssetAlarmState, WrapValidator(or_unnamed(AssetAlarmState))]
LogType = Annotated[AssetLogType, WrapValidator(or_unnamed(AssetLogType))]


def _list_of_null(value: Any) -> Any:
    return [] if value is None else value


def _false_of_null(value: Any) -> Any:
    return False if value is None else value


def _member(data: Mapping[Any, Any], lower_name: str) -> Any:
    return next((value for name, value in data.items() if str(name).lower() == lower_name), None)


class AssetType(WireModel):
    """
    What all assets of a kind have in common: how often they need attention, and how much use they stand.

    Attributes:
        type_name: Display name, unique.
        type_id: Names the type to the server.
        running_count_limit: Uses between two maintenances; None, 0 and -1 mean no limit.
        total_count_limit: Uses over an asset's life; None, 0 and -1 mean no limit.
        maintenance_interval: Days between maintenances, fractions allowed; None and 0 mean none; see `IntervalMode` for
            -1 and -2.
        calibration_interval: Days between calibrations; the same.
        warning_threshold: Percent of a limit or interval from which there is a warning; None means no early warning.
        alarm_threshold: Percent from which there is an alarm; None means 100.
        is_readonly: Whether the server refuses changes.
        icon: Name of the picture in user interfaces.
    """

    type_name: str
    type_id: UUID | None = None
    running_count_limit: int | None = None
    total_count_limit: int | None = None
    maintenance_interval: float | None = None
    calibration_interval: float | None = None
    warning_threshold: float | None = None
    alarm_threshold: float | None = None
    is_readonly: Annotated[bool, BeforeValidator(_false_of_null)] = False
    icon: str | None = None


class AssetLog(WireModel):
    """
    One entry of an asset's log.

    Attributes:
        date: When it happened, naive local time.
        user: Who is said to have done it.
        principal: Who was authenticated while it was written.
        property, old_value, value: What changed, from what to what, as texts.
    """

    log_id: int
    asset_id: Identifier | None = None
    serial_number: str | None = None
    date: LocalDatetime = None
    user: str | None = None
    log_type: LogType = Field(default=AssetLogType.MESSAGE, validation_alias="type", serialization_alias="type")
    property: str | None = None
    value: str | None = None
    old_value: str | None = None
    principal: str | None = None
    comment: str | None = None


class Asset(WireModel):
    """
    One piece of test equipment.

    Attributes:
        serial_number: Unique among all assets, 1 to 100 characters.
        type_id: Its asset type; the server demands one.
        asset_id: The server's name for it, opaque.
        state: Where it is in its working life, as people set it.
        first_seen_date ... next_calibration_date: Naive local time; None means never.
        total_count: Uses over its life.
        running_count: Uses since the last reset.
        asset_children, asset_type, asset_log: Come with some answers and are never sent.
        alarm_state: The server's judgement, where it sends it; `get_status` always tells.
    """

    serial_number: str
    type_id: UUID | None = None
    asset_id: Identifier | None = None
    parent_asset_id: Identifier | None = None
    parent_serial_number: str | None = None
    asset_name: str | None = None
    part_number: str | None = None
    revision: str | None = None
    client_id: int | None = Field(default=None, validation_alias="ClientId", serialization_alias="ClientId")
    state: State = AssetState.OK
    description: str | None = None
    location: str | None = None
    first_seen_date: LocalDatetime = None
    last_seen_date: LocalDatetime = None
    last_maintenance_date: LocalDatetime = None
    next_maintenance_date: LocalDatetime = None
    last_calibration_date: LocalDatetime = None
    next_calibration_date: LocalDatetime = None
    total_count: int | None = None
    running_count: int | None = None
    tags: Annotated[list[Setting], BeforeValidator(_list_of_null)] = Field(default_factory=list)
    asset_children: Annotated[list["Asset"], BeforeValidator(_list_of_null)] = Field(default_factory=list)
    asset_type: AssetType | None = None
    asset_log: Annotated[list[AssetLog], BeforeValidator(_list_of_null)] = Field(default_factory=list)
    alarm_state: AlarmState | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_tags_from_xml(cls, data: Any) -> Any:
        # Lists of other WATS servers carry the tags in this form alone.
        if not isinstance(data, Mapping) or data.get("tags") is not None or _member(data, "tags") is not None:
            return data
        xml = _member(data, "xmldata")
        if not isinstance(xml, str):
            return data
        return {**data, "tags": tags_from_xml(xml)}


class StatusReason(WireModel):
    """
    One monitor's part in a status.

    Attributes:
        kind: Which monitor: a count, the calibration or the maintenance.
        level: How bad this monitor alone finds it.
        message: Its sentence for a technician.
        used, limit: Uses or days, by kind.
        percent: Share of the limit that is used up.
        due_date: Naive local time.
    """

    kind: str | None = None
    level: AlarmState | None = None
    message: str | None = None
    used: float | None = None
    limit: float | None = None
    percent: float | None = None
    due_date: LocalDatetime = None


class AssetStatus(WireModel, Mapping[str, Any]):
    """
    What the rules make of an asset now.

    Reads as an object, `status.alarm_state`, and as the mapping that the server sent, `status["alarmState"]`.
    It is true even when all is well, so `if status:` asks whether the asset is there.

    Attributes:
        alarm_state: The worst of all monitors.
        status: The same as the .NET client counts: 0 OK, 1 not registered, 2 warning, 3 alarm, 4 and 5 errors.
        message: One line for a technician.
        running_count_exceeded, total_count_exceeded: Uses beyond the limit, negative inside; None without a limit.
        calibration_days_overdue, maintenance_days_overdue: Days, negative inside; None without an interval.
        bubbled_status: The worst of the asset and everything mounted in it.
        asset_id, serial_number: Whose status it is, in the list of `get_tree_status`.
        parent_asset_id: What the asset is mounted in, in that list; None for the first.
    """

    alarm_state: AlarmState = AssetAlarmState.OK
    status: int = 0
    message: str = ""
    running_count: int | None = None
    running_count_exceeded: int | None = None
    total_count: int | None = None
    total_count_exceeded: int | None = None
    calibration_days_overdue: float | None = None
    maintenance_days_overdue: float | None = None
    state: State | None = None
    reasons: Annotated[list[StatusReason], BeforeValidator(_list_of_null)] = Field(default_factory=list)
    bubbled_status: int | None = None
    asset_id: str | None = None
    serial_number: str | None = None
    parent_asset_id: str | None = None

    def __getitem__(self, key: str) -> Any:
        return self._wire()[key]

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # a mapping walks its keys, a model its fields
        return iter(self._wire())

    def __len__(self) -> int:
        return len(self._wire())

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"{self.alarm_state.name}: {self.message}"

    def _wire(self) -> Mapping[str, Any]:
        document = self._origin.document
        return self.to_wire(self.model_fields_set) if document is None else document


class AssetUse(WireModel):
    """
    Uses of one asset that are to be counted, together with those of others, by `increment_counts`.

    Attributes:
        asset_id, serial_number: The asset, by either of the two.
        increment_by: Uses to add, 0 or more.
        increment_children: Whether everything mounted in the asset counts the same.
    """

    # A misspelt name would count one use, whatever number stood beside it.
    model_config = ConfigDict(extra="forbid")

    asset_id: Identifier | None = None
    serial_number: str | None = None
    increment_by: Annotated[int, Field(strict=True)] = 1
    increment_children: bool = False


class AssetCounts(WireModel):
    """
    An asset after a row of `increment_counts` was counted.

    Attributes:
        status: As in `AssetStatus`: 0 OK, 2 warning, 3 alarm.
        alarm_state: The worst of all monitors.
        running_count: Uses since the last reset.
        total_count: Uses over its life.
    """

    asset_id: Identifier
    serial_number: str
    status: int
    alarm_state: AlarmState
    running_count: int
    total_count: int
