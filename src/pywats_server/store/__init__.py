"""The only place with SQL: tables, statements, the database, its writer and its migrations."""
