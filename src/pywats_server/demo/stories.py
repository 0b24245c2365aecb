"""What happened to one asset of the demo, as the use cases that were called, by whom and when."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, ParamSpec, TypeVar

from pywats.domains.asset.enums import AssetState, IntervalMode
from pywats_server.demo import catalogue
from pywats_server.demo.catalogue import LABORATORIES, METROLOGY, QUALITY, STATION, STORAGE, WORKSHOP, Place, id_of
from pywats_server.demo.certificates import certificate
from pywats_server.demo.counting import Counting, counting, rate_of, resets_by_need
from pywats_server.demo.inventory import Item
from pywats_server.demo.lives import Life, moments_back
from pywats_server.demo.workdays import at_work
from pywats_server.services import assets, counts, files, messages, work
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Principal, Role, Session, UseCase, permission_of, require
from pywats_server.services.work import CALIBRATION, MAINTENANCE

P = ParamSpec("P")
T = TypeVar("T")

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
# Work is done a little before it is due.
_PUNCTUALITY = (0.86, 1.0)
_NOTES = (0, 0, 0, 1, 1, 2, 3)
_KEEPS_CERTIFICATE = 0.7
_MAINTAINED_BY_VENDOR = 0.12


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that somebody did; `act` does it again."""

    at: datetime
    by: Principal
    act: Callable[[Session], Coroutine[Any, Any, object]]


