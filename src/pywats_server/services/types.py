"""Asset types: what they demand, and what a change of that means for their assets."""

import uuid
from collections.abc import Sequence
from typing import Any

from pywats_server.errors import Conflict, InvalidInput, NotFound, RuleViolation, Sentence
from pywats_server.odata.query import Query
from pywats_server.rules.ids import as_kept
from pywats_server.rules.model import Demands
from pywats_server.rules.texts import check_line, check_name
from pywats_server.rules.types import WIRE_NAMES, check_demands, settle
from pywats_server.services import settling
from pywats_server.services.drafts import TypeDraft, given
from pywats_server.services.journal import tell_change, text_of
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import documents, types
from pywats_server.store.documents import Document
from pywats_server.store.types import StoredType

_DEMANDS = Demands.__struct_fields__


async def existing_type(session: Session, type_id: str | None) -> StoredType:
    """
    Return the type that an asset shall have.

    Raises:
        InvalidInput: No type is named.
        RuleViolation: There is no such type.
    """
    if not type_id:
        raise InvalidInput(Sentence("typeId is missing; accepted: the id of an asset type."), field="typeId")
    found = await types.find_by_id(session.connection, type_id)
    if found is None:
        raise RuleViolation(
            Sentence(
                "typeId is %(id)r, but there is no such asset type; accepted: the id of a type that exists.", id=type_id
            ),
            field="typeId",
            value=type_id,
            accepted="the id of an asset type that exists",
        )
    return found


@use_case(Permission.READ)
async def list_types(session: Session, query: Query) -> list[Document]:
    """Return asset types, by name unless the query orders them otherwise."""
    return await documents.list_types(session.connection, query, session.instant)


_ALL = 100_000


@use_case(Permission.READ)
async def type_names(session: Session) -> dict[str, str]:
    """Return the name of every asset type, by the type's id, in the order of the names."""
    found = await list_types(session, Query(top=_ALL, select="typeId,typeName"))
    return {stored["typeId"]: stored["typeName"] for stored in found}


@use_case(Permission.READ)
async def count_assets_by_type(session: Session) -> dict[str, int]:
    """Return how many assets have each type, by the type's id; types without assets are left out."""
    return await types.count_assets_by_type(session.connection)


@use_case(Permission.READ)
async def open_type(session: Session, type_id: str) -> tuple[Document, int]:
    """
    Return a type, and how many assets have it.

    Raises:
        NotFound: There is no such type.
    """
    stored = await types.find_by_id(session.connection, type_id)
    if stored is None:
        raise missing(type_id)
    assets = await types.count_assets(session.connection, stored.key)
    return await documents.type_document(session.connection, stored.type_id), assets


def missing(type_id: str) -> NotFound:
    """Return the error for a type that is not there."""
    return NotFound(Sentence("There is no asset type with the id %(id)r.", id=type_id), field="typeId", value=type_id)


@use_case(Permission.EDIT_TYPE)
async def save_type(session: Session, draft: TypeDraft) -> Document:
    """
    Create the type of *draft*, or update the one that has its id, or else its name; return it as it is stored.

    On update, fields that were not given stay, and None clears. Its assets follow in the same transaction.

    Raises:
        InvalidInput: A text is too long or cannot be printed, or the id is no GUID.
        RuleViolation: A limit, interval or threshold is out of range.
        Conflict: The type is read-only, or the name belongs to another type.

    Source: wire-contract.md, `PUT /api/Asset/Types`.
    """
    check_name(draft.type_name, "typeName")
    icon = given(draft.icon, None)
    if icon is not None:
        check_line(icon, "icon")
    stored = await _meant(session, draft)
    demands = demanded(draft, stored)
    columns: dict[str, Any] = {
        "type_name": draft.type_name,
        "icon": given(draft.icon, stored.icon if stored else None),
        "is_readonly": given(draft.is_readonly, stored.is_readonly if stored else False),
        **{name: getattr(demands, name) for name in _DEMANDS},
    }
    if stored is None:
        type_id = _type_id(draft.type_id)
        await types.add(session.connection, {"type_id": type_id, **columns})
        await tell_change(session, "assetType", type_id, "created", value=draft.type_name)
        return await documents.type_document(session.connection, type_id)
    return await _update(session, stored, columns, demands)


