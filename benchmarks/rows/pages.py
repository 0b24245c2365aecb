"""Pages, as one person at a browser waits for them: Today, the list by every filter and sort, and an asset."""

import http.cookiejar
import re
import urllib.request
from collections import defaultdict
from functools import partial
from urllib.parse import parse_qs, unquote_plus, urlencode, urljoin

from benchmarks.asset_lists import FILTERS, addresses
from benchmarks.bench import Bench, Site, fault, numbers
from benchmarks.load import Load
from benchmarks.report import Figure, at_most
from benchmarks.seeds.factory import asset_id

_MEDIAN, _P99, _WEIGHT = at_most(50, "ms"), at_most(200, "ms"), at_most(150, "kB")
_ASSETS = 300
# There are hundreds of lists.
_SHORTER = 16


def pages(bench: Bench) -> list[Figure]:
    """How long half of the pages, and all but one in a hundred, take; and what they weigh."""
    visitor = _Visitor(bench)
    assets = [f"/assets/{asset_id(number)}" for number in bench.largest.drawn(_ASSETS)]
    return [
        *visitor.figures("Today", ["/"]),
        *visitor.figures("Today: due by week", ["/today/weeks"]),
        *visitor.figures("Today: states by location", ["/today/locations"]),
        *visitor.figures("an asset", assets),
        *(figure for group, addresses in _lists().items() for figure in visitor.slowest(group, addresses)),
    ]


class _Visitor:
    """Somebody who is signed in, and looks at one page after the other."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._site: Site = bench.largest
        self._url = "http://{}:{}".format(*self._site.server.address)
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._sign_in(self._site.server.token)

    def _sign_in(self, token: str) -> None:
        page = self._read("/sign-in").decode()
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        sent = urlencode({**form, "token": token, "next": "/me"}).encode()
        self._browser.open(urljoin(self._url, "/sign-in"), sent).close()

    def figures(self, what: str, addresses: list[str]) -> list[Figure]:
        """Return rows for pages of one kind, whose address is each time the next one of *addresses*."""
        return self._rows(what, addresses[0], self._measured(addresses, self._bench.seconds))

    def slowest(self, group: str, addresses: list[str]) -> list[Figure]:
        """Return rows for the slowest of the lists of a group, each measured alone."""
        seconds = self._bench.seconds / _SHORTER
        loads = {address: self._measured([address], seconds) for address in addresses}
        address = max(loads, key=lambda one: (loads[one].errors, loads[one].p50_ms))
        what = f"Assets, {group}: the slowest of {len(loads)}, by {parse_qs(address)['sort'][0]}"
        return self._rows(what, address, loads[address])

    def _rows(self, what: str, address: str, load: Load) -> list[Figure]:
        weight = self._weight(address) / 1000
        cpu = f"{load.p50_ms:.0f} ms, {load.server_cpu_us / 1000:.1f} ms CPU each"
        row = partial(Figure, self._bench.database, details=numbers(load), fault=fault(load))
        return [
            row(f"page {what}", cpu, value=load.p50_ms, goal=_MEDIAN),
            row(f"page {what}: p99", f"{load.p99_ms:.0f} ms", value=load.p99_ms, goal=_P99),
            row(f"page {what}: weight", f"{weight:.0f} kB", value=weight, goal=_WEIGHT),
        ]

    def _measured(self, addresses: list[str], seconds: float) -> Load:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        head = f"Host: localhost\r\nAccept: text/html\r\nCookie: {cookies}\r\n\r\n"
        asked = [f"GET {address} HTTP/1.1\r\n{head}".encode() for address in addresses]
        return self._bench.load(self._site, asked, connections=1, seconds=seconds, warm_up=seconds / 4)

    def _weight(self, address: str) -> int:
        """Return the bytes of a page with its styles and scripts, as they come over the wire."""
        page = self._read(address)
        parts = re.findall(r'<(?:link rel="stylesheet"|script)[^>]* (?:href|src)="([^"]+)"', page.decode())
        return sum(len(self._read(part, packed=True)) for part in (address, *parts))

    def _read(self, address: str, *, packed: bool = False) -> bytes:
        asked = urllib.request.Request(urljoin(self._url, address))  # noqa: S310 - an address of the server
        if packed:
            asked.add_header("Accept-Encoding", "gzip")
        with self._browser.open(asked) as answer:
            content: bytes = answer.read()
            return content


def _lists() -> dict[str, list[str]]:
    """Return the addresses of all lists: by filter in every order, and all with several filters."""
    groups = defaultdict(list)
    for address in addresses():
        filters = address.partition("?")[2].rpartition("&")[0]
        groups[unquote_plus(filters) or "no filter" if filters in FILTERS else "several filters"].append(address)
    return groups
