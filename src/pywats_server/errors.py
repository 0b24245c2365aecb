"""
What can go wrong in the domain, free of HTTP words; the API chooses a status for each class in one table.

    DomainError
    ├── InvalidInput            a value that cannot be read: not a number, not a date, too long
    │   └── InvalidQuery        an OData text that cannot be read; carries the position
    ├── RuleViolation           readable, but against a rule of the domain
    ├── NotFound                what the caller named is not there
    ├── Conflict                what is there forbids it: a serial number in use, a limit reached
    │   └── TotalCountReached
    ├── PreconditionFailed      the asset is not as the caller thought
    ├── NotAuthenticated        no token, or a wrong one; a wrong password
    ├── TooManyTries            signing in failed too often; wait
    ├── NotAllowed              the caller's role does not permit it
    ├── TooExpensive            the question takes more work than one question may
    ├── TooLarge                the body is larger than the server takes
    ├── Busy                    too much is waiting; try again
    ├── Unavailable             the database does not answer
    └── StorageFull             there is no room for the write
"""

from collections.abc import Callable
from typing import Any, ClassVar


class Sentence:
    """
    A message, and the values in it apart from it, so that it can be said in other languages.

    Args:
        text: In English; `%(name)s` is the place of a value, `%%` a percent sign.
        values: What stands there. One may be a sentence, or a part of one, itself.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the message as *translate* says its text, and that of each sentence in it."""
        told = {
            name: value.said(translate) if isinstance(value, Sentence) else value for name, value in self.values.items()
        }
        return translate(self.text) % told


class DomainError(Exception):
    """
    Base of all errors that a caller can cause or has to know.

    Args:
        message: One or two sentences for a technician: the field, the value that came, what would be accepted. What
            people read on pages is a `Sentence`.
        details: The same as data, JSON-ready; usually `field`, `value` and `accepted`.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str | Sentence, **details: Any) -> None:
        super().__init__(str(message))
        self.sentence = message if isinstance(message, Sentence) else None
        self.message = str(message)
        self.details = details

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the message as *translate* says it, or in English where it is no `Sentence`."""
        return self.message if self.sentence is None else self.sentence.said(translate)


class InvalidInput(DomainError):
    """A value that cannot be read."""

    code = "invalid_input"


class InvalidQuery(InvalidInput):
    """An OData text that cannot be read; `details` has `option`, `token` and `position` (from 0)."""

    code = "invalid_query"


class RuleViolation(DomainError):
    """A value that can be read, but that a rule of the domain forbids."""

    code = "rule_violation"


class NotFound(DomainError):
    """What the caller named does not exist."""

    code = "not_found"


class Conflict(DomainError):
    """What is stored forbids the change."""

    code = "conflict"


class TotalCountReached(Conflict):
    """The running count cannot be reset any more: the asset has reached the end of its life."""

    code = "total_count_reached"


class PreconditionFailed(DomainError):
    """The asset is not in the version that the caller named, or exists although it should not."""

    code = "precondition_failed"


class NotAuthenticated(DomainError):
    """The caller showed no token, or one that is not valid; or a name and a password that are not an account's."""

    code = "not_authenticated"


class TooManyTries(DomainError):
    """Signing in failed too often, by this name or from this address; `details` has `retryAfterSeconds`."""

    code = "too_many_tries"


class NotAllowed(DomainError):
    """The caller's role does not permit the call."""

    code = "not_allowed"


class TooExpensive(DomainError):
    """The question needs more work than one question may take."""

    code = "too_expensive"


class TooLarge(DomainError):
    """The body is larger than the server takes."""

    code = "too_large"


class Busy(DomainError):
    """More writes are waiting than the server takes on; the same call may succeed shortly."""

    code = "busy"


class Unavailable(DomainError):
    """The database does not answer."""

    code = "unavailable"


class StorageFull(DomainError):
    """The disk has no room for the write; nothing was changed."""

    code = "storage_full"
