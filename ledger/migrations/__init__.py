"""Migrations of the schema, for both databases: add, backfill in batches, enforce."""
