"""Reads one vCenter and ends in a frozen Snapshot; knows nothing of what the facts mean."""
