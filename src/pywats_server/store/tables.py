"""The tables. Migrations bring a database to exactly this; a test compares the two."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    event,
    select,
    text,
    union_all,
)

from pywats.domains.asset.enums import AssetState

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Compared and sorted by code point on every database, as SQLite does by itself.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite numbers rows by itself only when the column is exactly INTEGER.
KEY = BigInteger().with_variant(Integer(), "sqlite")
# A moment in the form of `instants.Instant`.
INSTANT = TEXT


def _demands() -> list[Column[object]]:
    return [
        Column("running_count_limit", BigInteger),
        Column("total_count_limit", BigInteger),
        Column("calibration_interval_days", Float),
        Column("maintenance_interval_days", Float),
        Column("warning_threshold_percent", Float),
        Column("alarm_threshold_percent", Float),
    ]


asset_type = Table(
    "asset_type",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("type_id", TEXT, nullable=False, unique=True),
    Column("type_name", TEXT, nullable=False, unique=True),
    *_demands(),
    Column("is_readonly", Boolean, nullable=False),
    Column("icon", TEXT),
)

COUNTS_ARE_FINE, COUNTS_ARE_NOT_FINE = "count_level = 0", "count_level > 0"
# True of every asset. Without it lists of one state would take the index of states, and sort all that it finds.
IN_ANY_STATE = "state >= 0"
NEVER_CALIBRATED = f"last_calibration_at IS NULL AND state <> {AssetState.SCRAPPED:d}"


_ASKED = ("type_key", "state", "location", "count_level", "alarm_at", "warning_at")


def _partial(condition: str, *columns: str) -> Index:
    """
    Return an index of the rows that fit a condition; a statement finds it by saying exactly the same.

    The columns of the condition are among its own: SQLite reads the row of each entry otherwise, to see them.
    """
    return Index(None, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


asset = Table(
    "asset",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("asset_id", TEXT, nullable=False, unique=True),
    Column("serial_number", TEXT, nullable=False, unique=True),
    Column("type_key", KEY, ForeignKey("asset_type.key"), nullable=False),
    Column("parent_key", KEY, ForeignKey("asset.key")),
    Column("asset_name", TEXT),
    Column("part_number", TEXT),
    Column("revision", TEXT),
    Column("client_id", BigInteger),
    Column("state", SmallInteger, nullable=False),
    Column("description", TEXT),
    Column("location", TEXT),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_calibration_at", INSTANT),
    Column("next_calibration_at", INSTANT),
    # Whether the next date is last date + interval, and so follows when the interval changes.
    Column("calibration_by_interval", Boolean, nullable=False),
    Column("last_maintenance_at", INSTANT),
    Column("next_maintenance_at", INSTANT),
    Column("maintenance_by_interval", Boolean, nullable=False),
    # What is known ahead of the status (`rules.model.AlarmInstants`).
    Column("count_level", SmallInteger, nullable=False),
    Column("warning_at", INSTANT),
    Column("alarm_at", INSTANT),
    # Counts changes of what people edit, for ETag and If-Match.
    Column("version", Integer, nullable=False),
    # Hash of the asset's newest log entry.
    Column("log_head", TEXT, nullable=False),
    # When work is due (`rules.model.DueDates`), and the earlier of both.
    Column("calibration_due_at", INSTANT),
    Column("maintenance_due_at", INSTANT),
    Column("due_at", INSTANT),
    # Lists come by asset_id: an index that ends with it gives a page without sorting.
    Index(None, "type_key", "asset_id"),
    Index(None, "parent_key"),
    Index(None, "location", "asset_id"),
    # What stands behind the column's name in PostgreSQL: lists have null first, as SQLite has by itself.
    Index(None, "next_calibration_at", "asset_id", postgresql_ops={"next_calibration_at": "NULLS FIRST"}),
    Index(None, "next_maintenance_at", "asset_id", postgresql_ops={"next_maintenance_at": "NULLS FIRST"}),
    # Tells the alarm state of one asset after the other without reading the assets.
    Index(None, "asset_id", "count_level", "alarm_at", "warning_at", "key"),
    # Count what an overview tells (`store.overview`) without reading the assets.
    _partial("calibration_due_at IS NOT NULL", "calibration_due_at"),
    _partial("maintenance_due_at IS NOT NULL", "maintenance_due_at"),
    _partial("due_at IS NOT NULL", "due_at"),
    _partial("alarm_at IS NOT NULL", "alarm_at", "warning_at", "count_level"),
    _partial(COUNTS_ARE_FINE, "warning_at", "count_level"),
    _partial(COUNTS_ARE_NOT_FINE, "count_level"),
    _partial(NEVER_CALIBRATED, "type_key", "last_calibration_at", "state"),
    _partial(IN_ANY_STATE, "state", "location"),
    # Pages of lists (`store.listing`): in the order of their first columns, with what most filters ask for beside it,
    # so that a list is gone through without reading the assets.
    Index("ix_asset_by_due", "due_at", "key", *_ASKED),
    Index("ix_asset_by_serial", "serial_number", *_ASKED, "due_at"),
    Index(None, "type_key", "due_at", "key"),
)

SEARCHED = (asset.c.asset_name, asset.c.serial_number, asset.c.description, asset.c.location, asset.c.part_number)
"""The texts of an asset that have an index of their trigrams: what stands within them is found without reading all."""

TEXT_INDEX = "asset_text"
"""
The name of that index. On PostgreSQL it is there where the extension pg_trgm is. On SQLite it is a table that follows
the assets by triggers and keeps nothing but the index.
"""


def is_described(name: str | None, kind: str, parents: object) -> bool:  # noqa: ARG001 - as Alembic asks
    """Return whether `metadata` describes a table or an index of a database, as it does all but `TEXT_INDEX`."""
    return kind not in ("table", "index") or not (name or "").startswith(TEXT_INDEX)


def _text_index() -> list[str]:
    columns, old, new = (", ".join(prefix + column.name for column in SEARCHED) for prefix in ("", "old.", "new."))
    forget = f"INSERT INTO {TEXT_INDEX} ({TEXT_INDEX}, rowid, {columns}) VALUES ('delete', old.key, {old});"  # noqa: S608
    keep = f"INSERT INTO {TEXT_INDEX} (rowid, {columns}) VALUES (new.key, {new});"  # noqa: S608
    options = "content='asset', content_rowid='key', tokenize='trigram', detail=none, columnsize=0"
    return [
        f"CREATE VIRTUAL TABLE {TEXT_INDEX} USING fts5({columns}, {options})",
        f"CREATE TRIGGER {TEXT_INDEX}_added AFTER INSERT ON asset BEGIN {keep} END",
        f"CREATE TRIGGER {TEXT_INDEX}_changed AFTER UPDATE OF {columns} ON asset BEGIN {forget} {keep} END",
        f"CREATE TRIGGER {TEXT_INDEX}_removed AFTER DELETE ON asset BEGIN {forget} END",
    ]


for _statement in _text_index():
    event.listen(asset, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]

# Apart from the asset, because counting changes these many times more often than anything else.
asset_counter = Table(
    "asset_counter",
    metadata,
    Column("asset_key", KEY, ForeignKey("asset.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("running_count", BigInteger, nullable=False),
    Column("total_count", BigInteger, nullable=False),
    # The part of the total count that was not counted here: initial values and corrections. The rest is use by day.
    Column("carried_count", BigInteger, nullable=False),
    Column("last_seen_at", INSTANT),
    # The use of the day that was counted last stands beside the counts, so that a count writes one row. It moves to
    # usage_daily when another day is counted.
    Column("last_day", TEXT),
    Column("last_day_uses", BigInteger, nullable=False, server_default="0"),
)

usage_daily = Table(
    "usage_daily",
    metadata,
    Column("asset_key", KEY, ForeignKey("asset.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("day", TEXT, primary_key=True),
    Column("uses", BigInteger, nullable=False),
    # One tree instead of a table and its index.
    sqlite_with_rowid=False,
)

usage = union_all(
    select(usage_daily),
    select(asset_counter.c.asset_key, asset_counter.c.last_day, asset_counter.c.last_day_uses).where(
        asset_counter.c.last_day_uses != 0
    ),
).subquery("usage")
"""The use of assets by day, wherever it stands; a day may come twice, and then its uses add up."""

asset_tag = Table(
    "asset_tag",
    metadata,
    Column("asset_key", KEY, ForeignKey("asset.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("tag_key", TEXT, primary_key=True),
    Column("tag_value", TEXT, nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "tag_key", "tag_value", "asset_key"),
)


def _file() -> list[Column[object]]:
    return [
        Column("name", TEXT, nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("sha256", TEXT, nullable=False),
        Column("content", LargeBinary, nullable=False),
    ]


asset_file = Table(
    "asset_file",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("asset_key", KEY, ForeignKey("asset.key"), nullable=False),
    *_file(),
    UniqueConstraint("asset_key", "name"),
)


def _log_entry() -> list[Column[object]]:
    return [
        Column("date", INSTANT, nullable=False),
        Column("user", TEXT),
        Column("type", SmallInteger, nullable=False),
        Column("property", TEXT),
        Column("old_value", TEXT),
        Column("value", TEXT),
        Column("comment", TEXT),
        Column("principal", TEXT, nullable=False),
        Column("previous_hash", TEXT, nullable=False),
        Column("hash", TEXT, nullable=False),
    ]


log_entry = Table(
    "log_entry",
    metadata,
    Column("log_id", KEY, primary_key=True),
    Column("asset_key", KEY, ForeignKey("asset.key"), nullable=False),
    *_log_entry(),
    Index(None, "asset_key", "log_id"),
    Index(None, "date", "log_id"),
    # Numbers of deleted entries are never given out again.
    sqlite_autoincrement=True,
)

archived_asset = Table(
    "archived_asset",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("asset_id", TEXT, nullable=False),
    Column("serial_number", TEXT, nullable=False),
    Column("deleted_at", INSTANT, nullable=False),
    Column("deleted_by", TEXT, nullable=False),
    # The asset as it was read last, as JSON.
    Column("document", TEXT, nullable=False),
    Index(None, "asset_id"),
    Index(None, "serial_number"),
)

archived_log_entry = Table(
    "archived_log_entry",
    metadata,
    Column("log_id", KEY, primary_key=True, autoincrement=False),
    Column("archived_key", KEY, ForeignKey("archived_asset.key"), nullable=False),
    *_log_entry(),
    Index(None, "archived_key", "log_id"),
)

archived_file = Table(
    "archived_file",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("archived_key", KEY, ForeignKey("archived_asset.key"), nullable=False),
    *_file(),
    UniqueConstraint("archived_key", "name"),
)

# Changes of what is no asset: types, tokens and users.
change_entry = Table(
    "change_entry",
    metadata,
    Column("change_id", KEY, primary_key=True),
    Column("date", INSTANT, nullable=False),
    Column("subject_kind", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("action", TEXT, nullable=False),
    Column("property", TEXT),
    Column("old_value", TEXT),
    Column("value", TEXT),
    Column("principal", TEXT, nullable=False),
    Column("previous_hash", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    Index(None, "subject_kind", "subject", "change_id"),
    sqlite_autoincrement=True,
)

# The first answer to every request that carried an Idempotency-Key, for when the request comes again.
given_answer = Table(
    "given_answer",
    metadata,
    Column("request_key", TEXT, primary_key=True),
    Column("principal", TEXT, primary_key=True),
    Column("fingerprint", TEXT, nullable=False),
    Column("given_at", INSTANT, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("headers", TEXT, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "given_at"),
)

access_token = Table(
    "access_token",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    Column("role", TEXT, nullable=False),
    Column("secret_sha256", TEXT, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
)

user_account = Table(
    "user_account",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("name", TEXT, nullable=False),
    # The name in the form in which no two may be the same (`rules.texts.case_key`).
    Column("name_key", TEXT, nullable=False, unique=True),
    Column("role", TEXT, nullable=False),
    Column("password_hash", TEXT, nullable=False),
    # Somebody else knows the password: it is good for choosing another.
    Column("must_change_password", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("disabled_at", INSTANT),
)

# Who is signed in: a person, by their account, or whoever showed a token.
web_session = Table(
    "web_session",
    metadata,
    Column("secret_sha256", TEXT, primary_key=True),
    Column("user_key", KEY, ForeignKey("user_account.key", ondelete="CASCADE")),
    Column("token_key", KEY, ForeignKey("access_token.key", ondelete="CASCADE")),
    Column("csrf_secret", TEXT, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
)

# How often signing in failed, by name and by address (`rules.tries`).
failed_sign_in = Table(
    "failed_sign_in",
    metadata,
    Column("subject", TEXT, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", INSTANT, nullable=False),
)

# What people look for again and again: the address of a list's filters, order and columns, under a name.
saved_view = Table(
    "saved_view",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("owner", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("query", TEXT, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    UniqueConstraint("owner", "name"),
)

# Which of several servers on one database does what only one should (`store.leases`).
lease = Table(
    "lease",
    metadata,
    Column("name", TEXT, primary_key=True),
    Column("holder", TEXT, nullable=False),
    Column("until", INSTANT, nullable=False),
)

# A list of equipment that somebody uploaded, and how far its import is (`services.imports`).
list_import = Table(
    "list_import",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("file_name", TEXT, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", TEXT, nullable=False),
    Column("stage", TEXT, nullable=False),
    Column("uploaded_at", INSTANT, nullable=False),
    Column("uploaded_by", TEXT, nullable=False),
    # When the stage began, or work in it got ahead.
    Column("moved_at", INSTANT, nullable=False),
    Column("imported_at", INSTANT),
    Column("imported_by", TEXT),
    Column("undone_at", INSTANT),
    Column("undone_by", TEXT),
    # How people want it read, what was understood, and how many rows came out how, as JSON.
    Column("wishes", TEXT, nullable=False),
    Column("understood", TEXT, nullable=False),
    Column("figures", TEXT, nullable=False),
    Column("row_count", Integer, nullable=False),
    # Rows that the stage is through with.
    Column("done_count", Integer, nullable=False),
    # Why work in the stage ended early.
    Column("problem", TEXT),
    # What others may have been told the number of is never another import.
    sqlite_autoincrement=True,
)

# Apart from the import, which is read often. It goes once all its rows are imported.
list_import_file = Table(
    "list_import_file",
    metadata,
    Column("import_key", KEY, ForeignKey("list_import.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

list_import_row = Table(
    "list_import_row",
    metadata,
    Column("import_key", KEY, ForeignKey("list_import.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # Where it stands in the list.
    Column("position", Integer, primary_key=True, autoincrement=False),
    # Parents have their turn before their children.
    Column("turn", Integer, nullable=False),
    Column("serial_number", TEXT),
    # What it asks for, what came of it, and what undoing needs, as JSON.
    Column("line", TEXT, nullable=False),
    Column("outcome", TEXT),
    Column("has_warnings", Boolean, nullable=False),
    Column("result", TEXT),
    Column("trace", TEXT),
    Column("undone", TEXT),
    Column("reason", TEXT),
    Index(None, "import_key", "turn"),
    Index(None, "import_key", "outcome", "position"),
    Index(None, "import_key", "serial_number"),
)
