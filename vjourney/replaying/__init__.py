"""Replaying recordings: their polls in the order of time, read by several processes where it pays, and what they say."""