def happening(at: datetime, by: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> Happening:
    """
    Return that *by* called a use case with these arguments.

    Raises:
        NotAllowed: They may not.
    """
    require(by, permission_of(function))
    return Happening(at, by, lambda session: function(session, *args, **kwargs))


def story_of(life: Life) -> Iterator[Happening]:
    """Return everything that happened to an asset, in no order."""
    calibrations = _calibrations(life)
    upkeep = _upkeep(life)
    rate = rate_of(life, upkeep)
    resets = upkeep or resets_by_need(life, rate)
    counted = counting(life, rate, resets)
    yield _registration(life, calibrations, upkeep, counted)
    yield from _calibrating(life, _recorded(life, calibrations))
    yield from _maintaining(life, _recorded(life, upkeep))
    yield from _resetting(life, _recorded(life, resets), _comments(bool(upkeep)))
    yield from _using(life, counted)
    yield from _noting(life)
    yield from _relocating(life)
    yield from _leaving(life)


def _ref(life: Life) -> AssetRef:
    return AssetRef(serial_number=life.item.serial_number)


def _operator(life: Life) -> Principal:
    """Return the token of the terminal that stands where the asset does."""
    return Principal(life.item.place.token, Role.OPERATOR) if life.item.place else WORKSHOP


def _calibrations(life: Life) -> list[datetime]:
    """Return when the asset was calibrated, oldest first; a spare never was."""
    days = life.item.kind.calibrated_every_days
    if days is None or life.is_spare:
        return []
    return moments_back(life, life.wear.calibration * days, days, _PUNCTUALITY)


def _upkeep(life: Life) -> list[datetime]:
    """Return when the asset was maintained, oldest first; a spare never was."""
    days = life.item.kind.type.maintenance_interval_days
    if not isinstance(days, int | float) or life.is_spare:
        return []
    return moments_back(life, life.wear.maintenance * days, days, _PUNCTUALITY)


def _recorded(life: Life, moments: Sequence[datetime]) -> list[datetime]:
    """Return those moments at which the asset was registered and in use."""
    return [at for at in moments if life.registered_at < at < life.left_at]


def _initial(life: Life, moments: Sequence[datetime]) -> datetime | None:
    """Return the last of *moments* that the asset was registered with; what was bought new was new then."""
    earlier = [at for at in moments if at <= life.registered_at]
    return max(earlier[-1], life.first_seen_at) if earlier else None


def _registration(
    life: Life, calibrations: Sequence[datetime], upkeep: Sequence[datetime], counted: Counting
) -> Happening:
    item = life.item
    calibrated_at = _initial(life, calibrations)
    draft = AssetDraft(
        asset_id=id_of(item.serial_number),
        serial_number=item.serial_number,
        type_id=item.kind.type.type_id,
        parent_serial_number=item.parent,
        asset_name=item.name,
        part_number=item.model.name,
        revision="ABC"[life.random.randrange(3)],
        description=f"{item.model.manufacturer} {item.model.name}, {item.model.description}",
        location=item.location,
        state=AssetState.IN_STORAGE if life.is_spare else AssetState.IN_OPERATION,
        tags=_tags(item, item.place),
        first_seen_at=life.first_seen_at,
        last_calibration_at=calibrated_at,
        next_calibration_at=_due_by_certificate(life, calibrated_at),
        last_maintenance_at=_initial(life, upkeep),
        running_count=counted.running,
        total_count=counted.total,
    )
    return happening(life.registered_at, QUALITY, assets.save_asset, draft, create_only=True)


def _due_by_certificate(life: Life, calibrated_at: datetime | None) -> datetime | None:
    """Return the due date of a kind whose type has no interval of days to compute it from."""
    kind = life.item.kind
    if (
        calibrated_at is None
        or kind.calibrated_every_days is None
        or kind.type.calibration_interval_days != IntervalMode.EXTERNAL
    ):
        return None
    return calibrated_at + timedelta(days=kind.calibrated_every_days)


def _tags(item: Item, place: Place | None) -> list[tuple[str, str]]:
    """Return the tags of an asset that stands at *place*, which is not always where it stood first."""
    random = Random(item.serial_number)  # noqa: S311 - a play, no secret
    number, unit = random.randrange(10**7, 10**8), random.randrange(1, 13)
    tags = [
        ("Manufacturer", item.model.manufacturer),
        ("Model", item.model.name),
        ("Owner", place.owner if place else "Metrology"),
    ]
    if item.kind.calibrated_every_days:
        tags.append(("ManufacturerSerial", f"MY{number}"))
    if place and (item.kind is STATION or (item.place and item.parent == item.place.serial_number)):
        tags.append(("Rack", f"{place.serial_number}/{unit}"))
    return tags


def _calibrating(life: Life, moments: Sequence[datetime]) -> Iterator[Happening]:
    is_sent_out = life.random.random() < life.item.kind.sent_out
    for at in moments:
        if is_sent_out:
            yield from _sent_out(life, at)
        else:
            comment = life.random.choice(catalogue.IN_HOUSE_CALIBRATION)
            yield happening(at, METROLOGY, work.record, CALIBRATION, _ref(life), None, comment)


def _sent_out(life: Life, at: datetime) -> Iterator[Happening]:
    """Tell of a calibration by a laboratory: there it was done at *at*; it is recorded when the asset is back."""
    days = life.item.kind.calibrated_every_days
    back = at_work(at + 5 * _DAY, life.random, life.now)
    if days is None or not at < back < life.left_at - _HOUR:
        return
    ref, laboratory = _ref(life), life.random.choice(LABORATORIES)
    # The day is in it, so that no asset has two certificates of one number.
    number = f"CAL-{at:%Y-%m%d}{life.random.randrange(100):02}"
    comment = f"Calibrated by {laboratory} (ISO/IEC 17025), certificate {number}"
    # Certificates name days, not hours.
    start = at.replace(hour=0, minute=0, second=0)
    until = start + timedelta(days=days)
    for days_before, state in ((6, AssetState.IN_TRANSIT), (3, AssetState.IN_CALIBRATION)):
        away = at_work(at - days_before * _DAY, life.random, life.now)
        if away > life.registered_at:
            yield happening(away, METROLOGY, assets.set_state, ref, state)
    yield happening(back, METROLOGY, work.record_external, CALIBRATION, ref, start, until, comment)
    yield happening(back + _HOUR, METROLOGY, assets.set_state, ref, AssetState.IN_OPERATION)
    if life.random.random() < _KEEPS_CERTIFICATE:
        content = _certificate(life, laboratory, number, at, until)
        yield happening(back + 5 * _MINUTE, METROLOGY, files.attach_file, ref, f"{number}.pdf", content)


def _certificate(life: Life, laboratory: str, number: str, at: datetime, until: datetime) -> bytes:
    item = life.item
    return certificate(
        (
            "Calibration certificate",
            f"{laboratory}, accredited to ISO/IEC 17025 (demo data, no real laboratory)",
            "",
            f"Certificate number: {number}",
            f"Object: {item.model.manufacturer} {item.model.name}, serial number {item.serial_number}",
            f"Calibrated on: {at:%Y-%m-%d}",
            f"Recalibration recommended by the owner: {until:%Y-%m-%d}",
            f"Ambient temperature: {life.random.uniform(22.5, 23.5):.1f} °C",
            "Result: all points within the manufacturer's limits",
        )
    )


def _maintaining(life: Life, moments: Sequence[datetime]) -> Iterator[Happening]:
    days = life.item.kind.type.maintenance_interval_days
    by_vendor = life.item.kind is STATION and life.random.random() < _MAINTAINED_BY_VENDOR
    for at in moments:
        comment = life.random.choice(catalogue.UPKEEP)
        if by_vendor and isinstance(days, int | float):
            until = at + timedelta(days=days)
            comment = "Vendor preventive maintenance"
            yield happening(at, QUALITY, work.record_external, MAINTENANCE, _ref(life), at, until, comment)
        else:
            yield happening(at, WORKSHOP, work.record, MAINTENANCE, _ref(life), None, comment)


def _comments(is_upkeep: bool) -> Sequence[str]:
    return ("Reset after maintenance",) if is_upkeep else catalogue.RENEWAL


def _resetting(life: Life, moments: Sequence[datetime], comments: Sequence[str]) -> Iterator[Happening]:
    if life.item.kind.type.running_count_limit is None or not life.item.kind.uses_per_day:
        return
    for at in moments:
        comment = life.random.choice(comments)
        yield happening(at + _MINUTE, WORKSHOP, counts.reset_running_count, _ref(life), comment)


def _using(life: Life, counted: Counting) -> Iterator[Happening]:
    for at, uses in counted.uses:
        yield happening(at, _operator(life), counts.count_uses, _ref(life), increment_by=uses)


def _noting(life: Life) -> Iterator[Happening]:
    for _ in range(life.random.choice(_NOTES)):
        at = at_work(
            life.random.uniform(0, 1) * (life.left_at - life.registered_at) + life.registered_at,
            life.random,
            life.left_at,
        )
        text, person = life.random.choice(catalogue.NOTES), life.random.choice(catalogue.PEOPLE)
        if at > life.registered_at:
            yield happening(at, _operator(life), messages.post_message, _ref(life), text, person)


def _relocating(life: Life) -> Iterator[Happening]:
    if life.relocation is None:
        return
    place = life.relocation.place
    draft = AssetDraft(
        serial_number=life.item.serial_number,
        parent_serial_number=place.serial_number,
        location=place.location,
        tags=_tags(life.item, place),
    )
    text = f"Moved to {place.location}."
    yield happening(life.relocation.at, QUALITY, assets.save_asset, draft)
    yield happening(life.relocation.at + _MINUTE, QUALITY, messages.post_message, _ref(life), text)


def _leaving(life: Life) -> Iterator[Happening]:
    if life.fate is None:
        return
    at, by = life.left_at, QUALITY
    yield happening(at, by, messages.post_message, _ref(life), life.fate.because)
    yield happening(at + _MINUTE, by, assets.set_state, _ref(life), life.fate.state)
    if life.fate.state is AssetState.IN_STORAGE:
        tags = _tags(life.item, None)
        draft = AssetDraft(
            serial_number=life.item.serial_number, parent_serial_number=None, location=STORAGE, tags=tags
        )
        yield happening(at + 2 * _MINUTE, by, assets.save_asset, draft)
