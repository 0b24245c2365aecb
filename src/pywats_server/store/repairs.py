"""What a repair of the database changes, beside what the use cases change anyway."""

from sqlalchemy import bindparam, exists, insert, literal, null, select, update

from pywats_server.store.checks import used_in_all
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_counter

_OF_KEY = asset.c.key == bindparam("of_key")
_EXISTS = Statement(select(asset.c.key).where(_OF_KEY))
_ADD_COUNTER = Statement(
    insert(asset_counter).from_select(
        ["asset_key", "running_count", "total_count", "carried_count", "last_seen_at"],
        select(asset.c.key, used_in_all(), used_in_all(), literal(0), null()).where(
            _OF_KEY, ~exists().where(asset_counter.c.asset_key == asset.c.key)
        ),
    )
)
_BALANCE = Statement(
    select(asset_counter.c.total_count, asset_counter.c.carried_count, used_in_all(asset_counter.c.asset_key)).where(
        asset_counter.c.asset_key == bindparam("of_key")
    )
)
_SET_CARRIED = Statement(
    update(asset_counter)
    .where(asset_counter.c.asset_key == bindparam("of_key"))
    .values(carried_count=bindparam("carried"))
)


async def is_there(connection: Connection, key: int) -> bool:
    """Tell whether there is an asset with this key."""
    return await connection.fetch_one(_EXISTS, of_key=key) is not None


async def add_counter(connection: Connection, key: int) -> bool:
    """Give an asset a counter of its use by day, if it has none; tell whether it had none."""
    return bool(await connection.execute(_ADD_COUNTER, of_key=key))


async def balance(connection: Connection, key: int) -> tuple[int, int]:
    """Let carried count and use by day add up to the total count; return the carried count before and after."""
    row = await connection.fetch_one(_BALANCE, of_key=key)
    assert row is not None, "the asset has a counter"
    total, before, used = row
    await connection.execute(_SET_CARRIED, of_key=key, carried=total - used)
    return before, total - used
