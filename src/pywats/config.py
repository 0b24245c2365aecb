"""Where the server is, who is calling, and how patiently: what a client holds, and what each of it must be."""

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pywats.http.report import OnRequest

if TYPE_CHECKING:
    import ssl

PREFIX = "PYWATS_"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


BASE_URL_VARIABLE = variable("base_url")
TOKEN_VARIABLE = variable("token")


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
    """
    Settings of one client. The token stays out of every text made from them.

    Attributes:
        ssl_context: Whom to trust and how to show oneself, when files say so; else the transport's own rules hold.
        proxy: The address by which requests go, which may hold a password.
        outbox: The file that keeps what the server could not be told; None keeps nothing.
        on_request: Is told how each call went.
    """

    base_url: str
    token: str = field(repr=False)
    timeout: float
    verify_ssl: bool
    retry: RetryConfig
    ssl_context: "ssl.SSLContext | None" = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    outbox: Path | None = None
    on_request: OnRequest | None = field(default=None, repr=False)


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


def checked_token(token: Any) -> str:
    """
    A *token* that can travel in a header.

    Raises:
        ValueError: It holds what no token does.
    """
    # A line break would end the header and start another one. The message must not quote the token.
    text = token.strip() if isinstance(token, str) else ""
    if not (text and text.isascii() and text.isprintable()):
        raise ValueError("token holds characters that no token has; pass it exactly as the server printed it")
    return text


def _check_seconds(name: str, value: float) -> None:
    if not (isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value!r}; it must be a number of seconds, 0 or more")
