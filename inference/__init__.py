"""Thinks about Snapshots and ends in Assessments: pure functions of their arguments, without clock, network or disk."""
