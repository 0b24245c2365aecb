"""Where settings come from, which place wins, and what is told when one cannot be right."""

import asyncio
import inspect
import os
from pathlib import Path
from typing import Any

import pytest

from client.fakes import TOKEN
from pywats import AsyncWATS, pyWATS
from pywats.config import ClientConfig
from pywats.settings import SETTINGS, client_config, find_settings
from pywats.settings_file import settings_path

OTHER_TOKEN = "b3RoZXI6c2VjcmV0"
FILE = f"""
base_url = "https://wats.example.com/api/"
token = "{TOKEN}"
timeout = 5

[profiles.lab]
base_url = "https://lab.example.com"
token = "{OTHER_TOKEN}"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that only its owner can read."""
    return written(tmp_path / "config.toml", FILE)


def written(path: Path, content: str, mode: int = 0o600) -> Path:
    path.write_text(content, "utf-8")
    path.chmod(mode)
    return path


def configured(file: Path | str = "", environment: dict[str, str] | None = None, **arguments: Any) -> ClientConfig:
    """Settings from this file, environment and arguments."""
    return client_config(environment={"PYWATS_CONFIG": str(file), **(environment or {})}, **arguments)


def test_argument_wins_over_environment_and_environment_over_file(file: Path) -> None:
    assert configured(file).timeout == 5
    assert configured(file, {"PYWATS_TIMEOUT": "6"}).timeout == 6
    assert configured(file, {"PYWATS_TIMEOUT": "6"}, timeout=7).timeout == 7


def test_file_alone_is_enough(file: Path) -> None:
    config = configured(file)
    assert (config.base_url, config.token) == ("https://wats.example.com", TOKEN)
    assert (config.verify_ssl, config.ssl_context, config.outbox) == (True, None, None)


def test_empty_variable_is_as_good_as_none(file: Path) -> None:
    assert configured(file, {"PYWATS_TIMEOUT": "", "PYWATS_PROFILE": ""}).timeout == 5


@pytest.mark.parametrize("told", [{"profile": "lab"}, {"environment": {"PYWATS_PROFILE": "lab"}}])
def test_profile_takes_nothing_from_the_top_of_the_file(file: Path, told: dict[str, Any]) -> None:
    config = configured(file, **told)
    assert (config.base_url, config.token, config.timeout) == ("https://lab.example.com", OTHER_TOKEN, 30)


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [
        ({"PYWATS_BASE_URL": "https://other.example.com"}, {}),
        ({}, {"base_url": "https://other.example.com"}),
        ({}, {"base_url": "http://wats.example.com"}),
    ],
)
def test_token_in_the_file_is_not_shown_to_another_server(
    file: Path, environment: dict[str, str], arguments: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="No token"):
        configured(file, environment, **arguments)


def test_file_holds_for_its_own_server_however_it_is_written(file: Path) -> None:
    assert configured(file, base_url="https://wats.example.com").token == TOKEN


def test_clients_read_the_environment_when_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYWATS_BASE_URL", "https://c/")
    monkeypatch.setenv("PYWATS_TOKEN", TOKEN)
    for face in (pyWATS, AsyncWATS):
        assert repr(face()) == f"{face.__name__}(base_url='https://c')"
    monkeypatch.delenv("PYWATS_TOKEN")
    with pytest.raises(ValueError, match=r"pass token=\.\.\. or set the environment variable PYWATS_TOKEN"):
        pyWATS()


def test_missing_setting_is_told_with_every_place_for_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"pass base_url=\.\.\. or set .* PYWATS_BASE_URL, or put it into .*config"):
        configured(written(tmp_path / "config.toml", ""))


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PYWATS_BASE_URL", "wats", "base_url is 'wats'; it must look like https://wats.example.com"),
        ("PYWATS_TIMEOUT", "soon", "timeout is 'soon'; it must be a number of seconds above 0"),
        ("PYWATS_TIMEOUT", "-1", "timeout is '-1'; it must be a number of seconds above 0"),
        ("PYWATS_VERIFY_SSL", "maybe", "verify_ssl is 'maybe'; it must be true or false"),
        ("PYWATS_CA_FILE", "missing.pem", "ca_file is 'missing.pem', which cannot be read: No such file or directory"),
        ("PYWATS_CLIENT_CERT", "missing.pem", "client_cert is 'missing.pem', which is no file"),
    ],
)
def test_wrong_variable_is_told_by_its_name(variable: str, value: str, told: str) -> None:
    environment = {"PYWATS_BASE_URL": "http://a", "PYWATS_TOKEN": TOKEN, variable: value}
    with pytest.raises(ValueError, match=r".") as caught:
        configured(environment=environment)
    assert str(caught.value) == f"{told} (variable {variable})"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("timeout = true", "timeout is True; it must be a number of seconds above 0 ({file}: timeout)"),
        ("verify_ssl = 2", "verify_ssl is 2; it must be true or false ({file}: verify_ssl)"),
        ("ca_file = 7", "ca_file is 7; it must be the path of a file ({file}: ca_file)"),
        ("base_url = 7", "base_url is 7; it must look like https://wats.example.com ({file}: base_url)"),
        ("timeuot = 7", "{file}: timeuot is no setting; there are base_url, token, timeout"),
        ("timeout 7", "The settings file '{file}' is no TOML: Expected '=' after a key"),
        ("token = 7", "token holds characters that no token has"),
    ],
)
def test_wrong_line_in_the_file_is_told_by_its_place(tmp_path: Path, line: str, told: str) -> None:
    file = written(tmp_path / "config.toml", line)
    with pytest.raises(ValueError, match=r".") as caught:
        configured(file, {"PYWATS_BASE_URL": "http://a"} if "base_url" not in line else None, token=None)
    assert str(caught.value).startswith(told.format(file=file))


