"""What a program puts into a model comes out again behind the wire."""

import json
from datetime import datetime
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from pywats import Asset, AssetLog, AssetLogType, AssetState, AssetType, Setting
from pywats.shared.dates import local_from_any, wire_from_local
from pywats.shared.model import WireModel

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe_texts = st.none() | texts
counts = st.none() | st.integers(0, 2**53 - 1)
days = st.none() | st.sampled_from([0.0, -1.0, -2.0]) | st.floats(0.001, 36525)
percents = st.none() | st.floats(0, 100)


def exists(moment: datetime) -> bool:
    """Tell whether a local time is one that clocks show: in spring they pass over an hour."""
    return local_from_any(wire_from_local(moment)) == moment


dates = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).filter(exists)
settings = st.lists(st.builds(Setting, key=texts.filter(bool), value=texts), max_size=3)
types = st.builds(
    AssetType,
    type_name=texts.filter(bool),
    type_id=st.uuids(),
    running_count_limit=counts,
    total_count_limit=counts,
    calibration_interval=days,
    maintenance_interval=days,
    warning_threshold=percents,
    alarm_threshold=percents,
    is_readonly=st.booleans(),
    icon=maybe_texts,
)
entries = st.builds(
    AssetLog,
    log_id=counts,
    asset_id=st.uuids().map(str),
    serial_number=maybe_texts,
    date=dates,
    user=maybe_texts,
    log_type=st.sampled_from(AssetLogType),
    comment=maybe_texts,
)
assets = st.builds(
    Asset,
    serial_number=texts.filter(bool),
    type_id=st.uuids(),
    asset_id=st.none() | st.uuids().map(str),
    parent_asset_id=st.none() | st.uuids().map(str),
    asset_name=maybe_texts,
    part_number=maybe_texts,
    client_id=counts,
    state=st.sampled_from(AssetState),
    description=maybe_texts,
    first_seen_date=dates,
    last_calibration_date=dates,
    next_calibration_date=dates,
    next_maintenance_date=dates,
    total_count=counts,
    running_count=counts,
    tags=settings,
    asset_type=st.none() | types,
    asset_log=st.lists(entries, max_size=2),
)


def behind_the_wire(model: WireModel) -> Any:
    """Return the model that a reader makes of the JSON that *model* is sent as."""
    return type(model).loaded(json.loads(json.dumps(model.to_wire(set(type(model).model_fields)))))


@given(assets | types | entries)
def test_model_comes_back_from_the_wire_as_it_was(model: WireModel) -> None:
    assert behind_the_wire(model) == model


@given(assets | types, st.randoms(use_true_random=False))
def test_model_is_read_whatever_the_case_of_its_names(model: WireModel, random: Any) -> None:
    wire = model.to_wire(set(type(model).model_fields))
    swapped = {"".join(random.choice((c.lower(), c.upper())) for c in name): value for name, value in wire.items()}
    assume(len(swapped) == len(wire))
    assert type(model).loaded(swapped) == model
