"""The store: SQLModel tables, queries and Alembic migrations; the only importer of SQLModel."""