@pytest.mark.parametrize("value", ["0", "false", "No", " OFF "])
def test_certificates_are_not_checked_when_the_environment_says_so(value: str) -> None:
    assert not configured(environment={"PYWATS_VERIFY_SSL": value}, base_url="http://a", token=TOKEN).verify_ssl


def test_file_that_a_variable_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        configured(tmp_path / "missing.toml")


def test_profile_that_is_not_there_is_told_with_those_that_are(file: Path) -> None:
    with pytest.raises(ValueError, match=r"profile is 'line 3'; .*config.toml knows 'lab'"):
        configured(file, profile="line 3")
    with pytest.raises(ValueError, match="there is no settings file"):
        configured("", profile="lab")


@pytest.mark.parametrize(
    ("platform", "environment", "path"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/pywats/config.toml"),
        ("linux", {}, "~/.config/pywats/config.toml"),
        ("darwin", {}, "~/Library/Application Support/pywats/config.toml"),
        ("win32", {"APPDATA": "/Roaming"}, "/Roaming/pywats/config.toml"),
        ("win32", {}, "~/AppData/Roaming/pywats/config.toml"),
        ("linux", {"PYWATS_CONFIG": "~/line.toml"}, "~/line.toml"),
    ],
)
def test_settings_file_is_where_the_system_keeps_them(platform: str, environment: dict[str, str], path: str) -> None:
    assert settings_path(environment, platform) == Path(path).expanduser()


def test_user_without_settings_file_needs_none(tmp_path: Path) -> None:
    found = find_settings({"token": TOKEN}, {"XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path)})
    assert [(name, at.origin) for name, at in found.items()] == [("token", "argument")]


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps others out by the folder")
def test_file_with_a_token_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    open_file = written(tmp_path / "open.toml", FILE, 0o644)
    with pytest.raises(ValueError, match="Everybody on this machine can read the token") as caught:
        configured(open_file)
    assert TOKEN not in str(caught.value)
    assert configured(written(open_file, FILE, 0o640)).token == TOKEN
    without = written(open_file, 'base_url = "http://a"', 0o644)
    assert configured(without, token=TOKEN).base_url == "http://a"


def test_file_from_an_editor_on_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'\xef\xbb\xbfbase_url = "http://a"\r\n')
    assert configured(tmp_path / "config.toml", token=TOKEN).base_url == "http://a"


def test_path_in_the_file_starts_where_the_file_is(tmp_path: Path) -> None:
    file = written(tmp_path / "config.toml", 'outbox = "waiting.sqlite"')
    assert configured(file, base_url="http://a", token=TOKEN).outbox == tmp_path / "waiting.sqlite"
    told = configured(file, base_url="http://a", token=TOKEN, environment={"PYWATS_OUTBOX": "waiting.sqlite"})
    assert told.outbox == Path("waiting.sqlite")


def test_secrets_are_in_no_text_made_from_what_was_found(file: Path) -> None:
    found = find_settings({"client_key_password": "sesame"}, {"PYWATS_CONFIG": str(file)})
    assert found["token"].value == TOKEN
    assert TOKEN not in repr(found)
    assert "sesame" not in repr(found)


def test_every_setting_of_a_client_can_be_told_anywhere() -> None:
    arguments = inspect.signature(pyWATS).parameters
    assert [known.name for known in SETTINGS if known.name not in arguments] == []


@pytest.mark.parametrize("face", [pyWATS, AsyncWATS])
def test_outbox_of_the_environment_is_the_outbox_of_the_client(
    face: type[pyWATS | AsyncWATS], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYWATS_OUTBOX", str(tmp_path / "station.outbox"))
    api = face("http://a", TOKEN)
    assert str(tmp_path / "station.outbox") in repr(api.outbox)
    closed = api.close()
    if inspect.isawaitable(closed):
        asyncio.run(closed)