async def _meant(session: Session, draft: TypeDraft) -> StoredType | None:
    """Return the type that the draft is about, if it exists; refuse a name that is another's."""
    by_name = await types.find_by_name(session.connection, draft.type_name)
    if draft.type_id is None:
        return by_name
    by_id = await types.find_by_id(session.connection, draft.type_id)
    if by_name is not None and (by_id is None or by_id.key != by_name.key):
        raise Conflict(
            Sentence(
                "The name %(name)r belongs to another asset type (id %(id)s). Names are unique.",
                name=draft.type_name,
                id=by_name.type_id,
            ),
            field="typeName",
            value=draft.type_name,
            typeId=by_name.type_id,
        )
    return by_id


def _type_id(wanted: str | None) -> str:
    try:
        return str(uuid.UUID(wanted) if wanted else uuid.uuid4())
    except ValueError:
        raise InvalidInput(
            f"typeId is {wanted!r}, which is no GUID; accepted: a GUID, or nothing to have one made.",
            field="typeId",
            value=wanted,
            accepted="a GUID, or nothing",
        ) from None


def demanded(draft: TypeDraft, stored: StoredType | None) -> Demands:
    """
    Return what *draft* demands beside what is *stored*, as it applies.

    Raises:
        RuleViolation: A limit, interval or threshold is out of range.
    """
    before = stored.demands if stored else Demands()
    demands = Demands(**{name: given(getattr(draft, name), getattr(before, name)) for name in _DEMANDS})
    check_demands(demands)
    return settle(demands)


async def _update(session: Session, stored: StoredType, columns: dict[str, Any], demands: Demands) -> Document:
    if stored.is_readonly:
        raise Conflict(
            Sentence(
                "The asset type %(name)r is read-only. Make a type of your own with the values that you need.",
                name=stored.type_name,
            ),
            field="isReadonly",
            value=True,
        )
    await types.change(session.connection, stored.key, columns)
    await _tell_differences(session, stored, columns)
    if demands != stored.demands:
        comment = f"The asset type {stored.type_name!r} was changed."
        await settling.settle_type(session, stored.key, stored.demands, demands, comment)
    return await documents.type_document(session.connection, stored.type_id)


async def _tell_differences(session: Session, stored: StoredType, columns: dict[str, Any]) -> None:
    before = {"typeName": stored.type_name, "icon": stored.icon, "isReadonly": stored.is_readonly}
    after = {"typeName": columns["type_name"], "icon": columns["icon"], "isReadonly": columns["is_readonly"]}
    for name, wire_name in WIRE_NAMES.items():
        before[wire_name], after[wire_name] = getattr(stored.demands, name), columns[name]
    for wire_name, old in before.items():
        if old != after[wire_name]:
            await tell_change(
                session,
                "assetType",
                stored.type_id,
                "changed",
                property=wire_name,
                old_value=text_of(old),
                value=text_of(after[wire_name]),
            )


@use_case(Permission.DELETE)
async def delete_types(session: Session, type_ids: Sequence[str]) -> None:
    """
    Delete types, all or none.

    Raises:
        NotFound: There is no such type.
        Conflict: Assets use the type, or it is read-only.
    """
    for type_id in dict.fromkeys(map(as_kept, type_ids)):
        stored = await types.find_by_id(session.connection, type_id)
        if stored is None:
            raise missing(type_id)
        in_use = await types.count_assets(session.connection, stored.key)
        if in_use or stored.is_readonly:
            why = Sentence("%(n)s assets use it", n=in_use) if in_use else Sentence("it is read-only")
            raise Conflict(
                Sentence("The asset type %(name)r cannot be deleted: %(why)s.", name=stored.type_name, why=why),
                field="typeId",
                value=type_id,
                assets=in_use,
            )
        await types.remove(session.connection, stored.key)
        await tell_change(session, "assetType", stored.type_id, "deleted", old_value=stored.type_name)
