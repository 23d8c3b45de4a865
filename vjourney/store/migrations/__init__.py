"""Alembic migrations: the schema of the store, step by step from the first release on."""
