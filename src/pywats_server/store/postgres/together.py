"""Statements for many sets of values at once: each parameter of a statement becomes an array of them."""

import re
from collections import OrderedDict
from collections.abc import Callable

from pywats_server.store.postgres.connecting import Raw

_KEPT = 256
_INSERT = re.compile(r"(INSERT INTO [^()]+\([^()]*\)) VALUES \(([^()]*)\)( ON CONFLICT .*)?", re.DOTALL)
_UPDATE = re.compile(r"(UPDATE .*) WHERE (.*)", re.DOTALL)


class Joined:
    """
    Statements for many sets of values, by the text of the same statement for one. It keeps those that were used last.

    Args:
        join: Makes one, from the text for one set of values and the types of its parameters; None where it cannot.
    """

    def __init__(self, join: Callable[[str, list[str]], str | None]) -> None:
        self._join = join
        self._texts: OrderedDict[str, str | None] = OrderedDict()

    async def text(self, raw: Raw, single: str) -> str | None:
        """Return what *single* becomes, or None when there is no such statement."""
        if single in self._texts:
            self._texts.move_to_end(single)
        else:
            types = (await raw.prepare(single)).get_parameters()
            # There are no arrays of arrays of different lengths.
            can_be_joined = types and all(type.kind == "scalar" for type in types)
            self._texts[single] = self._join(single, [type.name for type in types]) if can_be_joined else None
            if len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        return self._texts[single]


def questions(single: str, types: list[str]) -> str:
    """Return the statement that asks *single* for many sets of values; a row tells the place of its set, from 1."""
    # The limit keeps the planner from turning many short searches into one long one.
    found = f"SELECT * FROM ({_of_set(single)}) AS one LIMIT 1"  # noqa: S608 - the compiler's own texts, here and below
    sets = f"{_arrays(types)} WITH ORDINALITY AS given ({_names(types)}, place)"
    return f"SELECT given.place, found.* FROM {sets} CROSS JOIN LATERAL ({found}) AS found"  # noqa: S608


def changes(single: str, types: list[str]) -> str | None:
    """Return the statement that does what *single* does, an INSERT or UPDATE, for many rows; None for any other."""
    sets = f"{_arrays(types)} AS given ({_names(types)})"
    insert, update = _INSERT.fullmatch(single), _UPDATE.fullmatch(single)
    if insert and "$" not in (insert[3] or ""):
        return f"{insert[1]} SELECT {_of_set(insert[2])} FROM {sets}{insert[3] or ''}"  # noqa: S608
    if update and "WHERE" not in update[1]:
        return f"{_of_set(update[1])} FROM {sets} WHERE {_of_set(update[2])}"
    return None


def _arrays(types: list[str]) -> str:
    return f"unnest({', '.join(f'${number}::{type}[]' for number, type in enumerate(types, 1))})"


def _names(types: list[str]) -> str:
    return ", ".join(f"v{number}" for number in range(1, len(types) + 1))


def _of_set(text: str) -> str:
    """Return *text* with a set's values in place of its parameters."""
    return re.sub(r"\$(\d+)", r"given.v\1", text)
