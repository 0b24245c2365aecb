"""What a list asks for, as data: a record or refusals for each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pywats_server.exchange.columns import Value
from pywats_server.exchange.mapping import Column
from pywats_server.exchange.properties import Property
from pywats_server.exchange.tables import Table

OTHER_TYPE = "Equipment"
"""Type of new assets of which neither the list nor the mapping tells one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one cell: its column, the text that stands there, and what is wrong with it."""

    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column} {self.value!r} {self.reason}" if self.value else f"{self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Record:
    """
    What one row says of one asset.

    Attributes:
        values: Properties that the list has a column for; None where the cell is blank. Without the serial number.
        tags: The same for tags, by key.
        assumed: Properties of a new asset that the row does not give: defaults, and a type that was concluded.
        demands: What the row says that the asset's type demands: days, uses or percent.
        not_due: Next dates of which the row says in words that there is none (`Initial`), whatever the type's interval.
    """

    serial_number: str
    values: Mapping[Property, Value | None] = field(default_factory=dict)
    tags: Mapping[str, str | None] = field(default_factory=dict)
    assumed: Mapping[Property, Value] = field(default_factory=dict)
    demands: Mapping[Property, float] = field(default_factory=dict)
    not_due: frozenset[Property] = frozenset()

    @property
    def type_name(self) -> str:
        """Type of the asset, if it is new."""
        return str(self.values.get(Property.TYPE_NAME) or self.assumed[Property.TYPE_NAME])


@dataclass(frozen=True, slots=True)
class Line:
    """
    One row of the list: a record, or the refusals that stand against it; warnings go with either.

    Attributes:
        number: Row as an editor or a spreadsheet shows it.
        label: What a person knows the asset by: its asset number and name, as far as the row has them.
    """

    number: int
    label: str
    record: Record | None
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What a list asks for.

    Attributes:
        demands: For each type of the list, by its name, the demands on which all its rows agree.
        notes: How the list was understood, where another reading was possible. Sentences for a person.
    """

    table: Table
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    demands: Mapping[str, Mapping[Property, float]]
    notes: tuple[str, ...]
