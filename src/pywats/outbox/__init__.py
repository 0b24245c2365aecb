"""The outbox: what was said while the server could not be reached, kept in a file until it is delivered."""

from pywats.outbox.entries import Entry, Flushed, State

__all__ = ["Entry", "Flushed", "State"]
