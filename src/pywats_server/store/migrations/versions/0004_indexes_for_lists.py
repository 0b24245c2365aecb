"""Indexes that give pages of lists in their order, and one for searching within texts"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DROPPED = (
    "type_key",
    "location",
    "next_calibration_at",
    "next_maintenance_at",
    "warning_at",
    "alarm_at",
    "count_level",
)
MADE = (
    ("type_key", "asset_id"),
    ("location", "asset_id"),
    ("next_calibration_at", "asset_id"),
    ("next_maintenance_at", "asset_id"),
    ("asset_id", "count_level", "alarm_at", "warning_at", "key"),
)

TEXTS = ("asset_name", "serial_number", "description", "location", "part_number")
COLUMNS = ", ".join(TEXTS)
OLD = ", ".join(f"old.{name}" for name in TEXTS)
NEW = ", ".join(f"new.{name}" for name in TEXTS)
FORGET = f"INSERT INTO asset_text (asset_text, rowid, {COLUMNS}) VALUES ('delete', old.key, {OLD});"  # noqa: S608
KEEP = f"INSERT INTO asset_text (rowid, {COLUMNS}) VALUES (new.key, {NEW});"  # noqa: S608
OPTIONS = "content='asset', content_rowid='key', tokenize='trigram case_sensitive 1', detail=none, columnsize=0"
SQLITE = (
    f"CREATE VIRTUAL TABLE asset_text USING fts5({COLUMNS}, {OPTIONS})",
    "INSERT INTO asset_text (asset_text) VALUES ('rebuild')",
    f"CREATE TRIGGER asset_text_added AFTER INSERT ON asset BEGIN {KEEP} END",
    f"CREATE TRIGGER asset_text_changed AFTER UPDATE OF {COLUMNS} ON asset BEGIN {FORGET} {KEEP} END",
    f"CREATE TRIGGER asset_text_removed AFTER DELETE ON asset BEGIN {FORGET} END",
)
TRIGGERS = ("asset_text_added", "asset_text_changed", "asset_text_removed")


def upgrade() -> None:
    for column in DROPPED:
        op.drop_index(op.f(f"ix_asset_{column}"), "asset")
    for columns in MADE:
        nulls = {columns[0]: "NULLS FIRST"} if columns[0].startswith("next_") else {}
        op.create_index(op.f(f"ix_asset_{'_'.join(columns)}"), "asset", list(columns), postgresql_ops=nulls)
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    elif _has_trigrams():
        op.execute(
            f"CREATE INDEX asset_text ON asset USING gin ({', '.join(f'{name} gin_trgm_ops' for name in TEXTS)})"
        )


def _has_trigrams() -> bool:
    """Return whether PostgreSQL's extension is there, or can be had. Without it searching reads every asset."""
    bind = op.get_bind()
    if not bind.execute(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")).first():
        return False
    try:
        with bind.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        return False
    return True


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
        op.execute("DROP TABLE asset_text")
    else:
        op.execute("DROP INDEX IF EXISTS asset_text")
    for columns in MADE:
        op.drop_index(op.f(f"ix_asset_{'_'.join(columns)}"), "asset")
    for column in DROPPED:
        op.create_index(op.f(f"ix_asset_{column}"), "asset", [column])
