"""A small database that was lived in: something of everything that is kept, made by the use cases themselves."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats.testing import ManualClock
from pywats_server.exchange.wishes import Wishes, understand
from pywats_server.exchange.working import Workshop
from pywats_server.services import assets, batches, counts, files, imports, messages, tokens, types, users, work
from pywats_server.services.backend import Backend
from pywats_server.services.batches import Use
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.once import Answer, Presentation, Request
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.store.database import Database

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
TYPE = TypeDraft(
    type_name="Fixture",
    running_count_limit=100,
    total_count_limit=1000,
    calibration_interval_days=180.5,
    warning_threshold_percent=80,
)


async def live(database: Database) -> None:
    """Fill *database*: a station with fixtures that are counted, calibrated, changed; one asset and a file removed."""
    clock = ManualClock(START)
    backend = Backend(database, clock)

    async def do(use_case: Any, *args: Any, **given: Any) -> Any:
        clock.advance(hours=7)
        return await backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **given)

    made = await do(types.save_type, TYPE)
    for serial, parent in (("STATION-1", None), ("FIX-1", "STATION-1"), ("FIX-2", "STATION-1"), ("PROBE-1", "FIX-1")):
        draft = AssetDraft(
            serial_number=serial, type_id=made["typeId"], parent_serial_number=parent, tags=[("line", "Nord – øst")]
        )
        await do(assets.save_asset, draft)
    await do(assets.save_asset, AssetDraft(serial_number="OLD-1", type_id=made["typeId"], total_count=40))
    for by in (3, 90, 7):
        await do(batches.count_many, [Use(AssetRef(None, "FIX-1"), by), Use(AssetRef(None, "FIX-2"), 1)])
    await do(counts.reset_running_count, AssetRef(None, "FIX-1"), "cleaned")
    await do(counts.set_total_count, AssetRef(None, "FIX-2"), 1)
    await do(work.record, work.CALIBRATION, AssetRef(None, "FIX-1"), comment="certificate 17")
    until = START + timedelta(days=400)
    await do(work.record_external, work.MAINTENANCE, AssetRef(None, "FIX-2"), START, until)
    await do(assets.set_state, AssetRef(None, "PROBE-1"), AssetState.SCRAPPED)
    await do(messages.post_message, AssetRef(None, "PROBE-1"), "tip is bent")
    for serial in ("FIX-1", "OLD-1"):
        await do(files.attach_file, AssetRef(None, serial), "certificate.pdf", b"%PDF-1.7 \x00" * 100)
    await do(assets.delete_asset, AssetRef(None, "OLD-1"))
    await do(tokens.create_token, "bench", Role.OPERATOR)
    await do(users.add_user, "Anna", Role.MANAGER, HashedPassword("$argon2id$"), must_change_password=True)
    await do(types.save_type, TypeDraft(type_name="Fixture", calibration_interval_days=200))
    once = Presentation(lambda _: Answer(200, {}, b"\x00\xff"), lambda _: Answer(400, {}, b""))
    request = Request("key-1", "fingerprint")
    await backend.answer(
        LOCAL_ADMINISTRATOR, request, once, messages.post_message, AssetRef(None, "FIX-1"), "asked once"
    )
    await _import(backend, do)


async def _import(backend: Backend, do: Callable[..., Coroutine[Any, Any, Any]]) -> None:
    """Import a list, and upload another that waits for being confirmed."""
    content = b"Serial,Location\nPROBE-1,Nord \xe2\x80\x93 \xc3\xb8st\n?,Nowhere\n"
    key = 0
    for name in ("waiting.csv", "places.csv"):
        key = await do(imports.keep_list, name, content, understand(name, content, Wishes()))
    workshop = Workshop()
    for decide, *given in ((imports.start_reading, Wishes().to_keep()), (imports.confirm_import,)):
        await do(decide, key, *given)
        await workshop.work_on(backend, key)
        await workshop.rest()
