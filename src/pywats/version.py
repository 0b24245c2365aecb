"""The version of the installed distribution; `pyproject.toml` is its one home."""

from importlib.metadata import version

__version__ = version("pywats-assets")
