"""Imports: the lists that were uploaded, their rows, and what became of them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "list_import",
        sa.Column("key", KEY, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("uploaded_at", TEXT, nullable=False),
        sa.Column("uploaded_by", TEXT, nullable=False),
        sa.Column("moved_at", TEXT, nullable=False),
        sa.Column("imported_at", TEXT, nullable=True),
        sa.Column("imported_by", TEXT, nullable=True),
        sa.Column("undone_at", TEXT, nullable=True),
        sa.Column("undone_by", TEXT, nullable=True),
        sa.Column("wishes", TEXT, nullable=False),
        sa.Column("understood", TEXT, nullable=False),
        sa.Column("figures", TEXT, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("problem", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_list_import")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "list_import_file",
        sa.Column("import_key", KEY, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_import("list_import_file"),
        sa.PrimaryKeyConstraint("import_key", name=op.f("pk_list_import_file")),
    )
    op.create_table(
        "list_import_row",
        sa.Column("import_key", KEY, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("serial_number", TEXT, nullable=True),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("has_warnings", sa.Boolean(), nullable=False),
        sa.Column("result", TEXT, nullable=True),
        sa.Column("trace", TEXT, nullable=True),
        sa.Column("undone", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        _of_import("list_import_row"),
        sa.PrimaryKeyConstraint("import_key", "position", name=op.f("pk_list_import_row")),
    )
    for columns in (["turn"], ["outcome", "position"], ["serial_number"]):
        names = ["import_key", *columns]
        op.create_index(op.f(f"ix_list_import_row_{'_'.join(names)}"), "list_import_row", names)


def _of_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["import_key"], ["list_import.key"], name=op.f(f"fk_{table}_import_key"), ondelete="CASCADE"
    )


def downgrade() -> None:
    op.drop_table("list_import_row")
    op.drop_table("list_import_file")
    op.drop_table("list_import")
