"""The tags of assets: pairs of key and value, in the order in which they were set."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, delete, insert, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset_tag

Tags = Sequence[tuple[str, str]]

_OF_ASSET = Statement(
    select(asset_tag.c.tag_key, asset_tag.c.tag_value)
    .where(asset_tag.c.asset_key == bindparam("asset_key"))
    .order_by(asset_tag.c.position)
)
_INSERT = Statement(insert(asset_tag).values({column.name: bindparam(column.name) for column in asset_tag.columns}))
_CLEAR = Statement(delete(asset_tag).where(asset_tag.c.asset_key == bindparam("of_key")))


async def of_asset(connection: Connection, key: int) -> list[tuple[str, str]]:
    """Return an asset's tags."""
    return [(row[0], row[1]) for row in await connection.fetch_all(_OF_ASSET, asset_key=key)]


async def replace(connection: Connection, key: int, tags: Tags) -> None:
    """Give an asset exactly these tags."""
    await connection.execute(_CLEAR, of_key=key)
    for position, (tag_key, tag_value) in enumerate(tags):
        await connection.execute(_INSERT, asset_key=key, tag_key=tag_key, tag_value=tag_value, position=position)


class TagsAsJson(FunctionElement[str]):
    """The tags of the asset with a key, as the JSON of a list of pairs, so that they come with the asset's own row."""

    name = "tags_as_json"
    type = Text()
    inherit_cache = True


@compiles(TagsAsJson, "sqlite")
def _tags_sqlite(element: TagsAsJson, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    ordered = f"SELECT tag_key, tag_value FROM asset_tag WHERE asset_key = {key} ORDER BY position"  # noqa: S608 - names
    return f"(SELECT json_group_array(json_array(tag_key, tag_value)) FROM ({ordered}))"  # noqa: S608 - of the schema


@compiles(TagsAsJson, "postgresql")
def _tags_postgresql(element: TagsAsJson, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    pairs = "json_agg(json_build_array(tag_key, tag_value) ORDER BY position)"
    return f"(SELECT CAST({pairs} AS TEXT) FROM asset_tag WHERE asset_key = {key})"  # noqa: S608 - names of the schema
