"""Figures of a large vCenter, measured outside the test suite."""
