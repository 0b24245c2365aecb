"""Where the server is, who is calling, and how patiently: the settings of a client, checked once when it is made."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from urllib.parse import urlsplit

BASE_URL_VARIABLE = "PYWATS_BASE_URL"
TOKEN_VARIABLE = "PYWATS_TOKEN"  # noqa: S105 - the name of a variable, not a token


@dataclass(frozen=True, slots=True)
class RetryConfig:
    """
    How often and how patiently a failed request is sent again. Only requests that do the same when sent twice are.

    Attributes:
        enabled: False sends everything once.
        max_attempts: How often one request is sent at most, the first time included.
        base_delay: Seconds before the second attempt.
        max_delay: The longest wait in seconds, also for a server that asks for more.
        exponential_base: Factor by which the wait grows with each attempt.
        jitter: Whether waits are spread by chance, so that stations that failed together do not come back together.
        retry_status_codes: Answers after which another attempt may help.

    Raises:
        ValueError: A number is out of range.
    """

    enabled: bool = True
    max_attempts: int = 3
    base_delay: float = 1.0
    max_delay: float = 30.0
    exponential_base: float = 2.0
    jitter: bool = True
    retry_status_codes: frozenset[int] = frozenset({429, 502, 503, 504})

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts is {self.max_attempts!r}; it must be at least 1, the first attempt")
        _check_seconds("base_delay", self.base_delay)
        _check_seconds("max_delay", self.max_delay)
        if not (isfinite(self.exponential_base) and self.exponential_base >= 1):
            raise ValueError(f"exponential_base is {self.exponential_base!r}; it must be at least 1")
        object.__setattr__(self, "retry_status_codes", frozenset(self.retry_status_codes))
        if wrong := sorted(code for code in self.retry_status_codes if not 400 <= code <= 599):
            raise ValueError(f"retry_status_codes holds {wrong!r}; only failures, 400 to 599, can be repeated")


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Settings of one client. The token stays out of every text made from them."""

    base_url: str
    token: str = field(repr=False)
    timeout: float
    verify_ssl: bool
    retry: RetryConfig


def client_config(
    base_url: str | None,
    token: str | None,
    *,
    timeout: float,
    verify_ssl: bool,
    retry_config: RetryConfig | None,
    retry_enabled: bool,
    environment: Mapping[str, str] = os.environ,
) -> ClientConfig:
    """
    Settings from arguments, with the environment standing in for a missing address or token.

    Raises:
        ValueError: One is missing in both places, or cannot be right.
    """
    if not (isfinite(timeout) and timeout > 0):
        raise ValueError(f"timeout is {timeout!r}; it must be a number of seconds above 0")
    retry = retry_config or RetryConfig()
    return ClientConfig(
        base_url=normal_base_url(_given("base_url", base_url, BASE_URL_VARIABLE, environment)),
        token=_checked_token(_given("token", token, TOKEN_VARIABLE, environment)),
        timeout=timeout,
        verify_ssl=verify_ssl,
        retry=retry if retry_enabled else replace(retry, enabled=False),
    )


def normal_base_url(text: str) -> str:
    """
    The address before `/api`, without a slash at its end: `https://wats.example.com/`, and the same with `/api`, is `https://wats.example.com`.

    Raises:
        ValueError: It is no http or https address, or holds a user name, a query or a fragment.
    """
    parts = urlsplit(text.strip())
    # The message must not quote the address: what stands before the @ may be a password.
    if "@" in parts.netloc:
        raise ValueError("base_url holds a user name; give the address alone, and the token as token")
    if parts.scheme not in ("http", "https") or not _has_host(text) or not re.fullmatch(r"[!-~]+", text.strip()):
        raise ValueError(f"base_url is {text!r}; it must look like https://wats.example.com")
    if parts.query or parts.fragment:
        raise ValueError(f"base_url is {text!r}; it must end before the '?' or '#'")
    path = parts.path.rstrip("/")
    if path.lower().endswith("/api"):
        path = path[: -len("/api")].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _has_host(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _given(name: str, value: str | None, variable: str, environment: Mapping[str, str]) -> str:
    found = value or environment.get(variable)
    if not found:
        raise ValueError(f"No {name}: pass {name}=... or set the environment variable {variable}")
    return found


def _checked_token(token: str) -> str:
    token = token.strip()
    # A line break would end the header and start another one. The message must not quote the token.
    if not (token and token.isascii() and token.isprintable()):
        raise ValueError("token holds characters that no token has; pass it exactly as the server printed it")
    return token


def _check_seconds(name: str, value: float) -> None:
    if not (isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value!r}; it must be a number of seconds, 0 or more")
