"""The server itself: version, health, tokens."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from pywats_server import __version__
from pywats_server.api import answers
from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Authenticating, Caller, Server
from pywats_server.api.bodies import TokenBody
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import problems
from pywats_server.services import once, tokens

router = APIRouter(tags=["Server"], route_class=Authenticating)
open_router = APIRouter(tags=["Server"])


@router.get("/api/App/Version", response_model=str, responses=problems())
async def get_version(caller: Caller) -> Response:  # noqa: ARG001 - asking takes a token, as every call does
    """Return the version of the server, and in the header `Idempotency-Key-Lifetime` how many seconds keys are kept."""
    return json_response(__version__, {"Idempotency-Key-Lifetime": str(int(once.PROMISED.total_seconds()))})


@open_router.get("/healthz", response_model=dict[str, str])
async def is_alive() -> Response:
    """Tell that the process is alive."""
    return json_response({"status": "ok"})


@open_router.get("/readyz", response_model=dict[str, str], responses=problems(503, token=False))
async def is_ready(backend: Server) -> Response:
    """Tell that the database answers."""
    await backend.check()
    return json_response({"status": "ok"})


@router.get("/api/Token", response_model=list[answers.Token], responses=problems())
async def list_tokens(backend: Server, caller: Caller) -> Response:
    """List tokens, revoked ones too."""
    stored = await backend.read(caller, tokens.list_tokens)
    return json_response([answers.token(token) for token in stored])


@router.post("/api/Token", response_model=answers.NewToken, responses=problems(400, 409))
async def create_token(backend: Server, caller: Caller, body: TokenBody) -> Response:
    """Make a token. It is answered this once and cannot be read again."""
    # Not kept under an Idempotency-Key: the answer holds a secret, and repeating the call is refused by the name.
    token = await backend.write(caller, tokens.create_token, body.name, body.role)
    return json_response({"name": body.name, "role": body.role.value, "token": token}, {"Cache-Control": "no-store"})


@router.delete("/api/Token", response_model=None, responses=problems(400, 404, null=True))
async def revoke_token(change: Changing, name: Annotated[str, Query(description="The token's name.")]) -> Response:
    """Make a token worthless at once."""
    return await change.silently(tokens.revoke_token, name)
