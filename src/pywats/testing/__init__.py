"""
A real server for the tests of programs that use `pywats`; needs `pip install 'pywats-assets[server]'`.

    from pywats.testing import throw_away_server

    with throw_away_server() as server, server.client() as api:
        ...

With pytest, the fixtures `wats_server`, `wats` and `wats_clock` do the same without an import.
"""

from pywats.testing.clock import ManualClock

try:
    from pywats.testing.server import ThrowAwayServer, throw_away_server
except ModuleNotFoundError as missing:
    raise ImportError(
        f"pywats.testing runs a real server, which needs {missing.name}: pip install 'pywats-assets[server]'"
    ) from missing

__all__ = ["ManualClock", "ThrowAwayServer", "throw_away_server"]
