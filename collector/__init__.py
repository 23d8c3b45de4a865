"""Reads a vCenter into a frozen ``Snapshot``. What the facts mean is not known here."""
