"""
What a fault of an HTTP library means for a call.

Each transport holds one table from its library's error classes to these meanings; a test shows that none is missing.
"""

from collections.abc import Mapping
from enum import Enum

from pywats.errors import ConnectionError, TimeoutError, TransportError


class Fault(Enum):
    """A kind of fault: the error that tells of it, whether the request may have arrived, whether it will not pass."""

    NOT_CONNECTED = (ConnectionError, False, False)
    NOT_CONNECTED_IN_TIME = (TimeoutError, False, False)
    REFUSED_TO_CONNECT = (ConnectionError, False, True)
    """The address or the certificate is wrong, so another attempt is of no use."""
    BROKEN = (ConnectionError, True, False)
    NO_ANSWER_IN_TIME = (TimeoutError, True, False)
    GARBLED = (ConnectionError, True, True)
    """An answer came, but it is no proper HTTP."""


def translated(fault: Exception, table: Mapping[type[Exception], Fault], url: str) -> TransportError:
    """Our error for a library's *fault*, by the nearest of its classes that the *table* knows."""
    meaning = next((table[cls] for cls in type(fault).__mro__ if cls in table), Fault.BROKEN)
    error: type[TransportError]
    error, may_have_arrived, permanent = meaning.value
    told = str(fault) or type(fault).__name__
    return error(
        f"{_SENTENCES[meaning]} {_server(url)}: {told}", may_have_arrived=may_have_arrived, permanent=permanent
    )


_SENTENCES = {
    Fault.NOT_CONNECTED: "Cannot connect to",
    Fault.NOT_CONNECTED_IN_TIME: "Cannot connect in time to",
    Fault.REFUSED_TO_CONNECT: "Will not connect to",
    Fault.BROKEN: "The connection broke to",
    Fault.NO_ANSWER_IN_TIME: "No answer in time from",
    Fault.GARBLED: "Cannot read the answer from",
}


def _server(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
