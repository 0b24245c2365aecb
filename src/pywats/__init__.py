"""
A client for servers that speak the WATS asset API.

    from pywats import pyWATS

    api = pyWATS(base_url="https://wats.example.com", token="...")
    for asset in api.asset.get_assets_in_alarm():
        print(asset.serial_number, asset.location)
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pywats.public import *  # noqa: F403 - the one list of names is there
else:
    # Importing a part, as the command line, pytest and the server do, must not cost what the whole client does.
    def __getattr__(name: str) -> Any:
        public = import_module("pywats.public")
        if name != "__all__" and name not in getattr(public, "__all__", ()):
            raise AttributeError(f"module 'pywats' has no attribute {name!r}", name=name)
        return getattr(public, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module("pywats.public").__all__})


logging.getLogger("pywats").addHandler(logging.NullHandler())
