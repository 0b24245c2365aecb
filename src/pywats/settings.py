"""
The settings of a client: from arguments, else from the environment, else from a file.

The file describes one server. Who names another by argument or variable gets nothing from it, so that no server is
ever shown the token of another one.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pywats.config import ClientConfig, RetryConfig, checked_token, normal_base_url, variable
from pywats.http.report import OnRequest
from pywats.settings_file import PROFILE_VARIABLE, Table, read_settings_file, settings_path

if TYPE_CHECKING:
    import ssl

_YES_OR_NO = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Known:
    """
    A setting that there is.

    Attributes:
        read: Makes its value of what was told, a text or a value of Python, or raises `ValueError`.
        help: What it says, in one line.
        default: What holds when nothing is told; None is nothing.
        secret: Whether its value is never shown.
    """

    name: str
    read: Callable[[Any], Any]
    help: str
    default: Any = None
    secret: bool = False

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return variable(self.name)


@dataclass(frozen=True, slots=True)
class Found:
    """A value as it was told, and where: `argument`, `variable PYWATS_TOKEN`, or a file and a key."""

    value: Any = field(repr=False)
    origin: str


def _base_url(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"base_url is {value!r}; it must look like https://wats.example.com")
    return normal_base_url(value)


def _seconds(value: Any) -> float:
    # True is a number to Python.
    seconds = None
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        with suppress(ValueError):
            seconds = float(value)
    if seconds is None or not (isfinite(seconds) and seconds > 0):
        raise ValueError(f"timeout is {value!r}; it must be a number of seconds above 0")
    return seconds


def _yes_or_no(value: Any) -> bool:
    found = value if isinstance(value, bool) else _YES_OR_NO.get(str(value).strip().lower())
    if found is None:
        raise ValueError(f"verify_ssl is {value!r}; it must be true or false")
    return found


def _path(name: str) -> Callable[[Any], Path]:
    def read(value: Any) -> Path:
        if not isinstance(value, str | os.PathLike):
            raise ValueError(f"{name} is {value!r}; it must be the path of a file")
        return Path(value).expanduser()

    return read


SETTINGS = (
    Known("base_url", _base_url, "Address of the server, with or without `/api`."),
    Known("token", checked_token, "As the server printed it, base64 of `name:secret`.", secret=True),
    Known("timeout", _seconds, "The longest silence in seconds, while connecting and while waiting.", 30.0),
    Known("verify_ssl", _yes_or_no, "Whether the server's certificate is checked.", True),
    Known("ca_file", _path("ca_file"), "Certificates (PEM) to trust beside those that the system trusts."),
    Known("client_cert", _path("client_cert"), "The client's own certificate (PEM), for servers that ask for one."),
    Known("client_key", _path("client_key"), "The key of `client_cert`, when it is in a file of its own."),
    Known("client_key_password", str, "What opens the key, when it is encrypted.", secret=True),
    Known("outbox", _path("outbox"), "The file that keeps records while the server cannot be reached."),
)
_BY_NAME = {known.name: known for known in SETTINGS}
_SECRETS = {known.name for known in SETTINGS if known.secret}


def client_config(
    *,
    retry_config: RetryConfig | None = None,
    retry_enabled: bool = True,
    on_request: OnRequest | None = None,
    profile: str | None = None,
    environment: Mapping[str, str] = os.environ,
    **arguments: Any,
) -> ClientConfig:
    """
    All settings of a client.

    Args:
        profile: The table of the settings file to look in; the variable PYWATS_PROFILE stands in for it.
        arguments: Settings by their names; None and an empty text are not told.

    Raises:
        ValueError: One is missing everywhere, or cannot be right; the message tells where it was found.
    """
    told = find_settings(arguments, environment, profile)
    values = {known.name: known.default for known in SETTINGS} | {name: _read(name, at) for name, at in told.items()}
    for name in ("base_url", "token"):
        if not values[name]:
            raise ValueError(_missing(name, environment))
    retry = retry_config or RetryConfig()
    return ClientConfig(
        **{name: values[name] for name in ("base_url", "token", "timeout", "verify_ssl", "outbox")},
        retry=retry if retry_enabled else replace(retry, enabled=False),
        ssl_context=_ssl_context(values, told),
        proxy=_proxy(values["base_url"]),
        on_request=on_request,
    )


def find_settings(
    arguments: Mapping[str, Any], environment: Mapping[str, str], profile: str | None = None
) -> dict[str, Found]:
    """
    What is told, and where, each setting from the nearest place.

    Raises:
        ValueError: The settings file cannot be used.
    """
    near = {
        known.name: Found(environment[known.variable], f"variable {known.variable}")
        for known in SETTINGS
        if environment.get(known.variable)
    }
    near |= {name: Found(value, "argument") for name, value in arguments.items() if value not in (None, "")}
    table = read_settings_file(environment, profile or environment.get(PROFILE_VARIABLE) or None, _SECRETS)
    file = {} if table is None else _found_in(table)
    return near if _is_of_another_server(file, near) else file | near


def _found_in(table: Table) -> dict[str, Found]:
    if unknown := [name for name in table.values if name not in _BY_NAME]:
        raise ValueError(f"{table.origin(unknown[0])} is no setting; there are {', '.join(_BY_NAME)}")
    return {name: Found(_beside(table.path, name, value), table.origin(name)) for name, value in table.values.items()}


def _beside(path: Path, name: str, value: Any) -> Any:
    """A path in a settings file starts where the file is."""
    is_path = isinstance(value, str) and name in ("ca_file", "client_cert", "client_key", "outbox")
    return path.absolute().parent / Path(value).expanduser() if is_path else value


def _is_of_another_server(file: Mapping[str, Found], near: Mapping[str, Found]) -> bool:
    if "base_url" not in file or "base_url" not in near:
        return False
    return bool(_read("base_url", file["base_url"]) != _read("base_url", near["base_url"]))


def _read(name: str, found: Found) -> Any:
    """The value of a setting; an error tells where it was found."""
    return _told_where(found, lambda: _BY_NAME[name].read(found.value))


def _told_where(found: Found, check: Callable[[], Any]) -> Any:
    try:
        return check()
    except ValueError as error:
        if found.origin == "argument":
            raise
        raise ValueError(f"{error} ({found.origin})") from error


def _ssl_context(values: Mapping[str, Any], told: Mapping[str, Found]) -> "ssl.SSLContext | None":
    if "client_key" in told and "client_cert" not in told:
        raise ValueError("client_key needs client_cert, the certificate to which it belongs")
    if not ("ca_file" in told or "client_cert" in told):
        return None
    # Told late: most clients need no rules of their own, and importing ssl takes some milliseconds.
    from pywats import tls

    made = tls.context(verify_ssl=values["verify_ssl"])
    if "ca_file" in told:
        _told_where(told["ca_file"], lambda: tls.trust(made, values["ca_file"]))
    if "client_cert" in told:
        names = ("client_cert", "client_key", "client_key_password")
        _told_where(told["client_cert"], lambda: tls.identify(made, *(values[name] for name in names)))
    return made


def _proxy(base_url: str) -> str | None:
    from pywats.http.proxies import proxy_for

    return proxy_for(base_url)


def _missing(name: str, environment: Mapping[str, str]) -> str:
    path = settings_path(environment)
    file = f", or put it into {path}" if path else ""
    return f"No {name}: pass {name}=... or set the environment variable {variable(name)}{file}"
