"""
May an entry be sent, and what becomes of it after an answer or a fault. Pure functions: the clock is passed in.

What may have reached the server before is sent again only where that cannot count twice.
"""

import binascii
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256

from pywats.http.retry import AWAY
from pywats.outbox.entries import Attempt, Entry, State

MARGIN = 3600.0
"""Seconds before the end of a key's life from which we no longer rely on it: clocks are wrong, and answers late."""

MOST_FAILURES = 5
"""Failures of the server itself (500) after which an entry no longer holds up those behind it."""

UNKNOWN = "The server may have carried it out already, and cannot tell: look, then retry or discard it"

_TURNED_AWAY = frozenset({401, 407, 421, 425, 429})
_AWAY = AWAY | {408}


def owner(token: str) -> str:
    """The name in a *token*, which is base64 of `name:secret`; for any other a print that does not give it away."""
    try:
        name, colon, _ = b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = name = ""
    return name if colon else sha256(token.encode()).hexdigest()[:16]


def may_send(entry: Entry, lifetime: float | None, attempt: Attempt) -> bool:
    """
    Whether sending *entry* cannot count twice.

    Args:
        lifetime: Seconds for which the server remembers keys; None when it does not.
        attempt: What would be the first, if the entry never left.
    """
    if entry.attempted is None or entry.repeatable:
        return True
    if lifetime is None or entry.attempted.by != attempt.by:
        return False
    return -MARGIN < attempt.at - entry.attempted.at < lifetime - MARGIN


def doubtful(entry: Entry) -> Entry:
    """The *entry* set aside, because it may not be sent; with what came of it before, if that is known."""
    error = UNKNOWN if entry.error is None else f"{entry.error}. {UNKNOWN}"
    return replace(entry, state=State.UNCERTAIN, error=error)


def after_fault(entry: Entry, why: str, attempt: Attempt, *, may_have_arrived: bool) -> Entry:
    """The *entry*, still waiting, after an *attempt* that brought no answer."""
    attempted = entry.attempted or (attempt if may_have_arrived else None)
    return replace(entry, attempted=attempted, attempts=entry.attempts + 1, error=why)


def after_answer(entry: Entry, status: int, words: str, attempt: Attempt) -> Entry | None:
    """
    None once the server has carried it out; else the *entry* as it is now, waiting or refused.

    A wrong token (401) or address (3xx) is wrong for all entries alike, and no reason to set aside any.
    """
    if 200 <= status < 300:
        return None
    if status in _TURNED_AWAY or 300 <= status < 400:
        return after_fault(entry, words, attempt, may_have_arrived=False)
    if status in _AWAY or (status >= 500 and entry.attempts + 1 < MOST_FAILURES):
        return after_fault(entry, words, attempt, may_have_arrived=True)
    return replace(entry, state=State.REFUSED, attempts=entry.attempts + 1, error=words)
