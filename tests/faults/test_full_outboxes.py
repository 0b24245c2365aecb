"""An outbox on a disk that fills up: a report that cannot be kept is told, and those that are kept stay whole."""

import pytest

from faults.disks import small_disk
from pywats import OutboxError, Queued, pyWATS

pytestmark = pytest.mark.faults

NOBODY, TOKEN = "http://127.0.0.1:9", "bmFtZTpzZWNyZXQ="
TEXT = "x" * 2_000


def report(api: pyWATS, number: int) -> object:
    """Say something that takes some room."""
    return api.asset.add_log_message(serial_number="DMM-001", message=f"{number} {TEXT}")


def report_until_it_fails(api: pyWATS) -> None:
    """Fill what is left of the disk's last blocks."""
    for number in range(1_000):
        report(api, number)


def test_full_disk_is_told_and_what_was_kept_before_stays() -> None:
    with small_disk(megabytes=4) as disk:
        path = disk.folder / "outbox.db"
        with pyWATS(NOBODY, TOKEN, outbox=path) as api:
            kept = [report(api, number) for number in range(20)]
            disk.fill()
            with pytest.raises(OutboxError, match=r"outbox.db' cannot be used: .*full; free some space on its disk"):
                report_until_it_fails(api)
            assert api.outbox.pending()[:20] == [entry for entry in api.outbox.pending() if entry.position <= 20]
            disk.make_room()
            assert isinstance(report(api, 20), Queued)
        with pyWATS(NOBODY, TOKEN, outbox=path) as again:
            keys = [entry.key for entry in again.outbox.pending()]
    assert keys[:20] == [queued.key for queued in kept if isinstance(queued, Queued)]
