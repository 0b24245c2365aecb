"""What can be told about arguments before anything is sent. A check returns what to send, or raises `ValueError`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import inf
from typing import Any, TypedDict, TypeVar
from uuid import UUID

from pywats.domains.asset.earlier_answers import Setup
from pywats.domains.asset.models import Asset, AssetType, AssetUse
from pywats.query import Condition
from pywats.shared.dates import utc
from pywats.shared.setting import Setting

LONGEST_SERIAL_NUMBER = 100
MOST_ASSETS = 1000
"""Assets that one check of a set-up may name."""
MOST_USES = 10_000
"""Rows that the server counts in one call."""

Use = AssetUse | Mapping[str, Any] | tuple[str, int]
"""A row of a batch: complete, as a mapping of the same names, or a serial number and the uses to add."""


Thing = TypeVar("Thing")


class AssetName(TypedDict):
    """What the calls that name an asset hand on: its id, its serial number, or both."""

    asset_id: str | None
    serial_number: str | None


class Page(TypedDict):
    """A part of a list."""

    top: int | None
    skip: int | None


def asset_name(asset_id: str | UUID | None, serial: str | None) -> AssetName:
    """At least one of the two. With both, the server checks that they name the same asset."""
    if asset_id is None and serial is None:
        raise ValueError("No asset is named: pass its id or its serial number")
    return {
        "asset_id": None if asset_id is None else identifier("asset_id", asset_id),
        "serial_number": None if serial is None else serial_number(serial),
    }


def identifier(name: str, value: str | UUID) -> str:
    """An id as text, on one line and not blank."""
    return one_line(name, str(value) if isinstance(value, UUID) else value)


def identifiers(name: str, values: Iterable[str | UUID]) -> list[str]:
    """One or more ids. A single text is a mistake: its characters are no ids."""
    found = [] if isinstance(values, str) else [identifier(name, value) for value in values]
    if not found:
        raise ValueError(f"{name} is {values!r}; it must be a list of at least one")
    return found


def serial_number(value: str | None) -> str:
    """1 to 100 printable characters."""
    text = one_line("serial_number", value)
    if len(text) > LONGEST_SERIAL_NUMBER:
        raise ValueError(
            f"serial_number is {text!r}, {len(text)} characters; at most {LONGEST_SERIAL_NUMBER} are allowed"
        )
    return text


def serial_numbers(values: Iterable[str]) -> list[str]:
    """Serial numbers in the order given, each once. A single text is a mistake: its characters are none."""
    if isinstance(values, str):
        raise ValueError(f"serial_numbers is {values!r}; it must be a list")
    return list(dict.fromkeys(map(serial_number, values)))


def setup(
    serials: Iterable[str], asset_ids: Iterable[str | UUID], *, include_children: bool, culture_code: str | None
) -> Setup:
    """The assets of a set-up, one or more, each name once."""
    if isinstance(asset_ids, str):
        raise ValueError(f"asset_ids is {asset_ids!r}; it must be a list")
    ids = dict.fromkeys(identifier("asset_ids", asset_id) for asset_id in asset_ids)
    names = serial_numbers(serials)
    if not 0 < len(ids) + len(names) <= MOST_ASSETS:
        raise ValueError(f"{len(ids) + len(names)} assets are named; a set-up is 1 to {MOST_ASSETS}")
    return Setup(tuple(names), tuple(ids), include_children, culture_code)


def not_blank(name: str, value: object) -> str:
    """Text with something to read in it. It may have several lines, but no other control characters."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is {value!r}; it must be text that is not blank")
    if not value.isprintable() and any(_is_control(character) for character in value):
        raise ValueError(f"{name} is {value!r}; it must be without control characters")
    return value


def _is_control(character: str) -> bool:
    # Hardly any text comes as far as this.
    from unicodedata import category

    return category(character) in ("Cc", "Cs") and character not in "\r\n\t"


def one_line(name: str, value: object) -> str:
    """Text that is not blank and fits on one line."""
    text = not_blank(name, value)
    if any(character in text for character in "\r\n\t"):
        raise ValueError(f"{name} is {text!r}; it must be one line without tabs")
    return text


def comment(value: str | None) -> str | None:
    """A remark; a blank one is none."""
    return not_blank("comment", value) if value and value.strip() else None


def file_name(value: object) -> str:
    """The name of a file, without a folder."""
    name = one_line("filename", value)
    if "/" in name or "\\" in name or not name.strip(". "):
        raise ValueError(f"filename is {name!r}; it must be the name of a file, without a folder")
    return name


def file_names(values: Iterable[str]) -> list[str]:
    """The names of one or more files."""
    return [file_name(name) for name in identifiers("filenames", values)]


