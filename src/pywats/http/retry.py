"""
May a request be sent again, and after how many seconds. Pure functions: the chance and the clock are passed in.

Whether a request may be repeated is a property of its endpoint and not of its verb: `PUT /api/Asset/Count` adds, so
sending it twice counts twice, unless the server knows the second by its key. `Repeat` says it for each request. A
request that never left, and one that the server turned away because too many came (429), has done nothing and may
always be sent again.

A request is *in doubt* when the server may have done what it asks for, and did not tell.
"""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pywats.config import RetryConfig
from pywats.http.request import Repeat

CHANCE = random.Random()  # noqa: S311 - it spreads stations
"""What spreads requests where nothing else is passed in; the client's own, apart from what programs set for theirs."""

TOO_MANY_REQUESTS = 429
AWAY = frozenset({502, 503, 504})
"""What a proxy answers before a server that is away, or a server that is going or coming."""

KEY_LIFETIME = "idempotency-key-lifetime"
"""The header of the version's answer that tells for how many seconds the server knows a key again."""

# What a request is answered with that nobody looked at, and what tells that it was not carried out.
_NOT_LOOKED_AT = frozenset({401, 403, 407, 408, TOO_MANY_REQUESTS})
_NOT_DONE = frozenset({501, 505, 507})
_NO_SUCH_CALL = frozenset({404, 405})


def may_be_repeated(repeat: Repeat, *, in_doubt: bool, honours_keys: bool | None) -> bool:
    """Whether sending a request again does no harm; *honours_keys* is None while the server has not been asked."""
    return repeat is Repeat.SAFE or not in_doubt or honours_keys is not False


def delay_after_fault(config: RetryConfig, attempt: int, *, permanent: bool, chance: float) -> float | None:
    """
    Seconds until a request without an answer may be sent again; None when that is of no use.

    Args:
        attempt: How often it has been sent, 1 or more.
        permanent: Whether the fault will not pass.
        chance: A number from 0 to below 1 that spreads clients which failed together.
    """
    return None if permanent or _is_exhausted(config, attempt) else backoff(config, attempt, chance)


def delay_after_answer(
    config: RetryConfig, attempt: int, *, status: int, retry_after: float | None, chance: float
) -> float | None:
    """
    Seconds until a request that was answered with *status* may be sent again; None when the answer stands.

    A server that asks for more patience than `max_delay` gets no second request: its answer goes to the caller.
    """
    if status not in config.retry_status_codes or _is_exhausted(config, attempt):
        return None
    if retry_after is None:
        return backoff(config, attempt, chance)
    if retry_after > config.max_delay:
        return None
    return retry_after + (config.base_delay * chance if config.jitter else 0.0)


def in_doubt_after_answer(status: int, *, before: bool) -> bool:
    """Whether an answer leaves open if the request was carried out, now or, if it was in doubt then, *before*."""
    if status in _NOT_LOOKED_AT:
        return before
    return status >= 500 and status not in _NOT_DONE


def key_lifetime(status: int, header: str | None) -> int | None:
    """
    Seconds for which a server knows a key again, from the answer to the question for its version.

    0 means that it does not honour keys, None that this answer does not tell.
    """
    if 200 <= status < 300:
        return int(header) if header and header.isascii() and header.isdigit() else 0
    return 0 if status in _NO_SUCH_CALL else None


def backoff(config: RetryConfig, attempt: int, chance: float) -> float:
    """Seconds to wait after the *attempt*-th failure: growing, bounded, and with jitter somewhere in its upper half."""
    # Beyond 1023 doublings a float overflows; the bound has been reached long before.
    full = min(config.max_delay, config.base_delay * config.exponential_base ** min(attempt - 1, 64))
    return full * (0.5 + chance / 2) if config.jitter else full


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """
    Seconds that a `Retry-After` header asks for, given as a number or as a date; never negative.

    None when there is no header, or one that cannot be read.
    """
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    # A date of the form "-0000" comes back naive, although HTTP dates are always UTC.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _is_exhausted(config: RetryConfig, attempt: int) -> bool:
    return not config.enabled or attempt >= config.max_attempts
