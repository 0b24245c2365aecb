"""
Makes calls with the published client, in whose environment it runs; it needs nothing else.

The first line of its input is the face to use and the settings of the client. Each further line is a call as a Python
expression, with the values of its names; it is answered by a line of JSON: what was returned, or the name of the error.
"""

import asyncio
import inspect
import json
import sys
from datetime import datetime
from typing import Any

import pywats
from pywats.domains.asset import Asset, AssetState, AsyncAssetService


def calls() -> dict[str, list[str]]:
    """Return the asset calls of the client, each with the names of its arguments."""
    found = inspect.getmembers(AsyncAssetService, inspect.isfunction)
    return {name: list(inspect.signature(call).parameters) for name, call in found if name[0] != "_"}


def plain(value: Any) -> Any:
    """Return what JSON makes of a value that it does not know."""
    return value.decode("latin-1") if isinstance(value, bytes) else value.model_dump(mode="json")


def main() -> None:
    """Make the calls that standard input asks for, until it ends."""
    face, settings = json.loads(sys.stdin.readline())
    pywats.configure_throttling(enabled=False)
    assets = getattr(pywats, face)(enable_cache=False, **settings).asset
    known = {"pywats": pywats, "assets": assets, "calls": calls, "datetime": datetime}
    known |= {"Asset": Asset, "AssetState": AssetState}
    with asyncio.Runner() as runner:

        async def awaited(outcome: Any) -> Any:
            return await outcome

        for line in sys.stdin:
            expression, values = json.loads(line)
            try:
                outcome = eval(expression, known | values)
                told = {"returned": runner.run(awaited(outcome)) if inspect.iscoroutine(outcome) else outcome}
            except Exception as error:  # noqa: BLE001 - whatever the client raises is what is asked for
                told = {"raised": type(error).__name__, "message": str(error)}
            print(json.dumps(told, default=plain), flush=True)


if __name__ == "__main__":
    main()
