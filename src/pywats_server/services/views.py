"""Views that people save: filters, order and columns of the list of assets, under a name."""

from pywats_server.errors import NotFound, RuleViolation, Sentence
from pywats_server.rules.texts import MAX_TEXT, check_line, check_name
from pywats_server.services.session import Permission, Session, require, use_case
from pywats_server.store import views
from pywats_server.store.views import StoredView as StoredView

MAX_NAME = 80
MAX_VIEWS = 100
"""How many views one person may have."""


@use_case(Permission.READ)
async def list_views(session: Session) -> list[StoredView]:
    """Return the caller's views and those that others share, by name."""
    return await views.visible_to(session.connection, session.principal.name)


@use_case(Permission.READ)
async def find_view(session: Session, key: int) -> StoredView:
    """
    Return a view that the caller may see.

    Raises:
        NotFound: There is none of this number, or it is somebody else's own.
    """
    view = await views.find(session.connection, key)
    if view is None or not (view.is_shared or view.owner == session.principal.name):
        raise NotFound(Sentence("There is no view number %(key)s.", key=key), field="view", value=key)
    return view


@use_case(Permission.READ)
async def save_view(session: Session, name: str, query: str, *, is_shared: bool = False) -> int:
    """
    Save a view, in place of the caller's view of the same name if there is one; return its number.

    Args:
        query: What stands behind the question mark of the list's address.
        is_shared: Everybody sees it. That takes the right to edit assets.

    Raises:
        InvalidInput: The name is empty or cannot be printed, or the query is too long.
        NotAllowed: The caller may not share views.
        RuleViolation: The caller has `MAX_VIEWS` already.
    """
    check_name(name, "name", MAX_NAME)
    check_line(query, "query", MAX_TEXT)
    if is_shared:
        require(session.principal, Permission.EDIT_ASSET)
    owner = session.principal.name
    known = await views.find_named(session.connection, owner, name)
    if known is not None:
        await views.change(session.connection, known.key, query, is_shared=is_shared)
        return known.key
    if await views.count(session.connection, owner) >= MAX_VIEWS:
        raise RuleViolation(
            Sentence("You have %(most)s views already; accepted: to delete one first.", most=MAX_VIEWS), field="name"
        )
    return await views.add(session.connection, owner, name, query, is_shared=is_shared, created_at=session.instant)


@use_case(Permission.READ)
async def delete_view(session: Session, key: int) -> StoredView:
    """
    Delete a view and return it as it was. What others share can be deleted by who looks after users.

    Raises:
        NotFound: There is none of this number, or it is somebody else's own.
        NotAllowed: It is somebody else's.
    """
    view = await find_view(session, key)
    if view.owner != session.principal.name:
        require(session.principal, Permission.MANAGE_USERS)
    await views.remove(session.connection, key)
    return view
