"""What a change of an asset type would do to its assets, told before it is saved."""

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.rules.marks import marks_at
from pywats_server.services.drafts import TypeDraft
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.types import demanded, missing
from pywats_server.store import type_preview, types
from pywats_server.store.type_preview import ChangedAsset as ChangedAsset
from pywats_server.store.type_preview import Levels

LOOKED_AT = 50_000
"""The most assets of a type that are looked at; of more, so many tell about all."""

SHOWN = 10
"""How many of the assets that change are named."""


class Preview(Struct, frozen=True):
    """
    What a change of a type would make of its assets at this moment.

    Attributes:
        assets: How many have the type.
        now: How many are in each alarm state.
        then: How many would be.
        changing: How many would be in another.
        is_estimate: The three before are reckoned from `LOOKED_AT` of the assets.
        changed: Some of those that would change, the ones that would be in alarm first.
    """

    assets: int
    now: dict[AssetAlarmState, int]
    then: dict[AssetAlarmState, int]
    changing: int
    is_estimate: bool
    changed: list[ChangedAsset]


@use_case(Permission.EDIT_TYPE)
async def preview_type(session: Session, draft: TypeDraft) -> Preview:
    """
    Return what saving *draft*, with the id of a type that exists, would do. Nothing is changed.

    Raises:
        NotFound: There is no such type.
        RuleViolation: A limit, interval or threshold is out of range.
    """
    stored = await types.find_by_id(session.connection, draft.type_id or "")
    if stored is None:
        raise missing(draft.type_id or "")
    marks = marks_at(demanded(draft, stored), session.now)
    assets = await types.count_assets(session.connection, stored.key)
    levels, changed = await type_preview.compare(
        session.connection, stored.key, marks, session.instant, most=LOOKED_AT, top=SHOWN
    )
    return _preview(assets, levels, changed)


def _preview(assets: int, levels: Levels, changed: list[ChangedAsset]) -> Preview:
    scale = max(1.0, assets / LOOKED_AT)
    now, then = dict.fromkeys(AssetAlarmState, 0), dict.fromkeys(AssetAlarmState, 0)
    for (before, after), number in levels.items():
        now[before] += number
        then[after] += number
    changing = sum(number for (before, after), number in levels.items() if before != after)
    return Preview(
        assets=assets,
        now={level: round(number * scale) for level, number in now.items()},
        then={level: round(number * scale) for level, number in then.items()},
        changing=round(changing * scale),
        is_estimate=assets > LOOKED_AT,
        changed=changed,
    )
