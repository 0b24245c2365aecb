"""Use of the last day: beside the counts, so that a count writes one row"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_TO_DAYS = """
    INSERT INTO usage_daily (asset_key, day, uses)
    SELECT asset_key, last_day, last_day_uses FROM asset_counter WHERE last_day_uses <> 0
    ON CONFLICT (asset_key, day) DO UPDATE SET uses = usage_daily.uses + excluded.uses
"""


def upgrade() -> None:
    op.add_column("asset_counter", sa.Column("last_day", TEXT, nullable=True))
    op.add_column("asset_counter", sa.Column("last_day_uses", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.execute(_TO_DAYS)
    op.drop_column("asset_counter", "last_day_uses")
    op.drop_column("asset_counter", "last_day")
