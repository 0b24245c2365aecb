"""Due dates of every asset, and indexes that count what an overview tells"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from pywats_server.instants import instant, moment
from pywats_server.rules.intervals import due_after

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = ("calibration_due_at", "maintenance_due_at", "due_at")
INDEXES = {
    ("calibration_due_at",): "calibration_due_at IS NOT NULL",
    ("maintenance_due_at",): "maintenance_due_at IS NOT NULL",
    ("due_at",): "due_at IS NOT NULL",
    ("alarm_at", "warning_at", "count_level"): "alarm_at IS NOT NULL",
    ("warning_at", "count_level"): "count_level = 0",
    ("count_level",): "count_level > 0",
    ("type_key", "last_calibration_at", "state"): "last_calibration_at IS NULL AND state <> 6",
    ("state", "location"): "state >= 0",
}

_BY_NEXT_DATE = """
    UPDATE asset SET {kind}_due_at = next_{kind}_at
    WHERE state <> 6 AND next_{kind}_at IS NOT NULL
        AND type_key NOT IN (SELECT key FROM asset_type WHERE {kind}_interval_days = -1)
"""
_BY_INTERVAL = """
    SELECT asset.key, coalesce(last_{kind}_at, first_seen_at), {kind}_interval_days
    FROM asset JOIN asset_type ON asset_type.key = asset.type_key
    WHERE state <> 6 AND next_{kind}_at IS NULL AND {kind}_interval_days > 0
"""
_EARLIER = """
    UPDATE asset SET due_at = CASE
        WHEN calibration_due_at <= maintenance_due_at OR maintenance_due_at IS NULL THEN calibration_due_at
        ELSE maintenance_due_at END
    WHERE calibration_due_at IS NOT NULL OR maintenance_due_at IS NOT NULL
"""


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("asset", sa.Column(column, TEXT, nullable=True))
    for kind in ("calibration", "maintenance"):
        _fill(kind)
    op.execute(_EARLIER)
    for columns, condition in INDEXES.items():
        where = sa.text(condition)
        op.create_index(_name(columns), "asset", list(columns), sqlite_where=where, postgresql_where=where)


def _fill(kind: str) -> None:
    op.execute(_BY_NEXT_DATE.format(kind=kind))
    bind = op.get_bind()
    found = bind.execute(sa.text(_BY_INTERVAL.format(kind=kind))).all()
    if found:
        update = sa.text(f"UPDATE asset SET {kind}_due_at = :due WHERE key = :key")  # noqa: S608 - the kind is ours
        bind.execute(update, [_due(*row) for row in found])


def _due(key: int, start: str, interval_days: float) -> dict[str, Any]:
    due = due_after(moment(start), interval_days)
    return {"key": key, "due": None if due is None else instant(due)}


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"ix_asset_{'_'.join(columns)}")


def downgrade() -> None:
    for columns in INDEXES:
        op.drop_index(_name(columns), "asset")
    for column in COLUMNS:
        op.drop_column("asset", column)
