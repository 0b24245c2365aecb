"""What all models share: the names of the wire, and the memory of what was loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, PrivateAttr, model_validator
from pydantic.alias_generators import to_camel

from pywats.shared.dates import local_from_any, wire_from_local


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a model came from: the document as the server sent it, and its version.

    Takes no part in comparisons, so that a loaded model equals one made by hand.
    """

    document: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    etag: str | None = field(default=None, compare=False)


class WireModel(BaseModel):
    """
    Base of all models: fields in snake_case, camelCase on the wire.

    Both forms are accepted, in any case of letters; unknown names are ignored.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", validate_assignment=True)

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @model_validator(mode="before")
    @classmethod
    def _accept_names_in_any_case(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        names = wire_names(cls)
        if not any(str(key).lower() in names for key in data.keys() - exact_names(cls)):
            # As servers write it: only names that are ignored are left over.
            return data
        return {names.get(key) or names.get(str(key).lower(), key): value for key, value in data.items()}

    @classmethod
    def loaded(cls, document: Any, etag: str | None = None) -> Self:
        """
        The model of a *document* that the server sent, which remembers it, so that an update can send what changed.

        Raises:
            pydantic.ValidationError: The document has not the shape of this model.
        """
        model = cls.model_validate(document)
        model._origin = Origin(document, etag)
        return model

    @property
    def etag(self) -> str | None:
        """The version that the server gave to what was loaded."""
        return self._origin.etag

    def changed_fields(self) -> set[str]:
        """Names of the fields that differ from what was loaded; of a model made by hand, those that were set."""
        if self._origin.document is None:
            return set(self.model_fields_set)
        before = type(self).model_validate(self._origin.document)
        return {name for name in type(self).model_fields if getattr(self, name) != getattr(before, name)}

    def to_wire(self, fields: set[str]) -> dict[str, Any]:
        """The named *fields* as the JSON object that the server reads."""
        return self.model_dump(mode="json", by_alias=True, include=fields)


@cache
def wire_names(model: type[BaseModel]) -> Mapping[str, str]:
    """How each field of *model* may be written, exactly or in lower case, and the name by which it is accepted."""
    names: dict[str, str] = {}
    for name, info in model.model_fields.items():
        wire = info.validation_alias if isinstance(info.validation_alias, str) else name
        # A field's own name stays: assignments are checked by this name.
        names |= {wire.lower(): wire, name.lower(): wire, wire: wire, name: name}
    return names


@cache
def exact_names(model: type[BaseModel]) -> frozenset[str]:
    """The names by which the fields of *model* are accepted as they stand."""
    return frozenset(written for written, accepted in wire_names(model).items() if written == accepted)


LocalDatetime = Annotated[
    datetime | None,
    BeforeValidator(local_from_any),
    PlainSerializer(wire_from_local, return_type=str, when_used="json-unless-none"),
]
"""A moment as Python has it, naive local time, or None. Text is read as it comes from the wire, where it is UTC."""


def _text_of_uuid(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


Identifier = Annotated[str, BeforeValidator(_text_of_uuid)]
"""A name that the server gave; opaque. May be handed over as a UUID."""
