"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "access_token",
    "archived_asset",
    "asset_type",
    "archived_log_entry",
    "asset",
    "asset_counter",
    "asset_file",
    "asset_tag",
    "log_entry",
    "usage_daily",
    "archived_file",
    "change_entry",
)


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("secret_sha256", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_access_token")),
        sa.UniqueConstraint("name", name=op.f("uq_access_token_name")),
    )
    op.create_table(
        "archived_asset",
        sa.Column("key", KEY, nullable=False),
        sa.Column("asset_id", TEXT, nullable=False),
        sa.Column("serial_number", TEXT, nullable=False),
        sa.Column("deleted_at", TEXT, nullable=False),
        sa.Column("deleted_by", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_archived_asset")),
    )
    with op.batch_alter_table("archived_asset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archived_asset_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_archived_asset_serial_number"), ["serial_number"], unique=False)

    op.create_table(
        "asset_type",
        sa.Column("key", KEY, nullable=False),
        sa.Column("type_id", TEXT, nullable=False),
        sa.Column("type_name", TEXT, nullable=False),
        sa.Column("running_count_limit", sa.BigInteger(), nullable=True),
        sa.Column("total_count_limit", sa.BigInteger(), nullable=True),
        sa.Column("calibration_interval_days", sa.Float(), nullable=True),
        sa.Column("maintenance_interval_days", sa.Float(), nullable=True),
        sa.Column("warning_threshold_percent", sa.Float(), nullable=True),
        sa.Column("alarm_threshold_percent", sa.Float(), nullable=True),
        sa.Column("is_readonly", sa.Boolean(), nullable=False),
        sa.Column("icon", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_asset_type")),
        sa.UniqueConstraint("type_id", name=op.f("uq_asset_type_type_id")),
        sa.UniqueConstraint("type_name", name=op.f("uq_asset_type_type_name")),
    )
    op.create_table(
        "archived_log_entry",
        sa.Column("log_id", KEY, autoincrement=False, nullable=False),
        sa.Column("archived_key", KEY, nullable=False),
        sa.Column("date", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=True),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("property", TEXT, nullable=True),
        sa.Column("old_value", TEXT, nullable=True),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("comment", TEXT, nullable=True),
        sa.Column("principal", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["archived_key"], ["archived_asset.key"], name=op.f("fk_archived_log_entry_archived_key")
        ),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_archived_log_entry")),
    )
    with op.batch_alter_table("archived_log_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_archived_log_entry_archived_key_log_id"), ["archived_key", "log_id"], unique=False
        )

    op.create_table(
        "asset",
        sa.Column("key", KEY, nullable=False),
        sa.Column("asset_id", TEXT, nullable=False),
        sa.Column("serial_number", TEXT, nullable=False),
        sa.Column("type_key", KEY, nullable=False),
        sa.Column("parent_key", KEY, nullable=True),
        sa.Column("asset_name", TEXT, nullable=True),
        sa.Column("part_number", TEXT, nullable=True),
        sa.Column("revision", TEXT, nullable=True),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("location", TEXT, nullable=True),
        sa.Column("first_seen_at", TEXT, nullable=False),
        sa.Column("last_calibration_at", TEXT, nullable=True),
        sa.Column("next_calibration_at", TEXT, nullable=True),
        sa.Column("calibration_by_interval", sa.Boolean(), nullable=False),
        sa.Column("last_maintenance_at", TEXT, nullable=True),
        sa.Column("next_maintenance_at", TEXT, nullable=True),
        sa.Column("maintenance_by_interval", sa.Boolean(), nullable=False),
        sa.Column("count_level", sa.SmallInteger(), nullable=False),
        sa.Column("warning_at", TEXT, nullable=True),
        sa.Column("alarm_at", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("log_head", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["parent_key"], ["asset.key"], name=op.f("fk_asset_parent_key")),
        sa.ForeignKeyConstraint(["type_key"], ["asset_type.key"], name=op.f("fk_asset_type_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_asset")),
        sa.UniqueConstraint("asset_id", name=op.f("uq_asset_asset_id")),
        sa.UniqueConstraint("serial_number", name=op.f("uq_asset_serial_number")),
    )
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_alarm_at"), ["alarm_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_count_level"), ["count_level"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_location"), ["location"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_next_calibration_at"), ["next_calibration_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_next_maintenance_at"), ["next_maintenance_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_parent_key"), ["parent_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_type_key"), ["type_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_warning_at"), ["warning_at"], unique=False)

    op.create_table(
        "asset_counter",
        sa.Column("asset_key", KEY, autoincrement=False, nullable=False),
        sa.Column("running_count", sa.BigInteger(), nullable=False),
        sa.Column("total_count", sa.BigInteger(), nullable=False),
        sa.Column("carried_count", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_key"], ["asset.key"], name=op.f("fk_asset_counter_asset_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_key", name=op.f("pk_asset_counter")),
    )
    op.create_table(
        "asset_file",
        sa.Column("key", KEY, nullable=False),
        sa.Column("asset_key", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["asset_key"], ["asset.key"], name=op.f("fk_asset_file_asset_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_asset_file")),
        sa.UniqueConstraint("asset_key", "name", name=op.f("uq_asset_file_asset_key_name")),
    )
    op.create_table(
        "asset_tag",
        sa.Column("asset_key", KEY, autoincrement=False, nullable=False),
        sa.Column("tag_key", TEXT, nullable=False),
        sa.Column("tag_value", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_key"], ["asset.key"], name=op.f("fk_asset_tag_asset_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset_key", "tag_key", name=op.f("pk_asset_tag")),
    )
    with op.batch_alter_table("asset_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_tag_tag_key_tag_value"), ["tag_key", "tag_value"], unique=False)

    op.create_table(
        "log_entry",
        sa.Column("log_id", KEY, nullable=False),
        sa.Column("asset_key", KEY, nullable=False),
        sa.Column("date", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=True),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("property", TEXT, nullable=True),
        sa.Column("old_value", TEXT, nullable=True),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("comment", TEXT, nullable=True),
        sa.Column("principal", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["asset_key"], ["asset.key"], name=op.f("fk_log_entry_asset_key")),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_log_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_entry_asset_key_log_id"), ["asset_key", "log_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_entry_date_log_id"), ["date", "log_id"], unique=False)

    op.create_table(
        "usage_daily",
        sa.Column("asset_key", KEY, autoincrement=False, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_key"], ["asset.key"], name=op.f("fk_usage_daily_asset_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_key", "day", name=op.f("pk_usage_daily")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "archived_file",
        sa.Column("key", KEY, nullable=False),
        sa.Column("archived_key", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["archived_key"], ["archived_asset.key"], name=op.f("fk_archived_file_archived_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_archived_file")),
        sa.UniqueConstraint("archived_key", "name", name=op.f("uq_archived_file_archived_key_name")),
    )
    op.create_table(
        "change_entry",
        sa.Column("change_id", KEY, nullable=False),
        sa.Column("date", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("property", TEXT, nullable=True),
        sa.Column("old_value", TEXT, nullable=True),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("principal", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_change_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_change_entry_subject_kind_subject_change_id"),
            ["subject_kind", "subject", "change_id"],
            unique=False,
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
