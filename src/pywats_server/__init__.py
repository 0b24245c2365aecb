"""The server: an asset manager for test equipment that speaks the WATS asset API."""

from importlib.metadata import version

__version__ = version("pywats-assets")
