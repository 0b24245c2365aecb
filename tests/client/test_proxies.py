"""Which servers are reached by the proxy that the environment names."""

import pytest

from client.fakes import TOKEN, loopback
from pywats import pyWATS
from pywats.http.proxies import proxy_for, without_password

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies, to be changed."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "base_url", "proxy"),
    [
        ({}, "https://wats.test", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://wats.test", "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "https://wats.test", "http://proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://wats.test", None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://wats.test:8470/wats", "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:3128"}, "https://wats.test", "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy", "NO_PROXY": "other,.test"}, "https://wats.test", None),
        ({"ALL_PROXY": "http://proxy", "NO_PROXY": "*"}, "https://wats.test", None),
        ({"ALL_PROXY": "http://proxy"}, "http://localhost:8470", None),
        ({"ALL_PROXY": "http://proxy"}, "http://127.0.0.1:8470", None),
        ({"ALL_PROXY": "http://proxy"}, "http://[::1]:8470", None),
    ],
)
def test_proxy_is_the_one_that_the_environment_names_for_the_server(
    environment: pytest.MonkeyPatch, variables: dict[str, str], base_url: str, proxy: str | None
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert proxy_for(base_url) == proxy


def test_proxy_of_another_kind_is_refused_without_its_password(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ALL_PROXY", "socks5://user:hunter2@proxy:1080")
    with pytest.raises(ValueError, match=r"'socks5://proxy:1080'; only HTTP proxies") as caught:
        pyWATS("https://wats.test", TOKEN)
    assert "hunter2" not in str(caught.value)


def test_client_goes_by_the_proxy(environment: pytest.MonkeyPatch) -> None:
    with loopback() as server:
        environment.setenv("HTTP_PROXY", server.url)
        with pyWATS("http://wats.test", TOKEN) as api:
            api.version()
    assert server.received == ["GET http://wats.test/api/App/Version"]


def test_password_of_a_proxy_is_left_out_where_it_is_shown() -> None:
    assert without_password("http://user:hunter2@proxy:3128") == "http://proxy:3128"
