"""The application with something in it."""

import pytest

from conftest import Clients
from pywats_server.services.session import Role
from server.api.calls import furnish


@pytest.fixture
def furnished(application: Clients) -> Clients:
    """The application with the assets that `calls.CALLS` are about; its client shows no token by itself."""
    client = application.anonymous
    client.headers |= application.headers(Role.ADMINISTRATOR)
    furnish(client)
    del client.headers["Authorization"]
    return application