def file_content(value: object) -> bytes:
    """The bytes of a file."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise ValueError(f"content is {type(value).__name__}; it must be bytes")
    return bytes(value)


def tags(values: Iterable[Setting]) -> list[Setting]:
    """Tags, each with a key, no key twice."""
    found = list(values)
    keys = [one_line("key of a tag", tag.key) for tag in found]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"tags hold {sorted(twice)!r} more than once; each key may have one value")
    return found


def whole_number(name: str, value: object, least: int) -> int:
    """An integer of *least* or more; True and False are none."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number, {least} or more")
    return int(value)


def count_if_told(name: str, value: int | None) -> int | None:
    """Uses, 0 or more, or nothing."""
    return None if value is None else whole_number(name, value, 0)


def uses(rows: Iterable[Use]) -> list[AssetUse]:
    """The rows of a batch. An error says which one, from 0, is wrong."""
    found = list(rows)
    if len(found) > MOST_USES:
        raise ValueError(f"uses has {len(found)} rows; at most {MOST_USES} can be counted in one call, all or none")
    return [_use(number, row) for number, row in enumerate(found)]


def _use(number: int, row: Use) -> AssetUse:
    try:
        told = dict(zip(("serial_number", "increment_by"), row, strict=True)) if isinstance(row, tuple) else row
        use = AssetUse.model_validate(told)
        asset_name(use.asset_id, use.serial_number)
        whole_number("increment_by", use.increment_by, 0)
    except ValueError as error:
        raise ValueError(f"Row {number} of uses: {error}") from error
    return use


def condition(filter_str: str | Condition[Thing] | None, filter: str | Condition[Thing] | None) -> str | None:
    """The OData text of the condition that is told by either of the two."""
    if filter_str is not None and filter is not None:
        raise ValueError("filter and filter_str are both told; pass the condition once")
    told = filter_str if filter is None else filter
    if told is not None and not isinstance(told, (str, Condition)):
        raise ValueError(f"filter is {told!r}; it must be a condition such as F.location == 'Lab A', or OData text")
    return None if told is None else str(told)


def page(top: int | None, skip: int | None) -> Page:
    """At most *top* items, 1 or more, after the first *skip*."""
    return {"top": None if top is None else whole_number("top", top, 1), "skip": count_if_told("skip", skip)}


def due_date(from_date: datetime | None, to_date: datetime | None) -> datetime:
    """*to_date*, which must be there and later than *from_date*."""
    if to_date is None:
        raise ValueError("to_date is missing; it says when the work is due next")
    if from_date is not None and utc(to_date) <= utc(from_date):
        raise ValueError(f"to_date is {to_date}; it must be later than from_date, {from_date}")
    return to_date


def update(asset: Asset, *, only_if_unchanged: bool) -> Asset:
    """An asset that can be sent as an update."""
    serial_number(asset.serial_number)
    if asset.type_id is None:
        raise ValueError(f"type_id of {asset.serial_number!r} is None; every asset has a type")
    if only_if_unchanged and asset.etag is None:
        raise ValueError("only_if_unchanged needs an asset as get_asset, create_asset or update_asset returned it")
    return asset


def updates(assets: Iterable[Asset], *, only_if_unchanged: bool) -> list[Asset]:
    """Assets that can be sent as updates at the same time. An error says which one, from 0, is wrong."""
    found = list(assets)
    known: set[str] = set()
    for number, asset in enumerate(found):
        try:
            update(asset, only_if_unchanged=only_if_unchanged)
        except ValueError as error:
            raise ValueError(f"Asset {number} of assets: {error}") from error
        names = {asset.serial_number, *([asset.asset_id] if asset.asset_id else [])}
        if names & known:
            raise ValueError(f"Asset {number} of assets: {asset.serial_number!r} is there already; pass it once")
        known |= names
    return found


def complete_type(asset_type: AssetType) -> AssetType:
    """A type whose name is told and whose limits, intervals and thresholds mean something."""
    one_line("type_name", asset_type.type_name)
    for name in ("running_count_limit", "total_count_limit"):
        _number(asset_type, name, (-1,), "a number above 0, or None, 0 or -1 for no limit")
    for name in ("calibration_interval", "maintenance_interval"):
        _number(asset_type, name, (-1, -2), "days above 0, None or 0 for none, -1 for unlimited or -2 for external")
    for name in ("warning_threshold", "alarm_threshold"):
        _number(asset_type, name, (), "a percentage, 0 or more, or None")
    return asset_type


def _number(asset_type: AssetType, name: str, special: tuple[int, ...], accepted: str) -> None:
    value = getattr(asset_type, name)
    # Written so that NaN, which compares with nothing, fails.
    if value is not None and value not in special and not 0 <= value < inf:
        raise ValueError(f"{name} is {value!r}; it must be {accepted}")
