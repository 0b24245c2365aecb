"""What the server tells about itself."""

from starlette.testclient import TestClient


def test_version_tells_for_how_many_seconds_keys_are_known(api: TestClient) -> None:
    assert api.get("/api/App/Version").headers["Idempotency-Key-Lifetime"] == str(7 * 24 * 60 * 60)
