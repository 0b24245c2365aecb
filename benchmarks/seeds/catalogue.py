"""The asset types of a seed. They are stored by the use case that stores every other type."""

import uuid

from pywats_server.clock import system_clock
from pywats_server.rules.model import Demands
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import TypeDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.services.types import save_type
from pywats_server.store.opening import open_database

DEMANDS = {
    "Adapter": Demands(),
    "Bed-of-nails fixture": Demands(10_000, 200_000, None, 90, 80, 100),
    "Climate chamber": Demands(None, None, 365, 180, 90, 100),
    "Digital multimeter": Demands(None, None, 365, None, 90, 100),
    "Functional fixture": Demands(20_000, 500_000, None, 180, 80, 100),
    "Oscilloscope": Demands(None, None, 365, None, 90, 100),
    "Power supply": Demands(None, None, 730, None, 95, 100),
    "Probe card": Demands(50_000, 1_000_000, None, None, 75, 95),
    "Reference standard": Demands(None, None, -2, None, 90, 100),
    "RF cable": Demands(5_000, 20_000, None, None, 80, 100),
    "Test rack": Demands(-1, -1, -1, 365, 90, 100),
    "Torque driver": Demands(5_000, None, 180, None, 85, 100),
}
"""What each type demands, by its name."""


def type_id(name: str) -> str:
    """Return the id of a type; it depends on nothing but the name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


async def store_types(url: str) -> None:
    """Store every type in the database at *url*."""
    database = open_database(url, scan_seconds=1)
    backend = Backend(database, system_clock)
    try:
        for name, demands in DEMANDS.items():
            await backend.write(LOCAL_ADMINISTRATOR, save_type, _draft(name, demands))
    finally:
        await database.close()


def _draft(name: str, demands: Demands) -> TypeDraft:
    return TypeDraft(
        type_id=type_id(name),
        type_name=name,
        running_count_limit=demands.running_count_limit,
        total_count_limit=demands.total_count_limit,
        calibration_interval_days=demands.calibration_interval_days,
        maintenance_interval_days=demands.maintenance_interval_days,
        warning_threshold_percent=demands.warning_threshold_percent,
        alarm_threshold_percent=demands.alarm_threshold_percent,
    )
