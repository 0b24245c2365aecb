"""What a check tells."""

from dataclasses import dataclass
from enum import StrEnum


class Invariant(StrEnum):
    """What holds in every database that nobody but the server has changed."""

    STORAGE = "storage"
    REFERENCES = "references"
    TREE = "tree"
    FORMS = "forms"
    COUNTS = "counts"
    USAGE = "usage"
    LEVELS = "levels"
    DATES = "dates"
    LOG = "log"
    CHANGES = "changes"
    FILES = "files"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something that is not as it should be.

    Attributes:
        subject: What it is about, such as `asset 'SN-1'`.
        stands: What stands in the database.
        should: What should stand there.
        mendable: Key of the asset that a repair can mend, because what should stand there follows from other facts.
    """

    invariant: Invariant
    subject: str
    stands: str
    should: str
    mendable: int | None = None


def asset_named(serial_number: str | None) -> str:
    """Return how a finding names an asset."""
    return "an asset that is missing" if serial_number is None else f"asset {serial_number!r}"


def deleted_asset_named(serial_number: str | None) -> str:
    """Return how a finding names a deleted asset."""
    return f"deleted {asset_named(serial_number)}"
