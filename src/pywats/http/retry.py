"""
May a request be sent again, and after how many seconds. Pure functions: the chance and the clock are passed in.

Whether a request may be repeated is a property of its endpoint and not of its verb: `PUT /api/Asset/Count` adds, so
sending it twice counts twice. `Repeat` says it for each request. A request that never left, and one that the server
turned away because too many came (429), has done nothing and may always be sent again.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pywats.config import RetryConfig
from pywats.http.request import Repeat

TOO_MANY_REQUESTS = 429


def delay_after_fault(
    config: RetryConfig, repeat: Repeat, attempt: int, *, may_have_arrived: bool, permanent: bool, chance: float
) -> float | None:
    """
    Seconds until a request without an answer may be sent again; None when it may not.

    Args:
        attempt: How often it has been sent, 1 or more.
        may_have_arrived: Whether the server may have received it.
        permanent: Whether the fault will not pass.
        chance: A number from 0 to below 1 that spreads clients which failed together.
    """
    if permanent or _is_exhausted(config, attempt) or (may_have_arrived and repeat is Repeat.NEVER):
        return None
    return backoff(config, attempt, chance)


def delay_after_answer(
    config: RetryConfig, repeat: Repeat, attempt: int, *, status: int, retry_after: float | None, chance: float
) -> float | None:
    """
    Seconds until a request that was answered with *status* may be sent again; None when the answer stands.

    A server that asks for more patience than `max_delay` gets no second request: its answer goes to the caller.
    """
    if status not in config.retry_status_codes or _is_exhausted(config, attempt):
        return None
    if repeat is Repeat.NEVER and status != TOO_MANY_REQUESTS:
        return None
    if retry_after is None:
        return backoff(config, attempt, chance)
    if retry_after > config.max_delay:
        return None
    return retry_after + (config.base_delay * chance if config.jitter else 0.0)


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
