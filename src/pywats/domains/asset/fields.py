"""By what lists can be asked: `F` has the fields of assets, `F.log` those of log entries, `F.types` those of types."""

from typing import Final

from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState
from pywats.domains.asset.models import Asset, AssetLog, AssetType
from pywats.query import Date, Enumerated, Fields, Identity, Number, Tags, Text, Truth


class LogFields(Fields):
    """For `get_asset_log`."""

    _model = AssetLog

    log_id = Number[AssetLog]()
    asset_id = Identity[AssetLog]()
    serial_number = Text[AssetLog]()
    date = Date[AssetLog]()
    user = Text[AssetLog]()
    log_type = Enumerated[AssetLog, AssetLogType](AssetLogType)
    property = Text[AssetLog]()
    value = Text[AssetLog]()
    old_value = Text[AssetLog]()
    principal = Text[AssetLog]()
    comment = Text[AssetLog]()


class TypeFields(Fields):
    """For `get_asset_types`."""

    _model = AssetType

    type_id = Identity[AssetType]()
    type_name = Text[AssetType]()
    running_count_limit = Number[AssetType]()
    total_count_limit = Number[AssetType]()
    maintenance_interval = Number[AssetType]()
    calibration_interval = Number[AssetType]()
    warning_threshold = Number[AssetType]()
    alarm_threshold = Number[AssetType]()
    is_readonly = Truth[AssetType]()
    icon = Text[AssetType]()


class AssetFields(Fields):
    """For `get_assets` and `iter_assets`. Only `pywats-server` knows `type_name`, `alarm_state` and `tags`."""

    _model = Asset

    log = LogFields()
    types = TypeFields()

    serial_number = Text[Asset]()
    type_id = Identity[Asset]()
    type_name = Text[Asset]()
    asset_id = Identity[Asset]()
    parent_asset_id = Identity[Asset]()
    parent_serial_number = Text[Asset]()
    asset_name = Text[Asset]()
    part_number = Text[Asset]()
    revision = Text[Asset]()
    client_id = Number[Asset]()
    state = Enumerated[Asset, AssetState](AssetState)
    alarm_state = Enumerated[Asset, AssetAlarmState](AssetAlarmState)
    description = Text[Asset]()
    location = Text[Asset]()
    first_seen_date = Date[Asset]()
    last_seen_date = Date[Asset]()
    last_maintenance_date = Date[Asset]()
    next_maintenance_date = Date[Asset]()
    last_calibration_date = Date[Asset]()
    next_calibration_date = Date[Asset]()
    total_count = Number[Asset]()
    running_count = Number[Asset]()
    tags = Tags[Asset]()


F: Final = AssetFields()
"""The fields of assets, from which conditions are made: `F.location == "Lab A"`."""
