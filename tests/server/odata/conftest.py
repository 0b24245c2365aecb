from collections.abc import Iterator

import pytest

from databases import KINDS, PostgresDatabases
from server.odata.devices import Devices, devices_on_postgresql, devices_on_sqlite


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture(scope="module")
def devices(database: str, request: pytest.FixtureRequest) -> Iterator[Devices]:
    """An empty database of devices, shared by the tests of a module."""
    if database == "sqlite":
        with devices_on_sqlite() as found:
            yield found
        return
    databases: PostgresDatabases = request.getfixturevalue("postgresql")
    address = databases.empty()
    with devices_on_postgresql(address) as found:
        yield found
    databases.drop(address)
