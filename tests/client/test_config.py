"""The settings of a client: what is accepted, and that the token stays secret."""

from typing import Any

import pytest

from client.fakes import TOKEN
from pywats import AsyncWATS, RetryConfig, pyWATS
from pywats.config import ClientConfig, normal_base_url
from pywats.settings import client_config


def configured(base_url: str = "http://a", token: str = TOKEN, **changes: Any) -> ClientConfig:
    """Settings from these arguments alone."""
    return client_config(base_url=base_url, token=token, environment={"PYWATS_CONFIG": ""}, **changes)


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://wats.example.com", "https://wats.example.com"),
        ("https://wats.example.com/", "https://wats.example.com"),
        ("https://wats.example.com/api", "https://wats.example.com"),
        ("https://wats.example.com/api/", "https://wats.example.com"),
        (" https://wats.example.com/API// ", "https://wats.example.com"),
        ("http://10.0.0.7:8470", "http://10.0.0.7:8470"),
        ("http://[::1]:8470/api", "http://[::1]:8470"),
        ("https://example.com/wats/api", "https://example.com/wats"),
        ("https://example.com/myapi", "https://example.com/myapi"),
        ("HTTPS://example.com", "https://example.com"),
    ],
)
def test_base_url_is_the_same_however_it_ends(given: str, normal: str) -> None:
    assert normal_base_url(given) == normal
    assert normal_base_url(normal) == normal


@pytest.mark.parametrize(
    "wrong",
    [
        "wats.example.com",
        "ftp://wats.example.com",
        "https://",
        "https:///api",
        "https://a b",
        "https://a:port",
        "https://a:99999",
        "https://a:0",
        "http://[::1",
        "https://a/?x=1",
        "https://a/#x",
        "https://a/ü",
    ],
)
def test_base_url_that_cannot_be_right_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|URL|url"):
        normal_base_url(wrong)


def test_password_in_base_url_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="user name") as caught:
        normal_base_url("https://admin:hunter2@wats.example.com")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\nb", "tökén", " ", "\x00"])
def test_token_that_would_break_the_header_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        configured(token=token)
    assert token.strip() == "" or token not in str(caught.value)


def test_token_is_not_shown_by_settings_or_clients() -> None:
    assert TOKEN not in repr(configured())
    assert TOKEN not in repr(pyWATS("http://a", TOKEN)) + repr(AsyncWATS("http://a", TOKEN))


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_timeout_must_be_a_positive_number(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        configured(timeout=timeout)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_attempts": 0},
        {"base_delay": -1},
        {"base_delay": float("nan")},
        {"max_delay": float("inf")},
        {"exponential_base": 0.5},
        {"retry_status_codes": {200, 503}},
    ],
    ids=str,
)
def test_retry_setting_out_of_range_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RetryConfig(**wrong)


def test_retry_codes_may_be_any_collection() -> None:
    assert RetryConfig(retry_status_codes=[503]).retry_status_codes == frozenset({503})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("retry_config", "retry_enabled", "enabled"),
    [
        (None, True, True),
        (None, False, False),
        (RetryConfig(), False, False),
        (RetryConfig(enabled=False), True, False),
    ],
)
def test_either_switch_turns_repeating_off(
    retry_config: RetryConfig | None, retry_enabled: bool, enabled: bool
) -> None:
    assert configured(retry_config=retry_config, retry_enabled=retry_enabled).retry.enabled is enabled
