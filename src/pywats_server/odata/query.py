"""A question for a list, in OData's words."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Query:
    """
    Which things a list shall have, in which order, and how many of them.

    Args:
        filter: `$filter`; None is all.
        orderby: `$orderby`; None is the list's own order.
        top: The most that are returned.
        skip: How many are passed over first.
        select: `$select`; None is every property.
        search: Words that assets must have in their texts, whatever the case; None is none.
    """

    filter: str | None = None
    orderby: str | None = None
    top: int = 1000
    skip: int = 0
    select: str | None = None
    search: str | None = None

    def selecting(self, select: str | None) -> "Query":
        """Return the same question for other properties."""
        return replace(self, select=select)


def quoted(text: str) -> str:
    """Return *text* as a filter has it."""
    return "'" + text.replace("'", "''") + "'"
