"""The bodies that clients send: read leniently, as existing clients send them, and turned into drafts."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pywats.domains.asset.enums import AssetState
from pywats_server.instants import read_moment
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.services.batches import Use
from pywats_server.services.drafts import UNSET, AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.readiness import MAX_ASSETS
from pywats_server.services.session import Role

NO_GUID = "00000000-0000-0000-0000-000000000000"


class Body(BaseModel):
    """Names are matched regardless of case, and what is not known is ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _match_names(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.keys() <= _exact_names(cls):
            return data
        names = _names(cls)
        return {names[key.lower()]: value for key, value in data.items() if key.lower() in names}

    def given(self, name: str) -> Any:
        """Return a field's value, or `UNSET` when the body does not have it."""
        return getattr(self, name) if name in self.model_fields_set else UNSET


@lru_cache
def _names(body: type[Body]) -> dict[str, str]:
    """Return the names of a body's fields on the wire, by their lower case."""
    return {name.lower(): name for name in _exact_names(body)}


@lru_cache
def _exact_names(body: type[Body]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in body.model_fields.items())


def _moment(value: Any) -> datetime | None:
    """Read a date; none and the year 1, by which .NET says that there is none, are None."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(_DATES)
    # The start of the calendar cannot be moved to another zone, so it is not read at all.
    if value.strip().startswith("0001-01-01"):
        return None
    try:
        return read_moment(value)
    except ValueError:
        raise ValueError(_DATES) from None


_DATES = "a date such as '2026-01-31', '2026-01-31T10:15:00' or '2026-01-31T10:15:00+01:00', in the years 1 to 9999"


def _whole(value: Any) -> Any:
    """Let a whole number pass, also one written as 5.0; true and false are no numbers."""
    if isinstance(value, bool | str):
        raise ValueError("a whole number")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("a number")
    return value


def _guid(value: Any) -> Any:
    """Read an id; .NET's empty GUID and an empty text are none."""
    return None if value in ("", NO_GUID) else value


_STATES = "a state from 0 to 6: " + ", ".join(f"{state:d} {state.name}" for state in AssetState)


def _state(value: Any) -> Any:
    """Read a state, also one written as text, as in a query."""
    try:
        return AssetState(_whole(int(value) if isinstance(value, str) else value))
    except ValueError:
        raise ValueError(_STATES) from None


Moment = Annotated[datetime | None, BeforeValidator(_moment, json_schema_input_type=str | None)]
Whole = Annotated[int | None, BeforeValidator(_whole, json_schema_input_type=int | None)]
ClientId = Annotated[
    Annotated[int, Field(ge=-MAX_COUNT, le=MAX_COUNT)] | None,
    BeforeValidator(_whole, json_schema_input_type=int | None),
]
Number = Annotated[float | None, BeforeValidator(_number, json_schema_input_type=float | None)]
Id = Annotated[str | None, BeforeValidator(_guid, json_schema_input_type=str | None)]
State = Annotated[AssetState, BeforeValidator(_state)]


class TagBody(Body):
    """A tag."""

    key: str
    value: str | None = None

    def pair(self) -> tuple[str, str]:
        """Return the tag as the services take it."""
        return self.key, self.value or ""


class AssetBody(Body):
    """
    An asset to create or update. On update, absent properties stay and null clears; counts and dates are only taken as
    initial values of a new asset.
    """

    asset_id: Id = Field(None, alias="assetId")
    serial_number: str = Field(alias="serialNumber", description="1 to 100 printable characters, unique.")
    type_id: Id = Field(None, alias="typeId", description="Required for a new asset.")
    parent_asset_id: Id = Field(None, alias="parentAssetId")
    parent_serial_number: str | None = Field(None, alias="parentSerialNumber")
    asset_name: str | None = Field(None, alias="assetName")
    part_number: str | None = Field(None, alias="partNumber")
    revision: str | None = None
    client_id: ClientId = Field(None, alias="ClientId")
    state: State | None = None
    description: str | None = None
    location: str | None = None
    first_seen_date: Moment = Field(None, alias="firstSeenDate")
    last_seen_date: Moment = Field(None, alias="lastSeenDate")
    last_maintenance_date: Moment = Field(None, alias="lastMaintenanceDate")
    next_maintenance_date: Moment = Field(None, alias="nextMaintenanceDate")
    last_calibration_date: Moment = Field(None, alias="lastCalibrationDate")
    next_calibration_date: Moment = Field(None, alias="nextCalibrationDate")
    total_count: Whole = Field(None, alias="totalCount")
    running_count: Whole = Field(None, alias="runningCount")
    tags: list[TagBody] | None = None

    def draft(self) -> AssetDraft:
        """Return the asset as the services take it."""
        parent_serial = self.given("parent_serial_number")
        # Null is how .NET says that it does not name the parent in this way.
        parent_id = (
            UNSET if self.parent_asset_id is None and self.parent_serial_number else self.given("parent_asset_id")
        )
        return AssetDraft(
            asset_id=self.asset_id,
            serial_number=self.serial_number,
            type_id=self.type_id,
            parent_asset_id=parent_id,
            parent_serial_number=parent_serial,
            **{name: self.given(name) for name in ("asset_name", "part_number", "revision", "client_id")},
            **{name: self.given(name) for name in ("description", "location")},
            state=UNSET if self.state is None else self.state,
            tags=UNSET if self.tags is None else [tag.pair() for tag in self.tags],
            first_seen_at=self.first_seen_date,
            last_seen_at=self.last_seen_date,
            last_calibration_at=self.last_calibration_date,
            next_calibration_at=self.next_calibration_date,
            last_maintenance_at=self.last_maintenance_date,
            next_maintenance_at=self.next_maintenance_date,
            running_count=self.running_count,
            total_count=self.total_count,
        )


class TypeBody(Body):
    """An asset type to create or update. On update, absent properties stay and null clears."""

    type_id: Id = Field(None, alias="typeId")
    type_name: str = Field(alias="typeName")
    running_count_limit: Whole = Field(None, alias="runningCountLimit", description="Uses; null, 0, -1 are unlimited.")
    total_count_limit: Whole = Field(None, alias="totalCountLimit", description="Uses; null, 0, -1 are unlimited.")
    calibration_interval: Number = Field(
        None, alias="calibrationInterval", description="Days; null or 0 none, -1 unlimited, -2 external."
    )
    maintenance_interval: Number = Field(
        None, alias="maintenanceInterval", description="Days; null or 0 none, -1 unlimited, -2 external."
    )
    warning_threshold: Number = Field(None, alias="warningThreshold", description="Percent; null is no early warning.")
    alarm_threshold: Number = Field(None, alias="alarmThreshold", description="Percent; null is 100.")
    is_readonly: bool | None = Field(None, alias="isReadonly")
    icon: str | None = None

    def draft(self) -> TypeDraft:
        """Return the type as the services take it."""
        return TypeDraft(
            type_id=self.type_id,
            type_name=self.type_name,
            running_count_limit=self.given("running_count_limit"),
            total_count_limit=self.given("total_count_limit"),
            calibration_interval_days=self.given("calibration_interval"),
            maintenance_interval_days=self.given("maintenance_interval"),
            warning_threshold_percent=self.given("warning_threshold"),
            alarm_threshold_percent=self.given("alarm_threshold"),
            is_readonly=UNSET if self.is_readonly is None else self.is_readonly,
            icon=self.given("icon"),
        )


class MessageBody(Body):
    """A message for an asset's log, in either of the forms that are in use: `content`, or `assetId` and `comment`."""

    content: str | None = None
    asset_id: Id = Field(None, alias="assetId")
    serial_number: str | None = Field(None, alias="serialNumber")
    comment: str | None = None
    user: str | None = None


class UseBody(Body):
    """Uses of one asset, in a batch."""

    asset_id: Id = Field(None, alias="assetId")
    serial_number: str | None = Field(None, alias="serialNumber")
    increment_by: Annotated[Whole, Field(description="Uses to add; 1 unless given.")] = Field(None, alias="incrementBy")
    increment_children: bool | None = Field(None, alias="incrementChildren", description="Count every descendant too.")

    def use(self) -> Use:
        """Return the uses as the services take them."""
        ref = AssetRef(self.asset_id, self.serial_number or None)
        return Use(ref, 1 if self.increment_by is None else self.increment_by, bool(self.increment_children))


class AssetNameBody(Body):
    """An asset by one of its names."""

    asset_id: Id = Field(None, alias="assetId")
    serial_number: str | None = Field(None, alias="serialNumber")

    def ref(self) -> AssetRef:
        """Return the name as the services take it."""
        return AssetRef(self.asset_id, self.serial_number or None)


class ReadinessBody(Body):
    """The assets of a set-up, and in which words to tell about them."""

    assets: list[AssetNameBody] = Field(description=f"Up to {MAX_ASSETS} assets.")
    include_children: bool | None = Field(None, alias="includeChildren", description="Tell of every descendant too.")
    translate: bool | None = Field(None, description="false gives the messages' key form.")
    culture_code: str | None = Field(None, alias="cultureCode", description="en, nb-NO, de or zh-CN.")


class TokenBody(Body):
    """A token to make."""

    name: str
    role: Role
