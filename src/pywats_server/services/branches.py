"""The tree of assets as people open it: one branch after the other, each told by pages."""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct, structs

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.instants import Instant
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import branches, family
from pywats_server.store.branches import Below as Below
from pywats_server.store.database import Connection
from pywats_server.store.family import Child as Child

PAGE = 100
"""How many assets of one branch are told at once."""

COUNTED = 50_000
"""The most assets below one page that are counted."""

TOP, LOOSE = "", "loose"
"""Places that are no asset: the stations at the top, and the assets that stand alone, with nothing above or in them."""


class Node(Struct, frozen=True):
    """
    An asset of a branch.

    Attributes:
        below: What is mounted in it, at whatever depth.
        branch: What is mounted right in it, if that is open.
    """

    asset: Child
    below: Below
    branch: "Branch | None" = None

    @property
    def bubbled(self) -> AssetAlarmState:
        """The worst alarm state of the asset and of everything below it."""
        if self.below.in_alarm:
            return AssetAlarmState.ALARM
        return max(self.asset.alarm_state, AssetAlarmState(bool(self.below.in_warning)))


class Branch(Struct, frozen=True):
    """
    A page of what stands right below one place of the tree, by serial number.

    Attributes:
        start: The serial number that the page begins with; empty is the first page.
        next: The same of the next page; None where this is the last.
        is_partly_counted: More than `COUNTED` assets stand below; the numbers of the nodes are at least that.
    """

    nodes: Sequence[Node]
    start: str
    next: str | None
    is_partly_counted: bool


class Tree(Struct, frozen=True):
    """
    The tree as far as it is open.

    Attributes:
        stations: Assets that are mounted nowhere and have others in them.
        loose: Assets that are mounted nowhere and have nothing in them; None while that is not open.
    """

    stations: Branch
    loose: Branch | None


@use_case(Permission.READ)
async def open_tree(
    session: Session,
    opened: Collection[str] = (),
    shown: AssetRef | None = None,
    starts: Mapping[str, str] | None = None,
) -> Tree:
    """
    Return the tree from its top, with the branches of the *opened* ids.

    Args:
        opened: Ids of assets, or `LOOSE`; those that are on no page that is told are left out.
        shown: An asset that is to be seen: the way to it and its own branch are open, by the pages that it takes.
        starts: By place (an id, `LOOSE` or `TOP`) a serial number that is to be on its page.
    """
    way = {} if shown is None else await _way(session, shown)
    way |= starts or {}
    opener = _Opener(session, {*opened, *way}, way)
    stations = await opener.open(branches.stations, TOP)
    return Tree(stations, await opener.open(branches.loose, LOOSE) if LOOSE in opener.opened else None)


@use_case(Permission.READ)
async def list_branch(session: Session, place: str, start: str = "") -> Branch:
    """
    Return a page of one branch; nothing in it is open.

    Args:
        place: The id of an asset, `LOOSE` or `TOP`.
        start: The serial number that the page begins with.
    """
    if place in (TOP, LOOSE):
        return await _page(session, branches.loose if place else branches.stations, start)
    asset = await find(session, AssetRef(place))
    return await _page(session, partial(branches.mounted, parent=asset.key), start)


_Find = Callable[[Connection, Instant, str, int], Coroutine[Any, Any, list[Child]]]


async def _way(session: Session, ref: AssetRef) -> dict[str, str]:
    """Return the serial number that comes next on the way to an asset, by place; nothing comes behind the asset."""
    asset = await find(session, ref)
    if asset.parent_key is None and not asset.has_children:
        return {LOOSE: asset.serial_number}
    above = await family.ancestors(session.connection, asset.key)
    places = (TOP, *(one.asset_id for one in above), asset.asset_id)
    return dict(zip(places, (*(one.serial_number for one in above), asset.serial_number, ""), strict=True))


async def _page(session: Session, find: _Find, start: str) -> Branch:
    found = await find(session.connection, session.instant, start, PAGE + 1)
    shown, more = found[:PAGE], found[PAGE:]
    keys = [one.key for one in shown if one.has_children]
    below = await branches.below(session.connection, keys, session.instant, COUNTED)
    return Branch(
        nodes=[Node(one, below.get(one.key, Below())) for one in shown],
        start=start,
        next=more[0].serial_number if more else None,
        is_partly_counted=sum(one.assets for one in below.values()) >= COUNTED,
    )


class _Opener(Struct):
    """Opens branches: those of the *opened* ids, by the pages that the *way* takes."""

    session: Session
    opened: Collection[str]
    way: Mapping[str, str]

    async def open(self, find: _Find, place: str) -> Branch:
        """Return the branch of a place with those below it that are open."""
        branch = await _page(self.session, find, "")
        passed = self.way.get(place, "")
        if branch.next is not None and passed >= branch.next:
            branch = await _page(self.session, find, passed)
        return structs.replace(branch, nodes=[await self._with_branch(node) for node in branch.nodes])

    async def _with_branch(self, node: Node) -> Node:
        asset = node.asset
        if not asset.has_children or asset.asset_id not in self.opened:
            return node
        return structs.replace(
            node, branch=await self.open(partial(branches.mounted, parent=asset.key), asset.asset_id)
        )
