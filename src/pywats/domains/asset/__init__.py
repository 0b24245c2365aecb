"""Test equipment: its models, its enums, and the service and repository behind `api.asset`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pywats.domains.asset.public import *  # noqa: F403 - the one list of names is there
else:
    # The server and the command line want the enums alone, which import nothing.
    def __getattr__(name: str) -> Any:
        # Names in lower case are modules of this folder, which the import finds by itself.
        if name == "__all__" or name[0].isupper():
            return getattr(import_module("pywats.domains.asset.public"), name)
        raise AttributeError(f"module 'pywats.domains.asset' has no attribute {name!r}", name=name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module("pywats.domains.asset.public").__all__})
