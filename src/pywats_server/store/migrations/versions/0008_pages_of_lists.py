"""Views that people save, indexes that pages of lists are found by, and searching whatever the case"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ASKED = ("type_key", "state", "location", "count_level", "alarm_at", "warning_at")
INDEXES = {
    "ix_asset_by_due": ("due_at", "key", *ASKED),
    "ix_asset_by_serial": ("serial_number", *ASKED, "due_at"),
    "ix_asset_type_key_due_at_key": ("type_key", "due_at", "key"),
}

COLUMNS = "asset_name, serial_number, description, location, part_number"
OPTIONS = "content='asset', content_rowid='key', tokenize='{tokenize}', detail=none, columnsize=0"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("key", KEY, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_view_owner_name")),
    )
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "asset", list(columns))
    op.drop_index(op.f("ix_asset_tag_tag_key_tag_value"), "asset_tag")
    op.create_index(
        op.f("ix_asset_tag_tag_key_tag_value_asset_key"), "asset_tag", ["tag_key", "tag_value", "asset_key"]
    )
    _index_texts("trigram")


def _index_texts(tokenize: str) -> None:
    """Make the index of texts anew; the triggers that keep it stand on the table of assets and stay."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE asset_text")
        op.execute(f"CREATE VIRTUAL TABLE asset_text USING fts5({COLUMNS}, {OPTIONS.format(tokenize=tokenize)})")
        op.execute("INSERT INTO asset_text (asset_text) VALUES ('rebuild')")


def downgrade() -> None:
    _index_texts("trigram case_sensitive 1")
    op.drop_index(op.f("ix_asset_tag_tag_key_tag_value_asset_key"), "asset_tag")
    op.create_index(op.f("ix_asset_tag_tag_key_tag_value"), "asset_tag", ["tag_key", "tag_value"])
    for name in INDEXES:
        op.drop_index(op.f(name), "asset")
    op.drop_table("saved_view")
