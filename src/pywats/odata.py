"""Literals and conditions for `$filter`."""


def quoted(text: str) -> str:
    """*text* as an OData string literal: `O'Neill` becomes `'O''Neill'`."""
    return "'" + text.replace("'", "''") + "'"


def compare(name: str, operator: str, value: str | int) -> str:
    """The condition that the property *name* stands in this relation, such as `eq` or `gt`, to *value*."""
    return f"{name} {operator} {quoted(value) if isinstance(value, str) else int(value)}"


def both(first: str | None, second: str) -> str:
    """The condition that both hold; *first* may be absent."""
    return f"({first}) and {second}" if first else second
