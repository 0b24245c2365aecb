"""Files and the archive: evidence is complete and as it was when it came in."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from pywats_server.checking.finding import Finding, Invariant, deleted_asset_named


def file_faults(subject: str, name: str, size_bytes: int, sha256: str, content: bytes) -> Iterator[Finding]:
    """Compare the content of a file with its size and its SHA-256."""
    if len(content) != size_bytes:
        yield Finding(Invariant.FILES, subject, f"file {name!r} with {len(content)} bytes", f"{size_bytes} bytes")
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        yield Finding(Invariant.FILES, subject, f"file {name!r} with the SHA-256 {digest}", sha256)


def archived_faults(asset_id: str, serial_number: str, document: str) -> Iterator[Finding]:
    """Compare a deleted asset with the document that is kept of it."""
    subject = deleted_asset_named(serial_number)
    kept = _read(document)
    for name, value in (("assetId", asset_id), ("serialNumber", serial_number)):
        if kept.get(name) != value:
            yield Finding(Invariant.ARCHIVE, subject, f"a document with {name} {kept.get(name)!r}", repr(value))


def _read(document: str) -> dict[str, Any]:
    try:
        read = json.loads(document)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
