"""Prints the computing time that the largest filters take to be read and turned into SQL, or to be refused."""

import time
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from pywats_server.errors import InvalidQuery
from pywats_server.odata import compile_filter, parse_filter
from pywats_server.store.documents import ASSET
from pywats_server.store.tables import asset

TAKEN = {
    "500 conditions with or": " or ".join(f"totalCount eq {number}" for number in range(500)),
    "500 conditions on what may be null": " or ".join(f"location ne '{number}'" for number in range(500)),
    "1000 values": f"totalCount in ({','.join(map(str, range(1000)))})",
    "64 parentheses": "(" * 64 + "state eq 1" + ")" * 64,
}
REFUSED = {
    "1000 conditions": " or ".join(["totalCount eq 1"] * 1000),
    "8000 parentheses": "(" * 8000 + "state eq 1" + ")" * 8000,
    "4000 times not": "not " * 4000 + "(state eq 1)",
    "16000 digits": "totalCount eq " + "9" * 16000,
    "8000 arguments": f"contains({','.join(['1'] * 8000)})",
    "an open quote": "serialNumber eq '" + "x" * 16000,
}


def compiled(text: str) -> None:
    """Do what the server does with a filter before the database sees it."""
    statement = select(asset.c.key).where(compile_filter(parse_filter(text), ASSET))
    statement.compile(dialect=sqlite.dialect())


def refused(text: str) -> None:
    """See that a filter is refused."""
    try:
        compiled(text)
    except InvalidQuery:
        return
    raise SystemExit(f"was not refused: {text[:60]}")


def report(name: str, work: Callable[[str], None], text: str) -> None:
    """Print the least computing time of three runs; a text of this size is never kept from one to the next."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        times.append(time.process_time() - start)
    print(f"{name:40} {len(text):6} characters {min(times) * 1000:8.1f} ms")


if __name__ == "__main__":
    for name, text in TAKEN.items():
        report(name, compiled, text)
    for name, text in REFUSED.items():
        report(f"refused: {name}", refused, text)
