"""What a failure means to whoever typed the command: one message, what to do, and one exit code."""

FAILED = 3
"""Nothing could be told or done. 1 and 2 are what `status` says of equipment: warning and alarm."""


def explained(error: Exception) -> str | None:
    """The message for *error*, with what to do; None for one that only a mistake in this program can raise."""
    from pywats.errors import PyWATSError

    if isinstance(error, PyWATSError):
        return "\n".join(filter(None, (str(error), _advice(error))))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) if isinstance(error, ValueError) else None


def _advice(error: Exception) -> str | None:
    from pywats.errors import AuthenticationError, AuthorizationError, ResponseError, TransportError

    if isinstance(error, TransportError):
        if error.may_have_arrived and not error.permanent:
            return "The server may have done it: look before you do it again."
        return "Does the server run, and is the address right? `pywats config show` tells which one it is."
    if isinstance(error, AuthenticationError):
        return "`pywats config show` tells which token was used, and from where."
    if isinstance(error, AuthorizationError):
        return "This takes a token with a higher role; `pywats-server token create` makes one."
    if isinstance(error, ResponseError):
        return "`pywats config show` tells the address."
    return None
