"""People who sign in: their accounts, where they are signed in, and where signing in failed"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "user_account",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("disabled_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name_key", name=op.f("uq_user_account_name_key")),
    )
    op.create_table(
        "web_session",
        sa.Column("secret_sha256", TEXT, nullable=False),
        sa.Column("user_key", KEY, nullable=True),
        sa.Column("token_key", KEY, nullable=True),
        sa.Column("csrf_secret", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("secret_sha256", name=op.f("pk_web_session")),
        sa.ForeignKeyConstraint(
            ["user_key"], ["user_account.key"], name=op.f("fk_web_session_user_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["token_key"], ["access_token.key"], name=op.f("fk_web_session_token_key"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_failed_sign_in")),
    )


def downgrade() -> None:
    op.drop_table("failed_sign_in")
    op.drop_table("web_session")
    op.drop_table("user_account")
