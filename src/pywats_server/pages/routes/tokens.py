"""Access tokens of stations and programs: which there are, making one, and revoking."""

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound, Sentence
from pywats_server.pages.roles import ROLES, role_in
from pywats_server.pages.visit import Visit, page
from pywats_server.services import tokens
from pywats_server.services.session import Role


async def _list(visit: Visit, status: int = 200, error: DomainError | None = None) -> Response:
    known = await visit.read(tokens.list_tokens)
    return visit.render(
        "tokens/list.html",
        status,
        valid=[token for token in known if token.revoked_at is None],
        revoked=[token for token in known if token.revoked_at is not None],
        entered={"name": visit.field("name"), "role": visit.field("role", Role.OPERATOR)},
        error=error,
        **ROLES,
    )


async def _create(visit: Visit) -> Response:
    name = visit.field("name")
    try:
        token = await visit.write(tokens.create_token, name, role_in(visit))
    except (InvalidInput, Conflict) as error:
        return await _list(visit, 422, error)
    server = str(visit.request.base_url).rstrip("/")
    return visit.render("tokens/created.html", name=name, token=token, server=server)


async def _show(visit: Visit) -> Response:
    name = visit.query.get("name", "")
    found = [token for token in await visit.read(tokens.list_tokens) if token.name == name]
    if not found:
        raise NotFound(Sentence("There is no token named %(name)r.", name=name), field="name", value=name)
    return visit.render("tokens/token.html", token=found[0], **ROLES)


async def _revoke(visit: Visit) -> Response:
    name = visit.field("name")
    await visit.write(tokens.revoke_token, name)
    return visit.done("/tokens", visit.text("Revoked %(name)s.", name=name))


routes = [
    Route("/tokens", page(_list)),
    Route("/tokens", page(_create), methods=["POST"]),
    Route("/tokens/token", page(_show)),
    Route("/tokens/revoke", page(_revoke), methods=["POST"]),
]
