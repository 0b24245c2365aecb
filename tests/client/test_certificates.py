"""Certificates from files, on both faces: whom a client trusts, and how it shows who it is."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.fakes import TOKEN, loopback
from pywats import AsyncWATS, ConnectionError, pyWATS

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
"""A certificate for 127.0.0.1 that vouches for itself, and its key."""
LOCKED_KEY = Path(__file__).with_name("locked_key.pem")
"""The same key, encrypted by `sesame`."""


def by_pywats(base_url: str, **settings: Any) -> str:
    with pyWATS(base_url, TOKEN, retry_enabled=False, **settings) as api:
        return api.version()


def by_asyncwats(base_url: str, **settings: Any) -> str:
    async def ask() -> str:
        async with AsyncWATS(base_url, TOKEN, retry_enabled=False, **settings) as api:
            return await api.version()

    return asyncio.run(ask())


Ask = Callable[..., str]


@pytest.fixture(params=[by_pywats, by_asyncwats], ids=["pyWATS", "AsyncWATS"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Asks a server for something with one face."""
    found: Ask = request.param
    return found


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with `certificate.pem` and `key.pem`, which belong together."""
    certificate, mark, key = SELF_SIGNED.read_text().partition("-----BEGIN PRIVATE KEY-----")
    (tmp_path / "certificate.pem").write_text(certificate)
    (tmp_path / "key.pem").write_text(mark + key)
    return tmp_path


def test_certificate_of_the_company_is_trusted(ask: Ask) -> None:
    with loopback(SELF_SIGNED) as server:
        assert "Version" in ask(server.url, ca_file=SELF_SIGNED)


def test_certificate_of_the_company_is_trusted_from_the_environment(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYWATS_CA_FILE", str(SELF_SIGNED))
    with loopback(SELF_SIGNED) as server:
        assert "Version" in ask(server.url)


def test_certificate_for_another_name_is_refused(ask: Ask) -> None:
    with loopback(SELF_SIGNED) as server, pytest.raises(ConnectionError, match=r"127\.0\.0\.2"):
        ask(server.url.replace("127.0.0.1", "127.0.0.2"), ca_file=SELF_SIGNED)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_client_shows_its_certificate(ask: Ask) -> None:
    with loopback(SELF_SIGNED, asks_for=SELF_SIGNED) as server:
        assert "Version" in ask(server.url, ca_file=SELF_SIGNED, client_cert=SELF_SIGNED)
        assert "Version" in ask(server.url, verify_ssl=False, client_cert=SELF_SIGNED)


def test_client_without_certificate_is_refused(ask: Ask) -> None:
    with loopback(SELF_SIGNED, asks_for=SELF_SIGNED) as server, pytest.raises(ConnectionError):
        ask(server.url, ca_file=SELF_SIGNED)


@pytest.mark.parametrize(
    "key",
    [{"client_key": "key.pem"}, {"client_key": LOCKED_KEY, "client_key_password": "sesame"}],
    ids=["of-its-own", "encrypted"],
)
def test_key_may_be_in_another_file(ask: Ask, files: Path, key: dict[str, Any]) -> None:
    key["client_key"] = files / key["client_key"]
    with loopback(SELF_SIGNED, asks_for=SELF_SIGNED) as server:
        assert "Version" in ask(server.url, ca_file=SELF_SIGNED, client_cert=files / "certificate.pem", **key)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ca_file": "nothing.pem"}, "ca_file is '.*nothing.pem', which cannot be read: No such file"),
        ({"ca_file": "key.pem"}, "ca_file is '.*key.pem'; it must hold certificates in PEM form"),
        ({"client_key": "key.pem"}, "client_key needs client_cert"),
        ({"client_cert": "nothing.pem"}, "client_cert is '.*nothing.pem', which is no file"),
        ({"client_cert": "certificate.pem"}, "must hold a certificate and its key in PEM form"),
        ({"client_cert": "certificate.pem", "client_key": "nothing.pem"}, "client_key is '.*', which is no file"),
        ({"client_cert": "certificate.pem", "client_key": LOCKED_KEY}, "client_key_password must open the key"),
    ],
    ids=str,
)
def test_files_that_cannot_be_right_are_told_when_the_client_is_made(
    files: Path, settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        pyWATS("https://wats.test", TOKEN, **{name: files / value for name, value in settings.items()})
