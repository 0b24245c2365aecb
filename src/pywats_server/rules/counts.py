"""How uses are counted: adding to the counts, and what is refused."""

from pywats_server.errors import Sentence, TotalCountReached
from pywats_server.rules.refusal import refusal

MAX_COUNT = 2**53 - 1
"""The largest count: the last whole number that every JSON reader keeps exact."""


def check_count(name: str, value: int) -> None:
    """
    Accept a count of 0 to `MAX_COUNT`.

    Args:
        name: The field's name on the wire, such as `runningCount`.

    Raises:
        RuleViolation: *value* is out of range.
    """
    if not 0 <= value <= MAX_COUNT:
        raise refusal(name, value, Sentence("a whole number from 0 to %(most)s", most=MAX_COUNT))


def counted(running: int, total: int, by: int) -> tuple[int, int]:
    """
    Return running and total count after *by* more uses; 0 more is allowed and changes nothing.

    Raises:
        RuleViolation: *by* is negative, or a count would pass `MAX_COUNT`.
    """
    room = MAX_COUNT - max(running, total)
    if not 0 <= by <= room:
        accepted = Sentence(
            "a whole number from 0 to %(room)s, so that no count passes %(most)s", room=room, most=MAX_COUNT
        )
        raise refusal("incrementBy", by, accepted)
    return running + by, total + by


def increment_to(total: int, wanted: int) -> int:
    """
    Return the uses to add so that the total count becomes *wanted*.

    Raises:
        RuleViolation: *wanted* is below the present *total*, or no count at all.

    Source: wire-contract.md, `PUT /api/Asset/Count`.
    """
    check_count("totalCount", wanted)
    if wanted < total:
        raise refusal(
            "totalCount",
            wanted,
            Sentence("the present total count %(total)s or more, because counting never goes back", total=total),
        )
    return wanted - total


def check_reset(total: int, total_limit: int | None) -> None:
    """
    Accept a reset of the running count while the asset's life is not used up.

    Args:
        total: Total count, uses.
        total_limit: Total count limit, uses; None, 0 and -1 are unlimited.

    Raises:
        TotalCountReached: The total count has reached its limit.

    Source: wire-contract.md, `POST /api/Asset/ResetRunningCount`.
    """
    if total_limit is not None and 0 < total_limit <= total:
        raise TotalCountReached(
            Sentence(
                "The running count cannot be reset: the total count %(total)s has reached its limit %(limit)s. Replace "
                "the asset, or raise the type's totalCountLimit.",
                total=total,
                limit=total_limit,
            ),
            field="totalCount",
            value=total,
            accepted=f"a total count below {total_limit}",
        )
