"""What the user says about a list: in a mapping file, on the command line, or both."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pywats_server.errors import InvalidInput
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.properties import DEMANDS, INTERVALS, Property
from pywats_server.exchange.values import Unit


@dataclass(frozen=True, slots=True)
class Target:
    """What a column becomes. *key* is the tag's, for tags; *unit* that of an interval, None when it is not known."""

    property: Property
    key: str = ""
    unit: Unit | None = None

    def __str__(self) -> str:
        return f"{self.property}:{self.key or self.unit}" if self.key or self.unit else str(self.property)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the user says about a list: headers to targets, values for new assets, and the order of dates."""

    columns: dict[str, Target] = field(default_factory=dict)
    defaults: dict[Property, str] = field(default_factory=dict)
    date_order: DateOrder | None = None


def read_instructions(path: Path) -> Instructions:
    """
    Return the mapping in a TOML file, of which every part may be absent::

        date_order = "dmy"                        # or "mdy", "ymd"

        [columns]                                 # header = property; columns that are not named are guessed
        "S/N" = "serialNumber"
        "Cycle" = "calibrationInterval:months"    # or years, weeks, days
        "Owner" = "tag:owner"
        "Remarks" = "ignore"

        [defaults]                                # for new assets, where the list gives no value
        typeName = "Instrument"

    Raises:
        InvalidInput: The file is missing or no TOML, or names something that is none of these.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not a TOML file: {error}") from error
    unknown = sorted(content.keys() - {"date_order", "columns", "defaults"})
    if unknown:
        raise InvalidInput(f"{path}: {unknown[0]!r} is not known; a mapping has date_order, [columns] and [defaults]")
    return instructions(_texts(path, content, "columns"), _texts(path, content, "defaults"), content.get("date_order"))


def instructions(columns: dict[str, str], defaults: dict[str, str], date_order: str | None = None) -> Instructions:
    """
    Return the instructions that the texts of a mapping file or of the command line make.

    Raises:
        InvalidInput: A property, a unit or an order is not known, or two columns are to be the same property.
    """
    if date_order is not None and date_order not in list(DateOrder):
        raise InvalidInput(f"date_order {date_order!r} is not known; dmy, mdy and ymd are")
    targets = {header: read_target(text) for header, text in columns.items()}
    named = [str(target) for target in targets.values() if target.property is not Property.IGNORE]
    twice = next((target for target in named if named.count(target) > 1), None)
    if twice:
        raise InvalidInput(f"two columns are mapped to {twice}")
    return Instructions(
        targets,
        {_default_property(name): value for name, value in defaults.items()},
        DateOrder(date_order) if date_order else None,
    )


def combined(file: Instructions, line: Instructions) -> Instructions:
    """Return the instructions of a mapping *file* and of the command *line*, which wins where both say something."""
    kept = {
        header: target
        for header, target in file.columns.items()
        if target.property is Property.IGNORE or target not in line.columns.values()
    }
    return Instructions(
        {**kept, **line.columns}, {**file.defaults, **line.defaults}, line.date_order or file.date_order
    )


def read_target(text: str) -> Target:
    """
    Return what the *text* of a mapping names: `location`, `tag:owner`, `calibrationInterval:months`, `ignore`.

    Raises:
        InvalidInput: It names nothing of these.
    """
    name, _, detail = text.partition(":")
    property = next((property for property in Property if property.casefold() == name.strip().casefold()), None)
    detail = detail.strip()
    if property is Property.TAG and detail:
        return Target(property, key=detail)
    if property in INTERVALS and detail in list(Unit):
        return Target(property, unit=Unit(detail))
    if property in INTERVALS and not detail:
        return Target(property, unit=Unit.DAYS)
    if property is None or property is Property.TAG or detail:
        accepted = ", ".join(Property)
        raise InvalidInput(f"{text!r} is no property; {accepted} are, as tag:KEY and calibrationInterval:years")
    return Target(property)


def _texts(path: Path, content: dict[str, Any], section: str) -> dict[str, str]:
    table = content.get(section, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise InvalidInput(f'{path}: [{section}] holds lines of the form "name" = "text"')
    return table


def _default_property(name: str) -> Property:
    property = read_target(name).property
    if property in {Property.SERIAL_NUMBER, Property.ASSET_NUMBER, Property.TAG, Property.IGNORE} | DEMANDS:
        raise InvalidInput(f"[defaults] cannot set {name}")
    return property
