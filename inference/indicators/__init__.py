"""The indicators, one file per family: each answers one question about an estate with an Observation."""
