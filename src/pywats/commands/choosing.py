"""The options by which commands choose assets, and the condition that they make."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce, wraps
from operator import or_
from typing import Any

import click

from pywats.domains.asset.enums import AssetAlarmState, AssetState

STATES = {state.name.lower().replace("_", "-"): state for state in AssetState}
ALARM_STATES = {state.name.lower(): state for state in AssetAlarmState}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which assets a command is about; what is None chooses all."""

    type: str | None
    location: str | None
    state: str | None
    alarm: str | None
    containing: str | None
    filter: str | None

    def condition(self, type_names: Mapping[str, str]) -> str | None:
        """
        The OData condition that holds for the chosen assets.

        Args:
            type_names: The names of the server's types by their ids.
        """
        return " and ".join(f"({condition})" for condition in self._conditions(type_names)) or None

    def _conditions(self, type_names: Mapping[str, str]) -> Iterator[object]:
        from pywats.domains.asset.fields import F

        if self.type is not None:
            yield F.type_id == type_id(self.type, type_names)
        if self.location is not None:
            yield F.location == self.location
        if self.state is not None:
            yield F.state == STATES[self.state]
        if self.alarm is not None:
            yield F.alarm_state == ALARM_STATES[self.alarm]
        if self.containing is not None:
            fields = (F.serial_number, F.asset_name, F.part_number, F.location, F.description)
            yield reduce(or_, (field.contains(self.containing) for field in fields))
        if self.filter is not None:
            yield self.filter


def type_id(name: str, type_names: Mapping[str, str]) -> str:
    """
    The id of the asset type *name*.

    Raises:
        click.BadParameter: There is none.
    """
    for found, its_name in type_names.items():
        if its_name == name:
            return found
    raise click.BadParameter(f"{name!r} is no asset type; there are {', '.join(map(repr, type_names.values()))}")


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the options that choose assets, and their values as its `choice`."""

    @wraps(command)
    def with_choice(*args: Any, **options: Any) -> Any:
        told = {name: options.pop(name) for name in Choice.__slots__}
        return command(*args, choice=Choice(**told), **options)

    return reduce(lambda made, option: option(made), reversed(_OPTIONS), with_choice)


_OPTIONS = (
    click.option("--type", metavar="NAME", help="Of this asset type."),
    click.option("--location", metavar="TEXT", help="At exactly this location."),
    click.option("--state", type=click.Choice(list(STATES)), help="In this state, as people set it."),
    click.option("--alarm", type=click.Choice(list(ALARM_STATES)), help="What the rules say now."),
    click.option("--containing", metavar="TEXT", help="With this text in number, name, part, location or description."),
    click.option("--filter", metavar="ODATA", help='An OData condition, such as "totalCount gt 1000".'),
)
