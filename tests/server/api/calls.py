"""One valid call of every endpoint, and the role that it takes, on assets that `world` makes."""

from dataclasses import dataclass, field, replace
from typing import Any

from starlette.testclient import TestClient

from factories import make_asset, make_file, make_type
from pywats_server.services.session import Role

TYPE_ID = "11111111-aaaa-4bbb-8ccc-111111111111"
SPARE_TYPE_ID = "22222222-aaaa-4bbb-8ccc-222222222222"
ASSET_ID = "33333333-aaaa-4bbb-8ccc-333333333333"
CHILD_ID = "44444444-aaaa-4bbb-8ccc-444444444444"
GONE_ID = "55555555-aaaa-4bbb-8ccc-555555555555"
NO_ID = "99999999-aaaa-4bbb-8ccc-999999999999"


@dataclass(frozen=True, slots=True)
class Call:
    """A call: what it sends, and the least role that may make it; None is a call that takes no token."""

    method: str
    path: str
    role: Role | None
    params: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    values: dict[str, str] = field(default_factory=dict)
    """What stands for the parameters of the path."""

    @property
    def name(self) -> str:
        """The endpoint, as the OpenAPI document names it."""
        return f"{self.method} {self.path}"

    def send(self, client: TestClient, **settings: Any) -> Any:
        """Make the call and return the response."""
        body: dict[str, Any] = {} if self.json is None else {"json": self.json}
        if self.content is not None:
            body = {"content": self.content}
        return client.request(self.method, self.path.format(**self.values), params=self.params, **body, **settings)

    def but(self, **changes: Any) -> "Call":
        """Return the same call with other parts."""
        return replace(self, **changes)


_VIEWER, _OPERATOR, _MANAGER, _ADMINISTRATOR = Role
_SERIAL = {"serialNumber": "S-1"}
_FILE = {"assetId": ASSET_ID, "filename": "f.txt"}

CALLS = [
    Call("GET", "/healthz", None),
    Call("GET", "/readyz", None),
    Call("GET", "/api/App/Version", _VIEWER),
    Call("GET", "/api/Asset", _VIEWER),
    Call("GET", "/api/Asset/{asset}", _VIEWER, values={"asset": "S-1"}),
    Call("GET", "/api/Asset/Status", _VIEWER, _SERIAL),
    Call("GET", "/api/Asset/SubAssets", _VIEWER, _SERIAL),
    Call("GET", "/api/Asset/Types", _VIEWER),
    Call("GET", "/api/Asset/Log", _VIEWER),
    Call("GET", "/api/Asset/Archive", _VIEWER),
    Call("GET", "/api/Asset/Archive/File", _VIEWER, {"id": GONE_ID, "filename": "f.txt"}),
    Call("GET", "/api/internal/Changes", _VIEWER),
    Call("GET", "/api/internal/Asset/Statuses", _VIEWER, _SERIAL),
    Call("POST", "/api/internal/Asset/Readiness", _VIEWER, json={"assets": [_SERIAL]}),
    Call("GET", "/api/internal/Blob/Asset", _VIEWER, _FILE),
    Call("GET", "/api/internal/Blob/Asset/List/{id}", _VIEWER, values={"id": ASSET_ID}),
    Call("GET", "/api/internal/Asset/{id}/Tags", _VIEWER, values={"id": ASSET_ID}),
    Call("PUT", "/api/Asset/State", _OPERATOR, {**_SERIAL, "state": 3}),
    Call("PUT", "/api/Asset/Count", _OPERATOR, {**_SERIAL, "incrementBy": 1}),
    Call("POST", "/api/Asset/Counts", _OPERATOR, json=[_SERIAL]),
    Call("POST", "/api/Asset/ResetRunningCount", _OPERATOR, _SERIAL),
    Call("POST", "/api/Asset/Calibration", _OPERATOR, _SERIAL),
    Call("POST", "/api/Asset/Calibration/External", _OPERATOR, {**_SERIAL, "toDate": "2027-01-01"}),
    Call("POST", "/api/Asset/Maintenance", _OPERATOR, _SERIAL),
    Call("POST", "/api/Asset/Maintenance/External", _OPERATOR, {**_SERIAL, "toDate": "2027-01-01"}),
    Call("POST", "/api/Asset/Message", _OPERATOR, _SERIAL, json={"content": "Relocated"}),
    Call("POST", "/api/internal/Blob/Asset", _OPERATOR, {**_FILE, "filename": "new.txt"}, content=b"new"),
    Call("PUT", "/api/Asset", _MANAGER, json={"serialNumber": "S-2", "typeId": TYPE_ID}),
    Call("PUT", "/api/Asset/SetRunningCount", _MANAGER, {**_SERIAL, "runningCount": 7}),
    Call("PUT", "/api/Asset/SetTotalCount", _MANAGER, {**_SERIAL, "totalCount": 7}),
    Call("PUT", "/api/Asset/Types", _MANAGER, json={"typeName": "Probe"}),
    Call("PUT", "/api/internal/Asset/Parent", _MANAGER, json=[CHILD_ID]),
    Call("PUT", "/api/internal/Asset/{id}/Tags", _MANAGER, json=[{"key": "K", "value": "V"}], values={"id": ASSET_ID}),
    Call("DELETE", "/api/Asset", _ADMINISTRATOR, _SERIAL),
    Call("DELETE", "/api/internal/Asset/Types", _ADMINISTRATOR, json=[SPARE_TYPE_ID]),
    Call("DELETE", "/api/internal/Blob/Assets", _ADMINISTRATOR, {"assetId": ASSET_ID}, json=["f.txt"]),
    Call("GET", "/api/Token", _ADMINISTRATOR),
    Call("POST", "/api/Token", _ADMINISTRATOR, json={"name": "line 3", "role": "operator"}),
    Call("DELETE", "/api/Token", _ADMINISTRATOR, {"name": "spare"}),
]

BY_NAME = {call.name: call for call in CALLS}


def furnish(api: TestClient) -> None:
    """Store what the calls are about: two types, an asset with a child and a file, a deleted asset, a token."""
    make_type(api, typeId=TYPE_ID, typeName="Fixture")
    make_type(api, typeId=SPARE_TYPE_ID, typeName="Spare")
    asset = make_asset(api, assetId=ASSET_ID, serialNumber="S-1", typeId=TYPE_ID)
    make_asset(api, assetId=CHILD_ID, serialNumber="C-1", typeId=TYPE_ID, parentAssetId=ASSET_ID)
    make_file(api, asset, "f.txt", b"content")
    gone = make_asset(api, assetId=GONE_ID, serialNumber="gone", typeId=TYPE_ID)
    make_file(api, gone, "f.txt", b"content")
    for answer in (
        api.delete("/api/Asset", params={"id": GONE_ID}),
        api.post("/api/Token", json={"name": "spare", "role": "viewer"}),
    ):
        assert answer.status_code == 200, answer.text
