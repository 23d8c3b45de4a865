"""Prometheus: the metric catalogue and the exposition made from it."""
