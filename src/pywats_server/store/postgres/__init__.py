"""PostgreSQL: any number of server processes in front of one database or cluster."""

from pywats_server.store.postgres.connecting import connect as connect
from pywats_server.store.postgres.database import PostgresDatabase as PostgresDatabase
