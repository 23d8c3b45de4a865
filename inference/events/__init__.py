"""What events tell: kinds, the timeline, and what was done: moves, maintenance, operations, new machines."""
