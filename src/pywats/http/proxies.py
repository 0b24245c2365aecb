"""The proxy that the environment names for a server: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def proxy_for(base_url: str) -> str | None:
    """
    The proxy by which requests to *base_url* go; None for the straight way, which this machine itself always gets.

    Beside the environment, Windows and macOS are asked for the proxy that their user set.

    Raises:
        ValueError: It is none that speaks HTTP.
    """
    # Told late: importing it takes some milliseconds, and only a client that is made needs it.
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    host = parts.hostname or ""
    known = getproxies()
    proxy = known.get(parts.scheme) or known.get("all")
    if not proxy or _is_this_machine(host) or proxy_bypass(host):
        return None
    return _http_proxy(proxy if "://" in proxy else f"http://{proxy}")


def without_password(proxy: str) -> str:
    """The address of a *proxy* as it may be shown."""
    parts = urlsplit(proxy)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _http_proxy(proxy: str) -> str:
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise ValueError(f"The proxy of the environment is {without_password(proxy)!r}; only HTTP proxies can be used")
    return proxy


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
