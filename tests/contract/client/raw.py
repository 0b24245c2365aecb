"""What the server sends, without the client between."""

import json
from typing import Any
from urllib.request import Request, urlopen

from contract.client.conftest import Live
from pywats_server.services.session import Role


def raw(live: Live, path: str) -> Any:
    """The JSON that a GET answers to an administrator."""
    headers = {"Authorization": f"Basic {live.tokens[Role.ADMINISTRATOR]}"}
    with urlopen(Request(live.url + path, headers=headers), timeout=20) as answer:
        return json.load(answer)
