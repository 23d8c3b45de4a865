"""Grafana: dashboards as code, and the JSON in ``dashboards/`` that they produce.

The code needs Grafana's foundation SDK, which is a dependency of development: whoever runs vjourney imports the JSON.
"""
