"""Ids, names, moments and demands are in the form in which they are kept."""

import re
from collections.abc import Iterator

from pywats_server.checking.finding import Finding, Invariant, asset_named
from pywats_server.errors import DomainError
from pywats_server.rules.model import Demands
from pywats_server.rules.texts import case_key, check_name, check_serial_number
from pywats_server.rules.types import check_demands, settle
from pywats_server.services.imports import HAVING_ROWS, Stage
from pywats_server.services.passwords import HASH_PREFIX
from pywats_server.services.session import Role
from pywats_server.store.checks import CheckedAsset

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FORM_OF_ID = "a UUID in lower case, with hyphens"
_FORM_OF_INSTANT = "a moment such as 2026-01-26T00:01:10.336, in UTC"


def asset_form_faults(asset: CheckedAsset) -> Iterator[Finding]:
    """Look at the id, the serial number and the moments of an asset."""
    name = asset_named(asset.serial_number)
    yield from _id_faults(name, asset.asset_id)
    try:
        check_serial_number(asset.serial_number)
    except DomainError as error:
        yield Finding(Invariant.FORMS, name, error.message, "a serial number")
    moments = (
        asset.first_seen_at,
        asset.last_calibration_at,
        asset.next_calibration_at,
        asset.last_maintenance_at,
        asset.next_maintenance_at,
    )
    yield from _moment_faults(name, *moments)


def type_form_faults(type_id: str, type_name: str, demands: Demands) -> Iterator[Finding]:
    """Look at the id, the name and the numbers of an asset type."""
    name = f"asset type {type_name!r}"
    yield from _id_faults(name, type_id)
    try:
        check_name(type_name, "typeName")
        check_demands(demands)
    except DomainError as error:
        yield Finding(Invariant.FORMS, name, error.message, "values that a type may have")
    else:
        if demands != settle(demands):
            yield Finding(Invariant.FORMS, name, f"{demands}", f"{settle(demands)}")


def token_form_faults(name: str, digest: str, created_at: str, revoked_at: str | None) -> Iterator[Finding]:
    """Look at a token; the hash of its secret is not shown."""
    if not _DIGEST.fullmatch(digest):
        yield Finding(Invariant.FORMS, f"token {name!r}", "a hash that no secret has", "64 hexadecimal digits")
    yield from _moment_faults(f"token {name!r}", created_at, revoked_at)


def user_form_faults(
    name: str, name_key: str, role: str, password_hash: str, created_at: str, disabled_at: str | None
) -> Iterator[Finding]:
    """Look at a user; the hash of the password is not shown."""
    said = f"user {name!r}"
    if name_key != case_key(name):
        yield Finding(Invariant.FORMS, said, f"the key {name_key!r}", f"{case_key(name)!r}")
    if role not in set(Role):
        yield Finding(Invariant.FORMS, said, f"role {role!r}", f"one of {', '.join(Role)}")
    if not password_hash.startswith(HASH_PREFIX):
        yield Finding(Invariant.FORMS, said, "a hash that no password has", f"{HASH_PREFIX}…")
    yield from _moment_faults(said, created_at, disabled_at)


def import_form_faults(key: int, stage: str, row_count: int, rows: int, *moments: str | None) -> Iterator[Finding]:
    """Look at an import: its stage, its moments, and whether the rows are there that it says to have."""
    said = f"import {key}"
    if stage not in set(Stage):
        yield Finding(Invariant.FORMS, said, f"stage {stage!r}", f"one of {', '.join(Stage)}")
    elif stage in HAVING_ROWS and rows != row_count:
        yield Finding(Invariant.FORMS, said, f"{rows} rows", f"{row_count} rows")
    yield from _moment_faults(said, *moments)


def _id_faults(name: str, id: str) -> Iterator[Finding]:
    if not _ID.fullmatch(id):
        yield Finding(Invariant.FORMS, name, f"id {id!r}", _FORM_OF_ID)


def _moment_faults(name: str, *moments: str | None) -> Iterator[Finding]:
    for text in moments:
        if text is not None and not _INSTANT.fullmatch(text):
            yield Finding(Invariant.FORMS, name, f"moment {text!r}", _FORM_OF_INSTANT)
