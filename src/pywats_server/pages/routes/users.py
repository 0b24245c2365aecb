"""People's accounts: who there is, and giving them roles and passwords."""

from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound, RuleViolation, Sentence
from pywats_server.pages.roles import ROLES, role_in
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import N_
from pywats_server.services import users
from pywats_server.services.passwords import generated_password, hashed
from pywats_server.services.session import Permission, Role, UseCase
from pywats_server.services.users import StoredUser


async def _list(visit: Visit, status: int = 200, error: DomainError | None = None) -> Response:
    people = await visit.read(users.list_users)
    entered = {"name": visit.field("name"), "role": visit.field("role", Role.OPERATOR)}
    return visit.render("users/list.html", status, people=people, error=error, entered=entered, **ROLES)


async def _add(visit: Visit) -> Response:
    visit.require(Permission.MANAGE_USERS)
    name, password = visit.field("name"), generated_password()
    try:
        stored = await hashed(password, name)
        await visit.write(users.add_user, name, role_in(visit), stored, must_change_password=True)
    except (InvalidInput, Conflict) as error:
        return await _list(visit, 422, error)
    return visit.render("users/password.html", name=name, password=password)


async def _show(visit: Visit) -> Response:
    return _person(visit, await _find(visit, visit.query.get("name", "")))


def _person(visit: Visit, user: StoredUser, status: int = 200, error: DomainError | None = None) -> Response:
    is_own = user.name == visit.principal.user
    return visit.render("users/person.html", status, user=user, error=error, is_own=is_own, **ROLES)


async def _find(visit: Visit, name: str) -> StoredUser:
    found = [user for user in await visit.read(users.list_users) if user.name == name]
    if not found:
        raise NotFound(Sentence("There is no user named %(name)r.", name=name), field="name", value=name)
    return found[0]


async def _set_role(visit: Visit) -> Response:
    return await _change(visit, N_("%(name)s has this role now."), users.set_role, role_in(visit))


async def _reset_password(visit: Visit) -> Response:
    visit.require(Permission.MANAGE_USERS)
    name, password = visit.field("name"), generated_password()
    await visit.write(users.reset_password, name, await hashed(password, name), must_change_password=True)
    return visit.render("users/password.html", name=name, password=password)


async def _disable(visit: Visit) -> Response:
    return await _change(visit, N_("%(name)s can sign in no more."), users.disable_user)


async def _enable(visit: Visit) -> Response:
    return await _change(visit, N_("%(name)s can sign in again."), users.enable_user)


async def _change(visit: Visit, message: str, change: UseCase[..., None], *to: Role) -> Response:
    user = await _find(visit, visit.field("name"))
    try:
        await visit.write(change, user.name, *to)
    except RuleViolation as error:
        return _person(visit, user, 422, error)
    return visit.done(f"/users/person?{urlencode({'name': user.name})}", visit.text(message, name=user.name))


routes = [
    Route("/users", page(_list)),
    Route("/users", page(_add), methods=["POST"]),
    Route("/users/person", page(_show)),
    Route("/users/role", page(_set_role), methods=["POST"]),
    Route("/users/password", page(_reset_password), methods=["POST"]),
    Route("/users/disable", page(_disable), methods=["POST"]),
    Route("/users/enable", page(_enable), methods=["POST"]),
]
