"""SQLite: write-ahead log, synced commits, one writer that commits what has gathered as one transaction."""

from pywats_server.store.sqlite.connection import connect as connect
from pywats_server.store.sqlite.database import SqliteDatabase as SqliteDatabase
