"""A name and its value, as tags are made of."""

from pywats.shared.model import WireModel


class Setting(WireModel):
    """One tag: `key` is its name, `value` its text."""

    key: str
    value: str | None = None
